"""``/create/api/projects/NAME/runs``: the trainings of a project: asked for, looked after, stopped, thrown away."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from amgan.errors import RequestError
from amgan.networks.architecture import ImageSize
from amgan.projects.background import progress_of, sheet_of
from amgan.projects.folder import Project
from amgan.projects.models import model_name
from amgan.projects.queue import State, TrainingQueue
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import Choice, Run, new_run, run_of, runs_of
from amgan.release.folder import SAMPLES_FILE
from amgan.server.projects.door import ProjectDoor
from amgan.server.schemas import Strict


class NewRun(Strict):
    """A training that is asked for."""

    choice: Choice
    image_size: ImageSize = 64


class RunAnswer(BaseModel):
    """A training, and how far it is."""

    name: str
    choice: Choice
    image_size: int
    state: State
    problem: str
    ahead: int
    step: int
    steps: int
    minutes_left: int | None
    minutes_planned: int
    how: str
    sheet: str
    model: str | None
    starts_from: str
    with_votes: bool


class RunsAnswer(BaseModel):
    """All trainings, the newest first."""

    runs: list[RunAnswer]


def add_run_routes(app: FastAPI, room: ProjectRoom, door: ProjectDoor, trainings: TrainingQueue) -> None:
    """Add them.

    Args:
        app: Gets them.
        room: The projects.
        door: Knows who may do what.
        trainings: Trains.
    """
    router = APIRouter(
        prefix="/create/api/projects/{name}/runs", route_class=door.route_class(), include_in_schema=False
    )

    def answer(project: Project, run: Run, request: Request) -> RunAnswer:
        return run_answer(project, run, trainings, door, request)

    @router.get("")
    def list_runs(name: str, request: Request) -> RunsAnswer:
        project = room.open(name)
        return RunsAnswer(runs=[answer(project, run, request) for run in reversed(runs_of(project))])

    @router.post("")
    def begin(name: str, asked: NewRun, request: Request) -> RunAnswer:
        project = room.open(name)
        return answer(project, trainings.begin(project, new_run(project, asked.choice, asked.image_size)), request)

    def add_change(word: str, change: Callable[[Project, Run], Run | None]) -> None:
        @router.post(f"/{{run_name}}/{word}")
        def change_run(name: str, run_name: str, request: Request) -> RunsAnswer:
            project = room.open(name)
            change(project, run_of(project, run_name))
            return list_runs(name, request)

    add_change("stop", trainings.stop_run)
    add_change("go-on", trainings.ask)
    add_change("throw-away", trainings.throw_away)

    @router.get("/{run_name}/sheet.png")
    def show_sheet(name: str, run_name: str) -> Response:
        project = room.open(name)
        run = run_of(project, run_name)
        file = run.model / SAMPLES_FILE if run.is_finished and run.model else sheet_of(run)
        if file is None:
            raise RequestError("there is no picture of this training yet")
        return Response(project.content(file), media_type="image/png")

    app.include_router(router)


def run_answer(project: Project, run: Run, trainings: TrainingQueue, door: ProjectDoor, request: Request) -> RunAnswer:
    """A training in the words of the API, and of whoever asks."""
    state, progress, sheet = trainings.state(run), progress_of(run), sheet_of(run)
    return RunAnswer(
        name=run.folder.name,
        choice=run.choice,
        image_size=run.image_size,
        state=state,
        problem="" if run.problem is None else door.in_words(run.problem, request),
        ahead=trainings.ahead_of(run) if state == "waiting" else 0,
        step=progress.step,
        steps=progress.steps,
        minutes_left=progress.minutes_left if state == "training" else None,
        minutes_planned=run.minutes,
        how=progress.how if state == "training" else "",
        sheet="finished" if run.is_finished and run.model else sheet.stem if sheet else "",
        model=model_name(project, run) if run.model else None,
        starts_from=run.starts_from,
        with_votes=run.kept_weight > 0,
    )
