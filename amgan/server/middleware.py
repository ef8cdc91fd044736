"""What stands before the routes: who asks, how large bodies may be, the end of the server, and what is counted."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import time

from starlette._utils import get_route_path  # the router's own: what is guarded must be what is routed
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.server.metrics import ServerMetrics
from amgan.server.tokens import Tokens

GUARDED = ("/v1/", "/metrics")
_KEY = "amgan.caller"

METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
OTHER = "other"
"""What requests count as that no route took."""

LONGEST_NUMBER = 19
"""Digits of a length that can be meant; to read much longer numbers takes long."""


def caller_of(request: Request) -> str:
    """The name by which a caller gets a fair share; not for the eyes of others."""
    return str(request.scope.get(_KEY, ""))


class Callers:
    """Middleware that names each request's caller, and asks for a token where one is needed."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http":
            client = scope.get("client")
            scope[_KEY] = _known_as(client[0]) if client else ""
            if self._tokens and get_route_path(scope).startswith(GUARDED):
                number = self._tokens.number_of(header(scope, b"authorization") or b"")
                if number is None:
                    sentence = "send one of this server's tokens, as the header Authorization: Bearer TOKEN"
                    await refuse(send, 401, sentence, www_authenticate="Bearer")
                    return
                scope[_KEY] = f"token {number}"
        await self._app(scope, receive, send)


def _known_as(host: str) -> str:
    """By what an address counts; all that is none, as a proxy's header may hold in any length, counts as one.

    A single line has 2^64 addresses of IPv6, which begin alike.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))


class RequestCount:
    """Middleware that tells the metrics of each request."""

    def __init__(self, app: ASGIApp, metrics: ServerMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            self._metrics.failed_unexpectedly()
            raise
        finally:
            # The path itself is the caller's to choose, and would be kept for ever.
            route = getattr(scope.get("route"), "path", None) or OTHER
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.request_done(route, method, status, time.perf_counter() - started)


class Drain:
    """Whether the server is to stop."""

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self) -> None:
        """From now on nothing new is taken."""
        self.has_begun = True


class Draining:
    """Middleware that answers 503 and closes the connection once the server is to stop."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if self._drain.has_begun and scope["type"] == "http":
            await self._refuse(send)
            return
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self._drain.has_begun or scope["type"] != "http":
                raise
            # It took too long to stop. If the answer had begun already, the connection ends in the middle of it.
            with contextlib.suppress(RuntimeError):
                await self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        await refuse(send, 503, "the server is stopping; try again soon", retry_after="5", connection="close")


class BodyLimit:
    """Middleware that answers 413 to larger bodies and reads no further."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        """Wrap an app.

        Args:
            app: What is protected.
            most: Bytes of a body.
        """
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = header(scope, b"content-length")
        if length is not None:
            # The server holds a client to the length it says.
            digits = length.lstrip(b"0") or b"0"
            if not digits.isdigit() or len(digits) > LONGEST_NUMBER or int(digits) > self._most:
                await self._refuse(send)
                return
            await self._app(scope, receive, send)
        elif header(scope, b"transfer-encoding") is None:
            await self._app(scope, receive, send)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        size, started, refused = 0, False, False

        async def counted() -> Message:
            nonlocal size, refused
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._most and not refused:
                refused = True
                if not started:
                    await self._refuse(send)
            return {"type": "http.disconnect"} if refused else message

        async def unless_refused(message: Message) -> None:
            nonlocal started
            if not refused or started:
                started = True
                await send(message)

        try:
            await self._app(scope, counted, unless_refused)
        except Exception:
            if not refused:
                raise

    async def _refuse(self, send: Send) -> None:
        await refuse(send, 413, f"the body is too large; this server takes {self._most} bytes", connection="close")


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that name, in lower case."""
    return next((value for key, value in scope["headers"] if key == name), None)


async def refuse(send: Send, status: int, sentence: str, **headers: str) -> None:
    """Answer with ``{"detail": sentence}``; an underscore in a header's name stands for a hyphen."""
    body = json.dumps({"detail": sentence}).encode()
    fields = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
