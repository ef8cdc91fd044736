"""``.../hub`` and ``.../runs/RUN/publish``: a model to the Hugging Face Hub, and a Space that shows it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field, StrictBool, StrictStr
from starlette.requests import Request

from amgan.data.reasons import Reason
from amgan.errors import RequestError
from amgan.hub.commit import writer_of
from amgan.hub.publishing import push_release
from amgan.hub.space import push_space
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import run_of
from amgan.server.projects.door import ProjectDoor
from amgan.server.schemas import Strict


class HubAnswer(BaseModel):
    """Whose account the machine's token writes to; "" if to none, or if whoever asks may not use it."""

    writer: str


class Publication(Strict):
    """A model that is to go up, alone or with a Space of the same name."""

    repo: Annotated[StrictStr, Field(max_length=200)]
    what: Literal["model", "space"] = "model"
    private: StrictBool = False


class PublishedAnswer(BaseModel):
    """Where it is."""

    url: str


def add_publish_routes(app: FastAPI, room: ProjectRoom, door: ProjectDoor, token: str | None) -> None:
    """Add them. They are for who sits at the machine: nobody else publishes in its owner's name.

    Args:
        app: Gets them.
        room: The projects.
        door: Knows who may do what.
        token: Of the Hub; None for the one saved on this machine.
    """
    router = APIRouter(prefix="/create/api/projects/{name}", route_class=door.route_class(), include_in_schema=False)
    publishing = asyncio.Lock()

    @router.get("/hub")
    def show_hub(name: str, request: Request) -> HubAnswer:
        room.open(name)
        writer = writer_of(token) if door.sits_here(request) else None
        return HubAnswer(writer=writer or "")

    @router.post("/runs/{run_name}/publish")
    async def publish(name: str, run_name: str, asked: Publication, request: Request) -> PublishedAnswer:
        door.check_sits_here(request)
        if asked.what == "space" and asked.private:
            raise RequestError(Reason("space_of_private"))

        def published() -> str:
            run = run_of(room.open(name), run_name)
            pushed = push_release(run.release(), asked.repo, private=asked.private, token=token)
            return push_space(asked.repo, (asked.repo,), token=token).url if asked.what == "space" else pushed.url

        async with publishing:
            return PublishedAnswer(url=await asyncio.to_thread(published))

    app.include_router(router)
