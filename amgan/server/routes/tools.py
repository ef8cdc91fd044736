"""``/v1/mcp``: pictures as tools that language models call, by the Model Context Protocol over HTTP (extra ``mcp``).

Each call stands alone, so any replica may answer it. What is asked is checked as on the other routes, what is drawn
counts as theirs, and pictures are answered as images, which a model that sees can look at.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import FastAPI, Request
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import BaseModel, ValidationError
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from amgan import __version__
from amgan.bounds import first_problem
from amgan.errors import AmganError, RequestError
from amgan.sampling.marking import made_up
from amgan.sampling.media import encode_png
from amgan.sampling.picture_row import KnownPicture
from amgan.server.problems import FieldError, described
from amgan.server.routes.images import asked_pictures
from amgan.server.routes.interpolations import morph_file
from amgan.server.routes.models import models_answer
from amgan.server.schemas import InterpolationRequest, MorphAsked, PicturesAsked, Strict
from amgan.server.service import Service

PATH = "/v1/mcp"
MOST_PICTURES = 16
"""Of one call: each is an image that a model reads."""
MOST_FRAMES = 64

INSTRUCTIONS = (
    "Made-up pictures by class and seed, drawn by GANs that know classes. A picture has a name: the model's revision, "
    "a seed, the class if one is asked, and the truncation; the same name gives the same picture for ever. Ask "
    "list_models for models and classes first. Say of these pictures that they are made up."
)

Asked = TypeVar("Asked", bound=BaseModel)
Content = list[types.ContentBlock]


class Nothing(Strict):
    """A call without arguments."""


@dataclass(frozen=True)
class Tool(Generic[Asked]):
    """What a language model can call.

    Attributes:
        description: For the model.
        asked: The arguments, whose schema the model is shown and by which they are checked.
        answer: Answers them.
    """

    description: str
    asked: type[Asked]
    answer: Callable[[Service, Request, Asked], Awaitable[Content]]


async def _list_models(service: Service, request: Request, asked: Nothing) -> Content:
    return [types.TextContent(text=(await models_answer(service)).model_dump_json(exclude_none=True))]


async def _draw_pictures(service: Service, request: Request, asked: PicturesAsked) -> Content:
    opened, (pictures, samples) = await asked_pictures(service, request, asked, MOST_PICTURES)
    names = {"model": opened.name, "revision": opened.model.revision}
    content: Content = []
    for picture, sample in zip(pictures, samples, strict=True):
        known = KnownPicture.of(sample, opened.model.class_names)
        content.append(types.TextContent(text=known.model_dump_json(exclude_none=True)))
        content.append(_image(encode_png(picture, made_up({**known.model_dump(), **names})), "image/png"))
    return [types.TextContent(text=f"Made-up pictures of {opened.name}@{opened.model.revision}:"), *content]


async def _draw_morph(service: Service, request: Request, asked: MorphAsked) -> Content:
    as_file = InterpolationRequest(**dict(asked), format="webp", scale=4)
    opened, file = await morph_file(service, request, as_file, MOST_FRAMES)
    said = f"A made-up morph of {opened.name}@{opened.model.revision}, animated:"
    return [types.TextContent(text=said), _image(file, "image/webp")]


TOOLS: dict[str, Tool[Any]] = {
    "list_models": Tool(
        "The models of this server, the first one the default, and the classes of each.", Nothing, _list_models
    ),
    "draw_pictures": Tool(
        f"Draw up to {MOST_PICTURES} pictures of a model by class and seed; each comes as an image behind what is "
        "known of it.",
        PicturesAsked,
        _draw_pictures,
    ),
    "draw_morph": Tool(
        f"Draw a morph between two pictures as one animated image of up to {MOST_FRAMES} frames.",
        MorphAsked,
        _draw_morph,
    ),
}


class ToolServer:
    """The route and the life of its server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        server: Server[Any] = Server(
            "amgan", version=__version__, instructions=INSTRUCTIONS, on_list_tools=self._list, on_call_tool=self._call
        )
        self._manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=service.config.max_body_bytes
        )
        self.running: Callable[[], contextlib.AbstractAsyncContextManager[None]] = self._manager.run

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        await self._manager.handle_request(scope, receive, send)

    async def _list(self, context: ServerRequestContext[Any], params: object) -> types.ListToolsResult:
        hints = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=name,
                    description=tool.description,
                    input_schema=tool.asked.model_json_schema(),
                    annotations=hints,
                )
                for name, tool in TOOLS.items()
            ]
        )

    async def _call(
        self, context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        try:
            content = await self._answer(context.request, params)
        except AmganError as error:
            place = f"{error.field[-1]}: " if isinstance(error, FieldError) else ""
            return types.CallToolResult(content=[types.TextContent(text=place + described(error)[1])], is_error=True)
        return types.CallToolResult(content=content)

    async def _answer(self, request: Request | None, params: types.CallToolRequestParams) -> Content:
        tool = TOOLS.get(params.name)
        if tool is None or request is None:
            raise RequestError(f"there is no such tool; there are {', '.join(TOOLS)}")
        try:
            asked = tool.asked.model_validate(params.arguments or {})
        except ValidationError as error:
            raise RequestError(first_problem(error)) from error
        return await tool.answer(self._service, request, asked)


def _image(file: bytes, kind: str) -> types.ImageContent:
    return types.ImageContent(data=base64.b64encode(file).decode(), mime_type=kind)


def add_tool_route(app: FastAPI, service: Service) -> ToolServer:
    """Add the route; the server behind it answers while its `running` is entered."""
    server = ToolServer(service)
    app.router.routes.append(Route(PATH, server, methods=["POST"], include_in_schema=False))
    return server
