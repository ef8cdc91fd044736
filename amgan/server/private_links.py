"""Pages whose address is a secret: no other site is told it, no search engine lists it, no shared cache keeps them."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.server.plain_answers import refuse
from amgan.server.problems import UNEXPECTED

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""What is not said by the answer itself."""


class PrivateLinks:
    """Middleware that adds these headers to every answer under a path, errors too: it has to be the outermost one."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        """Wrap an app.

        Args:
            app: What answers.
            path: With a slash at its end.
        """
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or not scope["path"].startswith(self._path):
            await self._app(scope, receive, send)
            return

        started = False

        async def send_private(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_private)
        except Exception:
            # Else the framework answers, which stands before every middleware.
            if not started:
                await refuse(send_private, 500, UNEXPECTED)
            raise
