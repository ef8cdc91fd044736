"""What of Gradio's server the page needs; nothing else of it is served, and no event carries more than plain values.

Gradio takes a ``gradio.FileData`` anywhere in an event's input for a file of its own, copies it and serves the copy;
and it brings routes for uploads, proxies, recordings and editors that this page has no use for. Both end here, before
Gradio sees a request, by a list of what is allowed rather than of what is known to harm: a new version's new route is
closed until somebody decides on it, and a new way to name a file has to fit into a string or a number.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial

import gradio as gr
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.ui.plain_events import SESSION, Kind, PlainEvents, RefusedError
from amgan.ui.unfetched_answers import UnfetchedAnswers

MOST_EVENT_BYTES = 256_000
"""A link of the longest state has some kilobytes."""
MOST_PATH, MOST_QUERY = 200, 16_000
_NAME = r"[A-Za-z0-9_]{1,64}"
_FILE = r"(?:[A-Za-z0-9_@-][A-Za-z0-9_.@-]*/){0,4}[A-Za-z0-9_@-][A-Za-z0-9_.@-]*"
_API = "/gradio_api"

READ_PATHS = re.compile(
    rf"/|/config/?|(?:{_API})?/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/assets/{_FILE}"
    rf"|/static/(?:fonts|img|js)/{_FILE}"
    rf"|{_API}/(?:app_id/?|info/?|openapi\.json|startup-events|queue/data|call(?:/v2)?/{_NAME}/{SESSION})"
)
"""What may be asked for with GET and HEAD."""
EVENT_PATHS = re.compile(
    rf"{_API}/(?:(?P<join>queue/join)|(?P<cancel>cancel)|run/{_NAME}/?|call/(?P<by_name>v2/)?(?P<endpoint>{_NAME})/?)"
)
"""Where events are posted."""
_SESSION_ASKED = re.compile(rf"(?:^|&)session_hash=({SESSION})(?:&|$)".encode())
_EVENT_ID = re.compile(rf'"event_id": ?"({SESSION})"'.encode())
_WITH_QUERY = re.compile(rf"{_API}/(?:queue|run|call)/.*")
"""Elsewhere Gradio is given no query: it reads from it what is to be shown of other people's sessions."""

_END = re.compile(rb'data: \{[^{}]{0,200}"msg":"close_stream"[^{}]{0,200}\}\s*')
END_SECONDS, LOOK_SECONDS = 0.4, 0.02
"""So long a stream stays open when nothing is asked any more, and how often that is looked at."""

_BELIEVED = b"x-gradio-server"
"""Gradio takes the page's address from it, whoever sends it; it is for a server of its own, which is not run here."""

NOTHING = "there is nothing at this path"


class PageDoor:
    """Middleware in front of Gradio's app that lets through what the page needs."""

    def __init__(self, app: ASGIApp, events: PlainEvents, unfetched: UnfetchedAnswers) -> None:
        """Wrap an app.

        Args:
            app: Gradio's.
            events: Those that the page takes.
            unfetched: Counts the answers that nobody has fetched.
        """
        self._app = app
        self._events = events
        self._unfetched = unfetched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            if scope["type"] != "http":
                raise RefusedError(404, NOTHING)
            path = get_route_path(scope)
            if len(path) > MOST_PATH or len(scope["query_string"]) > MOST_QUERY:
                raise RefusedError(414, "this address is too long")
            scope = {**scope, "headers": [field for field in scope["headers"] if field[0] != _BELIEVED]}
            if scope["method"] == "POST":
                await self._post(path, scope, receive, send)
            elif scope["method"] in ("GET", "HEAD") and READ_PATHS.fullmatch(path):
                await self._read(path, scope, receive, send)
            else:
                raise RefusedError(404, NOTHING)
        except RefusedError as refused:
            await JSONResponse({"detail": str(refused)}, refused.status)(scope, receive, send)

    async def _post(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        event = EVENT_PATHS.fullmatch(path)
        if event is None:
            raise RefusedError(404, NOTHING)
        kind: Kind = "cancel" if event["cancel"] else "event"
        if event["endpoint"]:
            kind = "call by name" if event["by_name"] else "call"
        session, body = self._events.read(await _body(scope, receive), kind, event["endpoint"])
        scope, receive = _with_body(scope, receive, body)
        if not (event["join"] or event["endpoint"]):
            await self._app(scope, receive, send)
            return
        address = (scope.get("client") or ("",))[0]
        if not self._unfetched.has_room(address, session):
            raise RefusedError(429, "many answers wait to be fetched; fetch those first, or try again in a minute")

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
            stream = _Stream(send, partial(self._unfetched.is_asked, session))
            while await stream.follow(self._app, scope, receive):
                pass


class _Stream:
    """A session's answers, as one stream that does not end while the next question is on its way.

    Gradio ends it as soon as nothing is asked. The page opens another one for what it asks then, but not if it hears of
    the end only after its question was taken: nobody would read that answer. So the end waits for a moment, and what
    was asked meanwhile is answered in the same stream.
    """

    def __init__(self, send: Send, is_asked: Callable[[], bool]) -> None:
        self._send, self._is_asked = send, is_asked
        self._started = self._goes_on = False

    async def follow(self, app: ASGIApp, scope: Scope, receive: Receive) -> bool:
        """Send what an app streams; whether it is to be asked again."""
        self._goes_on = False
        try:
            await app(scope, receive, self._pass)
        except (RuntimeError, KeyError) as error:
            # Gradio refuses within an answer that has begun, after it told the page so: a stream of no session. And of
            # several who read one session and leave, all but the first find it forgotten.
            if not (self._started and (isinstance(error, KeyError) or isinstance(error.__cause__, HTTPException))):
                raise
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        return self._goes_on

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not self._started:
                self._started = True
                await self._send(message)
            return
        if _END.fullmatch(message.get("body", b"")):
            self._goes_on = await self._asked_soon()
        if not self._goes_on:
            await self._send(message)

    async def _asked_soon(self) -> bool:
        for _ in range(round(END_SECONDS / LOOK_SECONDS)):
            if self._is_asked():
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return self._is_asked()


def page_door(page: gr.Blocks) -> Middleware:
    """A page's door, for the app that Gradio makes of it: `mount_gradio_app` and `launch` take it in `app_kwargs`."""
    return Middleware(PageDoor, events=PlainEvents.of(page), unfetched=UnfetchedAnswers(page))


async def _body(scope: Scope, receive: Receive) -> bytes:
    kind = next((value for key, value in scope["headers"] if key == b"content-type"), b"")
    if kind.split(b";")[0].strip().lower() != b"application/json":
        # Another site's page may send any other type without asking.
        raise RefusedError(415, "send JSON, as Content-Type: application/json")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "the body ended too early")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_EVENT_BYTES:
            raise RefusedError(413, f"the body is too large; the page sends at most {MOST_EVENT_BYTES} bytes")
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
