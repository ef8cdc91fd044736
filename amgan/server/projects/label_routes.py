"""``/create/api/projects/NAME/labels``: photos in groups, what people do to their labels, help, and the way out."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from amgan.data.reasons import Reason
from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import RequestError
from amgan.networks.config import MAX_CLASS_NAME_LENGTH
from amgan.projects.acts import Act
from amgan.projects.arrivals import Arrivals
from amgan.projects.bringing import MOST_PHOTOS
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling, Proposal, Sight
from amgan.projects.labels import labels_of, standing
from amgan.projects.leaving import check_photos, zipped
from amgan.projects.looks import are_looked_at
from amgan.projects.room import ProjectRoom
from amgan.server.projects.door import ProjectDoor
from amgan.server.schemas import Strict

MOST_KEPT = 4
"""What was found out of the photos of so many projects is kept: for 5,000 photos a hundred megabytes."""

Photo = Annotated[StrictStr, Field(max_length=40)]


class PhotoAnswer(BaseModel):
    """A photo: what it was called, its class if it has one, and whether it is no part of the project."""

    name: str
    label: str | None
    out: bool


class LabelsAnswer(BaseModel):
    """All photos by their names, in groups of alike ones, and the classes with their counts.

    Nothing is there as long as the photos are not looked at, which begins when this is asked.
    """

    ready: bool
    photos: dict[str, PhotoAnswer] = {}
    groups: list[list[str]] = []
    classes: dict[str, int] = {}
    acts: Annotated[int, Field(description="So many acts of this person can be undone.")] = 0


class GuessAnswer(BaseModel):
    """What class a photo looks like, and how surely, 0 to 1."""

    photo: str
    label: str
    sure: float


class ProblemAnswer(BaseModel):
    """What stands between the photos and a good model."""

    kind: str
    photos: list[str]
    classes: list[str]


class HelpAnswer(BaseModel):
    """Classes for the open photos, labels to be checked, and problems."""

    proposals: list[GuessAnswer]
    doubts: list[GuessAnswer]
    problems: list[ProblemAnswer]


class ActRequest(Strict):
    """What is done.

    ``name``: what is open of the photos gets the class; ``move``: the photos get it; ``open``: they have none any more;
    ``leave-out``; ``keep``: their labels are right; ``confirm``: proposals that are at least so sure are taken;
    ``groups``: so many; ``undo``: the last act of this person.
    """

    do: Literal["name", "move", "open", "leave-out", "keep", "confirm", "groups", "undo"]
    photos: Annotated[tuple[Photo, ...], Field(max_length=MOST_PHOTOS)] = ()
    label: Annotated[StrictStr, Field(max_length=2 * MAX_CLASS_NAME_LENGTH)] | None = None
    least: Annotated[float, Field(ge=0, le=1)] = 0.0
    count: Annotated[StrictInt, Field(ge=1, le=MOST_PHOTOS)] | None = None


class ActAnswer(BaseModel):
    """What was done, or undone: so many photos."""

    do: str
    photos: int


def add_label_routes(app: FastAPI, room: ProjectRoom, door: ProjectDoor, arrivals: Arrivals) -> None:
    """Add them.

    Args:
        app: Gets them.
        room: The projects.
        door: Knows who may do what.
        arrivals: Look at the photos of projects that were made elsewhere.
    """
    router = APIRouter(prefix="/create/api/projects/{name}", route_class=door.route_class(), include_in_schema=False)
    sights = SingleFlightLRU[Sight](MOST_KEPT)

    def desk(project: Project, who: str) -> Labelling:
        return Labelling(project, who, sight=sights.get(project.folder, Sight))

    def is_ready(project: Project, who: str) -> bool:
        if are_looked_at(project, list(labels_of(project.log.read()).names)):
            return True
        arrival = arrivals.of(project)
        if arrival is None or arrival.step == "done":  # what failed is tried again by who brings photos
            arrivals.start(project, who)
        return False

    @router.get("/labels")
    def show_labels(name: str, request: Request) -> LabelsAnswer:
        project, who = room.open(name), door.who(request)
        return labels_answer(desk(project, who)) if is_ready(project, who) else LabelsAnswer(ready=False)

    @router.get("/labels/help")
    def show_help(name: str, request: Request) -> HelpAnswer:
        project, who = room.open(name), door.who(request)
        if not is_ready(project, who):
            raise RequestError(Reason("not_looked_at"))
        return _help(desk(project, who))

    @router.post("/labels/acts")
    def act(name: str, asked: ActRequest, request: Request) -> ActAnswer:
        done = _do(desk(room.open(name), door.who(request)), asked)
        return ActAnswer(do=done.do, photos=len(done.labels) + len(done.photos))

    def add_export(form: str, in_folders: bool) -> None:
        @router.get(f"/labels/{form}.zip")
        def leave(name: str) -> Response:
            project = room.open(name)
            labels = labels_of(project.log.read())
            if not labels.photos:
                raise RequestError(Reason("no_photos_yet"))
            check_photos(project, labels)  # once a zip has begun, nothing can be said any more
            headers = {"Content-Disposition": f'attachment; filename="{name}-{form}.zip"'}
            parts = zipped(project, labels, in_folders)
            return StreamingResponse(parts, media_type="application/zip", headers=headers)

    add_export("folders", True)
    add_export("dataset", False)
    app.include_router(router)


def labels_answer(labelling: Labelling) -> LabelsAnswer:
    """The labels of a project whose photos were looked at, as one person sees them."""
    acts = labelling.project.log.read()
    labels = labels_of(acts)
    own = [act for act in standing(acts) if act.who == labelling.who and act.do not in ("undo", "add")]
    return LabelsAnswer(
        ready=True,
        photos={
            photo: PhotoAnswer(name=name, label=labels.classes.get(photo), out=photo in labels.left_out)
            for photo, name in labels.names.items()
        },
        groups=[group for group in labelling.groups() if group],
        classes=labels.counts,
        acts=len(own),
    )


def _help(labelling: Labelling) -> HelpAnswer:
    return HelpAnswer(
        proposals=_guesses(labelling.proposals()),
        doubts=_guesses(labelling.to_check()),
        problems=[
            ProblemAnswer(kind=one.kind, photos=list(one.photos), classes=list(one.classes))
            for one in labelling.problems()
        ],
    )


def _guesses(found: list[Proposal]) -> list[GuessAnswer]:
    return [GuessAnswer(photo=one.photo, label=one.label, sure=one.sure) for one in found]


def _do(labelling: Labelling, asked: ActRequest) -> Act:
    if asked.do in ("name", "move") and asked.label is None:
        raise RequestError("say the class")
    if asked.do == "name":
        return labelling.name_photos(str(asked.label), asked.photos)
    if asked.do == "move":
        return labelling.move(asked.label, asked.photos)
    if asked.do == "open":
        return labelling.move(None, asked.photos)
    if asked.do == "leave-out":
        return labelling.leave_out(asked.photos)
    if asked.do == "keep":
        return labelling.keep(asked.photos)
    if asked.do == "confirm":
        return labelling.confirm(asked.label, asked.least)
    if asked.do == "groups":
        return labelling.set_groups(asked.count or 1)
    return labelling.undo()
