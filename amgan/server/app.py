"""The server put together: routes for programs, the page beside them, and what stands before both."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from amgan import __version__
from amgan.bulk.job_store import JobStore
from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf
from amgan.errors import ConfigError
from amgan.languages.reading import DEFAULT
from amgan.projects.queue import TrainingQueue
from amgan.projects.room import ProjectRoom
from amgan.reviews.copying.read_back import Filling
from amgan.reviews.store.store import ReviewStore
from amgan.server.allowance import Allowance
from amgan.server.encoding import Encoders
from amgan.server.guessing.routes import add_guess_routes
from amgan.server.hosts import Hosts
from amgan.server.map.routes import add_map_routes
from amgan.server.metrics import ServerMetrics
from amgan.server.middleware import GUARDED, BodyLimit, Callers, Drain, Draining, RequestCount
from amgan.server.model_room import ModelRoom
from amgan.server.page_languages import mount_page, page_options
from amgan.server.problems import add_problem_handlers
from amgan.server.projects.routes import add_all_project_routes
from amgan.server.reviews.result_routes import add_review_result_routes
from amgan.server.reviews.vote_routes import add_review_routes
from amgan.server.routes.health import add_health_routes
from amgan.server.routes.images import add_image_routes
from amgan.server.routes.interpolations import add_interpolation_routes
from amgan.server.routes.jobs import add_job_routes
from amgan.server.routes.models import add_model_routes
from amgan.server.routes.share import add_share_routes
from amgan.server.security_headers import SecurityHeaders
from amgan.server.service import Service
from amgan.server.settings import ServerConfig
from amgan.server.tokens import Tokens
from amgan.server.warm_up import WarmUp
from amgan.server.window.routes import add_window_routes
from amgan.ui import NO_TELEMETRY

if TYPE_CHECKING:
    import gradio as gr

DESCRIPTION = (
    "Pictures by class and seed, and morphs between them. A picture has a name: a model's revision, a seed, the class "
    "if one is asked, and the truncation. The name gives the same picture alone or in any batch."
)


def build_server(
    shelf: Shelf,
    engine: Engine,
    config: ServerConfig,
    pages: Mapping[str, gr.Blocks] | None = None,
    *,
    jobs: JobStore | None = None,
    reviews: ReviewStore | None = None,
    reviews_filling: Callable[[], Filling] | None = None,
    projects: ProjectRoom | None = None,
    metrics: ServerMetrics | None = None,
    tokens: Tokens | None = None,
    drain: Drain | None = None,
    close: Callable[[], None] | None = None,
) -> FastAPI:
    """The server's app.

    Args:
        shelf: The models.
        engine: Draws their pictures.
        config: Limits; host, port and devices are for who runs it.
        pages: The page for people, at /, by language.
        jobs: The bulk jobs, started and stopped by who made them; None for a server without.
        reviews: The reviews, closed by who opened them; None for a server without.
        reviews_filling: How far reviews that are stored elsewhere are read back; None if none are.
        projects: The projects; None for a server without.
        metrics: What is counted; whoever made the engine may count in the same.
        tokens: Who may ask, if not everyone.
        drain: Says when the server is to stop.
        close: Is called at the end.
    """
    metrics = metrics or ServerMetrics()
    service = Service(
        config=config,
        engine=engine,
        models=ModelRoom(shelf),
        metrics=metrics,
        encoders=Encoders(),
        allowance=Allowance(config.pictures_per_second, max(config.max_pictures, config.max_frames), config.limits),
        tokens=tokens or Tokens(),
        drain=drain or Drain(),
    )

    trainings = None
    if projects is not None:
        trainings = TrainingQueue(lambda: projects.projects, projects.folder / ".training.lock")
    closes: list[Callable[[], None]] = [service.encoders.close]
    tools: Callable[[], contextlib.AbstractAsyncContextManager[None]] = contextlib.nullcontext

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warm_up = WarmUp(shelf, engine, service.metrics.answered)
        warm_up.start()
        if trainings is not None:
            trainings.start()
        async with tools():
            yield
        warm_up.stop()
        if trainings is not None:
            trainings.stop()
        for end in closes:
            end()
        if close is not None:
            close()

    app = FastAPI(
        title="amgan",
        description=DESCRIPTION,
        version=__version__,
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    add_problem_handlers(app)
    add_health_routes(app, service)
    add_model_routes(app, service)
    add_image_routes(app, service)
    add_interpolation_routes(app, service)
    if jobs is not None:
        add_job_routes(app, service, jobs)
    if reviews is not None:
        add_review_routes(app, service, reviews, reviews_filling)
        add_review_result_routes(app, service, reviews, pages is not None, reviews_filling)
        add_guess_routes(app, service, reviews.guesses)
    if projects is not None and trainings is not None:
        closes.append(add_all_project_routes(app, service, projects, trainings, reviews))
    if config.mcp:
        tools = _tool_server(app, service)
    if pages is not None:
        add_share_routes(app, service)
        add_window_routes(app, service)
        add_map_routes(app, service)
    _answer_head(app)
    if service.tokens:
        _tell_of_tokens(app)
    # Before the page, which takes every path that is left.
    app.router.routes.append(Route("/v1/{rest:path}", _Nowhere(app), include_in_schema=False))
    # The last one added is the first that a request meets.
    app.add_middleware(Callers, tokens=service.tokens)
    app.add_middleware(BodyLimit, most=config.max_body_bytes)
    app.add_middleware(Draining, drain=service.drain)
    app.add_middleware(RequestCount, metrics=service.metrics)
    app.add_middleware(Hosts, allowed=config.allowed_hosts)
    app.add_middleware(SecurityHeaders, ancestors=config.frame_ancestors, secret_path="/review/")
    if pages is not None:
        _mount(app, pages, service)
    return app


def _tool_server(app: FastAPI, service: Service) -> Callable[[], contextlib.AbstractAsyncContextManager[None]]:
    try:
        from amgan.server.routes.tools import add_tool_route
    except ImportError as error:
        raise ConfigError("--mcp needs one more package: pip install 'mcp>=2.3,<3'") from error
    return add_tool_route(app, service).running


def _tell_of_tokens(app: FastAPI) -> None:
    """Let the document say where a token is needed, so that /docs and made-up clients can send one."""
    document = app.openapi()
    scheme = {"type": "http", "scheme": "bearer", "description": "One of this server's tokens."}
    document.setdefault("components", {})["securitySchemes"] = {"token": scheme}
    for path, operations in document["paths"].items():
        if path.startswith(GUARDED):
            for operation in operations.values():
                operation["security"] = [{"token": []}]


def _answer_head(app: FastAPI) -> None:
    """Let HEAD be asked of whatever can be read, as those do who only look whether a server is up."""
    for route in list(app.router.routes):
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            app.head(route.path, response_model=route.response_model, include_in_schema=False)(route.endpoint)


class _Nowhere:
    """Answers what no route under /v1 takes, in the way of the others."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        request = Request(scope)
        allowed: set[str] = set()
        for route in self._app.router.routes:
            if isinstance(route, Route) and route.matches(request.scope)[0] == Match.PARTIAL:
                allowed |= route.methods or set()
        if allowed:
            raise HTTPException(405, "this path takes other methods", {"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404, "there is nothing at this path; /docs shows what there is")


def _mount(app: FastAPI, pages: Mapping[str, gr.Blocks], service: Service) -> None:
    from amgan.ui.poster import Poster

    options = page_options(pages, service.models.shelf, service.config.language, poster=Poster(service.engine))
    mount_page(app, "/", pages[DEFAULT], options)
    # Before all others, too: each event of the page is two requests, which otherwise meet the routes of programs first.
    app.router.routes.insert(0, _Events(app.router.routes[-1], pages.keys() - {DEFAULT}))


class _Events(BaseRoute):
    """The part of a mounted page, and of those below it in other languages, that answers events."""

    def __init__(self, page: BaseRoute, langs: Iterable[str]) -> None:
        self._page = page
        self._paths = tuple(f"{place}/gradio_api/" for place in ("", *(f"/{lang}" for lang in langs)))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See `BaseRoute`."""
        if scope["type"] == "http" and get_route_path(scope).startswith(self._paths):
            return self._page.matches(scope)
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See `BaseRoute`."""
        await self._page.handle(scope, receive, send)
