"""What of Gradio's server the page needs; nothing else of it is served, and no event carries more than plain values.

Gradio takes a ``gradio.FileData`` anywhere in an event's input for a file of its own, copies it and serves the copy;
and it brings routes for uploads, proxies, recordings and editors that this page has no use for. Both end here, before
Gradio sees a request, by a list of what is allowed rather than of what is known to harm: a new version's new route is
closed until somebody decides on it, and a new way to name a file has to fit into a string or a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import gradio as gr
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.ui.unfetched_answers import UnfetchedAnswers

MOST_EVENT_BYTES = 256_000
"""A link of the longest state has some kilobytes."""
MOST_PATH, MOST_QUERY = 200, 16_000
_SESSION = r"[A-Za-z0-9_-]{1,64}"
_NAME = r"[A-Za-z0-9_]{1,64}"
_FILE = r"(?:[A-Za-z0-9_@-][A-Za-z0-9_.@-]*/){0,4}[A-Za-z0-9_@-][A-Za-z0-9_.@-]*"
_API = "/gradio_api"

READ_PATHS = re.compile(
    rf"/|/config/?|(?:{_API})?/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/assets/{_FILE}|/static/(?:fonts|img|js)/{_FILE}"
    rf"|{_API}/(?:info/?|openapi\.json|startup-events|queue/data|call(?:/v2)?/{_NAME}/{_SESSION})"
)
"""What may be asked for with GET and HEAD."""
EVENT_PATHS = re.compile(
    rf"{_API}/(?:(?P<join>queue/join)|(?P<cancel>cancel)|run/{_NAME}/?|call/(?P<by_name>v2/)?(?P<endpoint>{_NAME})/?)"
)
"""Where events are posted."""
_SESSION_ASKED = re.compile(rf"(?:^|&)session_hash=({_SESSION})(?:&|$)".encode())
_EVENT_ID = re.compile(rf'"event_id": ?"({_SESSION})"'.encode())
_WITH_QUERY = re.compile(rf"{_API}/(?:queue|run|call)/.*")
"""Elsewhere Gradio is given no query: it reads from it what is to be shown of other people's sessions."""

_BELIEVED = b"x-gradio-server"
"""Gradio takes the page's address from it, whoever sends it; it is for a server of its own, which is not run here."""

NOTHING = "there is nothing at this path"
Holds = Literal["text", "value", "values"]
"""What a component holds: text; any plain value; one or a list of them."""
_Int = Annotated[int, Field(ge=0, le=2**31, strict=True)]
_Session = Annotated[str, Field(pattern=f"^{_SESSION}$")]


class _Call(BaseModel):
    """A call of an endpoint by its name."""

    data: list[Any]


class _Event(_Call):
    """An event of the page: which listener, and what its components hold."""

    session_hash: _Session
    fn_index: _Int
    trigger_id: _Int | None = None
    event_data: Any = None


class _Cancelling(BaseModel):
    session_hash: _Session
    fn_index: _Int
    event_id: _Session


class _Arguments(BaseModel):
    """A call of an endpoint with its arguments by their names."""

    model_config = {"extra": "allow"}


class _RefusedError(Exception):
    """A request that goes no further.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class PageDoor:
    """Middleware in front of Gradio's app that lets through what the page needs."""

    def __init__(
        self,
        app: ASGIApp,
        listeners: Mapping[int, Sequence[Holds]],
        endpoints: Mapping[str, Sequence[str]],
        unfetched: UnfetchedAnswers,
    ) -> None:
        """Wrap an app.

        Args:
            app: Gradio's.
            listeners: For the number of each listener that something here handles, what the values are that it takes.
            endpoints: For the name of each that programs may call, the names of its arguments.
            unfetched: Counts the answers that nobody has fetched.
        """
        self._app = app
        self._listeners = listeners
        self._endpoints = endpoints
        self._unfetched = unfetched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            if scope["type"] != "http":
                raise _RefusedError(404, NOTHING)
            path = _path_below(scope)
            if len(path) > MOST_PATH or len(scope["query_string"]) > MOST_QUERY:
                raise _RefusedError(414, "this address is too long")
            scope = {**scope, "headers": [field for field in scope["headers"] if field[0] != _BELIEVED]}
            if scope["method"] == "POST":
                await self._post(path, scope, receive, send)
            elif scope["method"] in ("GET", "HEAD") and READ_PATHS.fullmatch(path):
                await self._read(path, scope, receive, send)
            else:
                raise _RefusedError(404, NOTHING)
        except _RefusedError as refused:
            await JSONResponse({"detail": str(refused)}, refused.status)(scope, receive, send)

    async def _post(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        event = EVENT_PATHS.fullmatch(path)
        if event is None:
            raise _RefusedError(404, NOTHING)
        read, body = self._checked(event, await _body(scope, receive))
        scope, receive = _with_body(scope, receive, body)
        if not (event["join"] or event["endpoint"]):
            await self._app(scope, receive, send)
            return
        address, session = (scope.get("client") or ("",))[0], str(getattr(read, "session_hash", ""))
        if not self._unfetched.has_room(address, session):
            raise _RefusedError(429, "many answers wait to be fetched; fetch those first, or try again in a minute")

        async def counted(message: Message) -> None:
            if found := _EVENT_ID.search(message.get("body", b"")):
                # An endpoint's call is a session of its own, of that name.
                self._unfetched.add(session or found[1].decode(), address)
            await send(message)

        await self._app(scope, receive, counted)

    async def _read(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if not _WITH_QUERY.fullmatch(path):
            await self._app({**scope, "query_string": b""}, receive, send)
            return
        asked = _SESSION_ASKED.search(scope["query_string"])
        session = asked[1].decode() if asked else path.rpartition("/")[2]
        with self._unfetched.reading(session):
            await self._pass(scope, receive, send)

    def _checked(self, event: re.Match[str], body: bytes) -> tuple[BaseModel, bytes]:
        """What the body says, and the body written anew from it, so that Gradio reads nothing else."""
        kind: type[BaseModel] = _Cancelling if event["cancel"] else _Event
        if event["endpoint"]:
            kind = _Arguments if event["by_name"] else _Call
            if event["endpoint"] not in self._endpoints:
                raise _RefusedError(404, f"there is no such endpoint; there are {', '.join(sorted(self._endpoints))}")
        try:
            read = kind.model_validate(json.loads(body, parse_constant=_no_constant))
            self._check(read, event["endpoint"])
            return read, json.dumps(read.model_dump(), allow_nan=False, ensure_ascii=False).encode()
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"][:2])
            raise _RefusedError(
                422, f"{place[:80]}: only plain values are taken here ({first['msg'][:100]})"
            ) from error
        except (ValueError, RecursionError) as error:
            raise _RefusedError(400, "the body is not JSON of plain values") from error

    def _check(self, read: BaseModel, endpoint: str | None) -> None:
        """See that it holds plain values, as many as are taken, and text where a handler counts on it."""
        if isinstance(read, (_Event, _Cancelling)) and read.fn_index not in self._listeners:
            raise _RefusedError(404, "the page has no such listener; it may be an older one: load it again")
        if isinstance(read, _Event):
            holds = self._listeners[read.fn_index]
            self._check_count(read.data, len(holds), "values")
            read.data = [
                _held(value, each, f"data.{place}") for place, (value, each) in enumerate(zip(read.data, holds))
            ]
            inner = read.event_data.values() if isinstance(read.event_data, dict) else [read.event_data]
            for value in inner:
                _held(value, "values", "event_data")
        elif isinstance(read, _Call):
            names = self._endpoints[endpoint or ""]
            self._check_count(read.data, len(names), f"values ({', '.join(names)})")
            for place, value in enumerate(read.data):
                _held(value, "values", f"data.{place}")
        elif isinstance(read, _Arguments):
            names, arguments = self._endpoints[endpoint or ""], read.model_extra or {}
            if unknown := set(arguments) - set(names):
                raise _RefusedError(422, f"{min(unknown)!r:.80} is no argument; there are {', '.join(names)}")
            for name, value in arguments.items():
                _held(value, "values", name)

    @staticmethod
    def _check_count(data: list[Any], wanted: int, what: str) -> None:
        if len(data) != wanted:
            raise _RefusedError(422, f"data: {wanted} {what} are taken here, not {len(data)}")

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except RuntimeError as error:
            if not (started and isinstance(error.__cause__, HTTPException)):
                raise
            # Gradio refuses within an answer that has begun, after it told the page so: a stream of no session.
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def page_door(page: gr.Blocks) -> Middleware:
    """A page's door, for the app that Gradio makes of it: `mount_gradio_app` and `launch` take it in `app_kwargs`."""
    handled = {number: [_holds(each) for each in fn.inputs] for number, fn in page.fns.items() if fn.fn is not None}
    named = page.get_api_info()["named_endpoints"]
    endpoints = {
        name.removeprefix("/"): [str(each["parameter_name"]) for each in endpoint["parameters"]]
        for name, endpoint in named.items()
    }
    return Middleware(PageDoor, listeners=handled, endpoints=endpoints, unfetched=UnfetchedAnswers(page))


def _holds(component: Any) -> Holds:
    if isinstance(component, gr.Textbox):
        return "text"
    is_one = isinstance(component, (gr.Radio, gr.Slider, gr.Checkbox))
    return "value" if is_one or (isinstance(component, gr.Dropdown) and not component.multiselect) else "values"


def _held(value: Any, holds: Holds, place: str) -> Any:
    """A value as a component of that kind holds it. The first that is none ends it: there may be a hundred thousand."""
    if holds == "values" and isinstance(value, list):
        is_plain = not any(isinstance(each, (list, dict)) for each in value)
    else:
        is_plain = not isinstance(value, (list, dict))
    if not is_plain:
        raise _RefusedError(422, f"{place}: only plain values are taken here{', as text' if holds == 'text' else ''}")
    if holds == "text" and not isinstance(value, str):
        return "" if value is None else str(value)
    return value


def _path_below(scope: Scope) -> str:
    root = scope.get("root_path", "")
    path = str(scope["path"])
    return path[len(root) :] if root and path.startswith(root) else path


async def _body(scope: Scope, receive: Receive) -> bytes:
    kind = next((value for key, value in scope["headers"] if key == b"content-type"), b"")
    if kind.split(b";")[0].strip().lower() != b"application/json":
        # Another site's page may send any other type without asking.
        raise _RefusedError(415, "send JSON, as Content-Type: application/json")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _RefusedError(400, "the body ended too early")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_EVENT_BYTES:
            raise _RefusedError(413, f"the body is too large; the page sends at most {MOST_EVENT_BYTES} bytes")
    return bytes(body)


def _with_body(scope: Scope, receive: Receive, body: bytes) -> tuple[Scope, Receive]:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    kept = [field for field in scope["headers"] if field[0] not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}, replay


def _no_constant(name: str) -> Any:
    raise ValueError(name)
