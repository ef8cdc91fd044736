"""No body of a request is larger than allowed, whether it says its length or not."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.server.plain_answers import header, refuse

LONGEST_NUMBER = 19
"""Digits of a length that can be meant; to read much longer numbers takes long."""


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
