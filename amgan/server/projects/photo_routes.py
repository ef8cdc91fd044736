"""``/create/api/projects/NAME/uploads`` and ``.../photos``: photos on their way in, and small pictures of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query
from pydantic import BaseModel, Field, StrictInt, StrictStr
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from amgan.data.reasons import Reason, UnusableFileError
from amgan.errors import RequestError, UnknownProjectError
from amgan.hub.card_metrics import HUB_ID
from amgan.projects.arrivals import Arrivals
from amgan.projects.folder import Project
from amgan.projects.labels import labels_of
from amgan.projects.room import ProjectRoom
from amgan.projects.thumbs import thumb_file
from amgan.projects.uploads import Refused, Upload, Uploads, safe_name
from amgan.server.projects.door import ProjectDoor
from amgan.server.schemas import Strict

MOST_FILES = 500
"""Of one request; of an upload there may be more requests."""

THUMB_SECONDS = 86_400


class ExpectedFile(Strict):
    """A file that is to come; who sends it chooses its id, by which it goes on after a broken line."""

    id: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{16,64}$")]
    name: Annotated[StrictStr, Field(min_length=1, max_length=2000)]
    size: Annotated[StrictInt, Field(ge=0, le=2**50)]


class ExpectedFiles(Strict):
    """Files that are to come."""

    files: Annotated[list[ExpectedFile], Field(min_length=1, max_length=MOST_FILES)]


class FileAnswer(BaseModel):
    """What is here of a file, or why it is not taken."""

    received: int = 0
    refused: str = ""


class FilesAnswer(BaseModel):
    """The same of several, in their order, and how large the parts may be in which they are sent."""

    files: list[FileAnswer]
    part_bytes: int


class PartAnswer(BaseModel):
    """So many bytes of a file are here."""

    received: int


class NamedSource(Strict):
    """A folder or file of the machine, or a data set of the Hub."""

    source: Annotated[StrictStr, Field(min_length=1, max_length=1000)]


def add_photo_routes(app: FastAPI, room: ProjectRoom, door: ProjectDoor, arrivals: Arrivals, part_bytes: int) -> None:
    """Add them.

    Args:
        app: Gets them.
        room: The projects.
        door: Knows who may do what.
        arrivals: Bring in what was uploaded.
        part_bytes: Bytes that a request may have.
    """
    router = APIRouter(prefix="/create/api/projects/{name}", route_class=door.route_class(), include_in_schema=False)

    @router.post("/uploads")
    def expect_files(name: str, asked: ExpectedFiles, request: Request) -> FilesAnswer:
        answers = _expect(room.open(name), asked, door.language_of(request))
        return FilesAnswer(files=answers, part_bytes=part_bytes)

    @router.put("/uploads/{upload_id}")
    async def take_part(
        name: str, upload_id: str, request: Request, offset: Annotated[int, Query(ge=0, le=2**50)]
    ) -> PartAnswer:
        content = await request.body()  # which the server bounds
        received = await asyncio.to_thread(lambda: Uploads(room.open(name)).add(upload_id, offset, content))
        return PartAnswer(received=received)

    @router.delete("/uploads")
    def stop(name: str) -> Response:
        project = room.open(name)
        arrivals.stop(project)
        uploads = Uploads(project)
        uploads.remove(uploads.all)
        return JSONResponse({})

    @router.post("/photos")
    def bring_in(name: str, request: Request) -> Response:
        project = room.open(name)
        if not Uploads(project).whole:
            raise RequestError(Reason("nothing_uploaded"))
        arrivals.start(project, door.who(request))
        return JSONResponse({})

    @router.post("/sources")
    def bring_named(name: str, asked: NamedSource, request: Request) -> Response:
        door.check_sits_here(request)  # a path that a visitor names is never looked at
        arrivals.start(room.open(name), door.who(request), named_source(asked.source))
        return JSONResponse({})

    @router.get("/photos/{photo}")
    def show_photo(name: str, photo: str) -> Response:
        project = room.open(name)
        file = thumb_file(project, photo)
        if photo not in labels_of(project.log.read()).names or not file.is_file():
            raise UnknownProjectError("there is no such photo here, or it was not read yet")
        project.check_own(file)
        headers = {"Cache-Control": f"private, max-age={THUMB_SECONDS}"}
        return FileResponse(file, media_type="image/jpeg", headers=headers)

    app.include_router(router)


def _expect(project: Project, asked: ExpectedFiles, lang: str) -> list[FileAnswer]:
    uploads = Uploads(project)
    refused: dict[str, str] = {}
    coming = []
    for file in asked.files:
        try:
            coming.append(Upload(file.id, safe_name(file.name), file.size))
        except UnusableFileError as error:
            refused[file.id] = Reason.of(error).in_language(lang)
    answers = uploads.expect(coming, len(labels_of(project.log.read()).names))
    for upload, answer in zip(coming, answers):
        if isinstance(answer, Refused):
            refused[upload.id] = answer.reason.in_language(lang)
    received = {answer.id: answer.received for answer in answers if isinstance(answer, Upload)}
    return [FileAnswer(received=received.get(file.id, 0), refused=refused.get(file.id, "")) for file in asked.files]


def named_source(text: str) -> str:
    """What somebody at this machine calls a folder, a file or a data set of the Hub.

    Raises:
        RequestError: it is none of them.
    """
    text = text.strip().strip("\"'")
    if not text.isprintable():
        raise RequestError(Reason("bad_path"))
    place = Path(text).expanduser()
    if place.is_absolute():
        if not place.exists():
            raise RequestError(Reason("no_path"))
        return str(place)
    if not HUB_ID.fullmatch(text):
        raise RequestError(Reason("whole_path"))
    return text
