"""A server that is to stop: what runs goes on, what is new is refused."""

from __future__ import annotations

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
            await refuse(send, 503, "the server is stopping; try again soon", retry_after="5", connection="close")
            return
        await self._app(scope, receive, send)
