"""``/create/api/projects``: the list, a new one, and how far one is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field, StrictStr
from starlette.requests import Request

from amgan.data.reasons import Reason
from amgan.errors import AmganError
from amgan.projects.arrivals import Arrival, Arrivals
from amgan.projects.bringing import MOST_PHOTOS
from amgan.projects.folder import LONGEST_TITLE, Project
from amgan.projects.labels import labels_of
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import runs_of
from amgan.projects.uploads import Uploads
from amgan.server.projects.door import ProjectDoor
from amgan.server.schemas import Strict


class NewProject(Strict):
    """A project to be made."""

    title: Annotated[StrictStr, Field(max_length=LONGEST_TITLE)]


class ProjectAnswer(BaseModel):
    """A project, and how far its labels are."""

    name: str
    title: str
    photos: int = 0
    open: int = 0
    left_out: int = 0
    classes: dict[str, int] = {}
    models: int = 0
    asked: bool = False
    problem: str = ""


class ArrivalAnswer(BaseModel):
    """How far the photos are that are being brought in, and what came of them."""

    step: str
    done: int
    total: int
    arrived: dict[str, Any] | None
    problem: str


class WholeProjectAnswer(ProjectAnswer):
    """A project with what is at work for it."""

    uploaded: int = Field(description="So many files have come and wait to be brought in.")
    arrival: ArrivalAnswer | None
    most_photos: int = Field(description="So many a project takes.")
    sits_here: bool = Field(description="Whether whoever asks may name folders of the machine, and publish.")


class ProjectsAnswer(BaseModel):
    """All projects, the one that was changed last first."""

    projects: list[ProjectAnswer]


def add_project_routes(app: FastAPI, room: ProjectRoom, door: ProjectDoor, arrivals: Arrivals) -> None:
    """Add them.

    Args:
        app: Gets them.
        room: The projects.
        door: Knows who may do what.
        arrivals: Know how far photos are.
    """
    router = APIRouter(prefix="/create/api/projects", route_class=door.route_class(), include_in_schema=False)

    def whole_answer(project: Project, sits_here: bool, lang: str) -> WholeProjectAnswer:
        arrival = arrivals.of(project)
        return WholeProjectAnswer(
            **project_answer(project).model_dump(),
            uploaded=0 if arrival and arrival.is_at_work else len(Uploads(project).whole),
            arrival=None if arrival is None else _arrival_answer(arrival, lang),
            most_photos=MOST_PHOTOS,
            sits_here=sits_here,
        )

    @router.get("")
    def list_projects(request: Request) -> ProjectsAnswer:
        found = []
        for name in room.names:
            try:
                found.append(project_answer(room.open(name)))
            except AmganError as error:  # one that is broken must not keep the others away
                problem = door.in_words(Reason.of(error), request)
                found.append(ProjectAnswer(name=name, title=name, problem=problem))
        return ProjectsAnswer(projects=found)

    @router.post("")
    def make_project(asked: NewProject) -> ProjectAnswer:
        return project_answer(room.create(asked.title))

    @router.get("/{name}")
    def show_project(name: str, request: Request) -> WholeProjectAnswer:
        return whole_answer(room.open(name), door.sits_here(request), door.language_of(request))

    app.include_router(router)


def _arrival_answer(arrival: Arrival, lang: str) -> ArrivalAnswer:
    problem = "" if arrival.problem is None else arrival.problem.in_language(lang)
    answer = ArrivalAnswer(**asdict(arrival) | {"problem": problem})
    if answer.arrived:
        for broken in answer.arrived["broken"]:
            broken["reason"] = Reason.read(broken["reason"]).in_language(lang)
        others = answer.arrived["left_out"]
        answer.arrived["left_out"] = Reason.read(others).in_language(lang) if others else ""
    return answer


def project_answer(project: Project) -> ProjectAnswer:
    """A project in the words of the API.

    Raises:
        DataError: its log cannot be read.
    """
    labels = labels_of(project.log.read())
    return ProjectAnswer(
        name=project.folder.name,
        title=project.title,
        photos=len(labels.photos),
        open=len(labels.open),
        left_out=len(labels.left_out),
        classes=labels.counts,
        models=sum(run.model is not None for run in runs_of(project)),
        asked=project.reviews.is_file(),
    )
