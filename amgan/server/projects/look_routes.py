"""What came of a training: what is said of its model, pictures beside photos, the model as a file, the report."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from amgan.projects.feedback import bring_votes
from amgan.projects.labelling import Labelling
from amgan.projects.looking import PAIRS_FILE, PHOTOS_FILE, Kind, read_look
from amgan.projects.models import class_texts_of
from amgan.projects.report import project_report
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import run_of
from amgan.release.folder import RELEASE_FILES
from amgan.reviews.store.store import ReviewStore
from amgan.sampling.archive import zip_files
from amgan.server.projects.door import ProjectDoor

REPORT_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""The page has no script, and its style stands within it."""


class LackAnswer(BaseModel):
    """Something that a class lacks, see `amgan.projects.looking.Lack`; classes as the reader calls them."""

    name: str
    kind: Kind
    number: float
    other: str


class PairAnswer(BaseModel):
    """A picture and the photo nearest to it."""

    name: str
    seed: int
    photo: str


class LookAnswer(BaseModel):
    """What was found out of a model; ready is false as long as that is nothing."""

    ready: bool
    pictures: int = 0
    near: float = 0.0
    copies: bool = False
    pairs: list[PairAnswer] = []
    lacks: list[LackAnswer] = []


def add_look_routes(app: FastAPI, room: ProjectRoom, door: ProjectDoor, reviews: ReviewStore | None) -> None:
    """Add them.

    Args:
        app: Gets them.
        room: The projects.
        door: Knows who may do what.
        reviews: Where people vote, if they do here: the report says all that they said.
    """
    router = APIRouter(prefix="/create/api/projects/{name}", route_class=door.route_class(), include_in_schema=False)

    @router.get("/runs/{run_name}/look")
    def show_look(name: str, run_name: str, request: Request) -> LookAnswer:
        project = room.open(name)
        look = read_look(run_of(project, run_name))
        texts = class_texts_of(project, door.language_of(request))
        if look is None:
            return LookAnswer(ready=False)

        def called(label: str) -> str:
            return texts.get(label, label)

        return LookAnswer(
            ready=True,
            pictures=look.pictures,
            near=look.near,
            copies=look.copies,
            pairs=[PairAnswer(name=called(pair.name), seed=pair.seed, photo=pair.photo) for pair in look.pairs],
            lacks=[
                LackAnswer(name=called(one.name), kind=one.kind, number=one.number, other=called(one.other))
                for one in look.lacks
            ],
        )

    def add_picture(file: str) -> None:
        @router.get(f"/runs/{{run_name}}/{file}")
        def show_picture(name: str, run_name: str) -> Response:
            project = room.open(name)
            return Response(project.content(run_of(project, run_name).folder / file), media_type="image/png")

    add_picture(PAIRS_FILE)
    add_picture(PHOTOS_FILE)

    @router.get("/runs/{run_name}/model.zip")
    def take_model(name: str, run_name: str) -> Response:
        project = room.open(name)
        model = run_of(project, run_name).release()
        files = [file for file in RELEASE_FILES if (model / file).is_file()]
        content = zip_files((f"{name}-{run_name}/{file}", project.content(model / file)) for file in files)
        headers = {"Content-Disposition": f'attachment; filename="{name}-{run_name}.zip"'}
        return Response(content, media_type="application/zip", headers=headers)

    @router.get("/report")
    def show_report(name: str, request: Request) -> Response:
        project = room.open(name)
        if reviews is not None:
            bring_votes(project, reviews)
        page = project_report(Labelling(project, door.who(request)), door.language_of(request))
        return HTMLResponse(page, headers={"Content-Security-Policy": REPORT_POLICY})

    app.include_router(router)
