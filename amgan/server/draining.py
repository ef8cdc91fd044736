"""A server that is to stop: what runs goes on, what is new is refused."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.types import ASGIApp, Receive, Scope, Send

from amgan.server.plain_answers import refuse


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
