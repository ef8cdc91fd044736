"""``/create`` and ``/create/NAME``: the pages, their files, and the token that opens them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field, StrictStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from amgan.data.reasons import Reason
from amgan.server.page_files import PageFiles
from amgan.server.projects.door import COOKIE, ProjectDoor
from amgan.server.schemas import Strict

COOKIE_SECONDS = 30 * 86_400
_FOLDER = Path(__file__).parent / "page"


class Session(Strict):
    """What somebody enters to open the projects."""

    token: Annotated[StrictStr, Field(max_length=500)]


class Offer(BaseModel):
    """Whether this server has projects for whoever asks."""

    offered: bool


def add_project_page_routes(app: FastAPI, door: ProjectDoor) -> None:
    """Add them. The pages hold nothing of the projects, so they are open to all; they say what to do.

    Args:
        app: Gets them.
        door: Knows who may do what.
    """
    files = PageFiles(_FOLDER, "create.js", "create", language=door.language)
    router = APIRouter(include_in_schema=False)

    def page(request: Request, project: str, root: str) -> Response:
        lang = files.language_of(request)
        return HTMLResponse(files.render("page.html", lang, project=project, root=root), headers=files.html_headers)

    @router.get("/create")
    async def show_list(request: Request) -> Response:
        return page(request, "", "create/")

    @router.get("/create/")
    async def show_list_below(request: Request) -> Response:
        return RedirectResponse("../create")

    @router.get("/create/{name}")
    async def show_project(name: str, request: Request) -> Response:
        return page(request, name, "")

    files.serve(router, "/create")

    @router.get("/create/api/offer")
    async def show_offer(request: Request) -> Offer:
        return Offer(offered=door.is_open_to(request))

    @router.post("/create/api/session")
    async def open_session(asked: Session, request: Request) -> Response:
        door.check_site(request)
        if door.tokens.number_of(f"Bearer {asked.token.strip()}".encode()) is None:
            raise HTTPException(401, door.in_words(Reason("wrong_token"), request))
        answer = JSONResponse({})
        answer.set_cookie(
            COOKIE, asked.token.strip(), COOKIE_SECONDS, path=f"{request.scope.get('root_path', '')}/create",
            secure=request.url.scheme == "https", httponly=True, samesite="strict",
        )  # fmt: skip
        return answer

    app.include_router(router)
