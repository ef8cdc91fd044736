"""What browsers are told with every answer: take types as they are said, who may frame it, what other sites learn.

Pages whose address is a secret go further: no other site is told it, no search engine lists it, no shared cache keeps
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from starlette._utils import get_route_path
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.errors import ConfigError
from amgan.server.middleware import refuse
from amgan.server.problems import UNEXPECTED

VARIABLE = "AMGAN_FRAME_ANCESTORS"
HUGGING_FACE = ("https://huggingface.co", "https://*.huggingface.co", "https://*.hf.space")
"""Who shows a Space within a page."""
EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
SECRET = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
"""What is not said by the answer itself."""
_SOURCE = re.compile(r"\*|https?://(\*\.)?[A-Za-z0-9.-]+(:(\d{1,5}|\*))?")


def frame_ancestors(given: Iterable[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Which sites may show the page within theirs: those given, or else a Space's.

    Raises:
        ConfigError: one is no address of a site.
    """
    sites = tuple(given)
    for site in sites:
        if not _SOURCE.fullmatch(site):
            raise ConfigError(
                f"frame ancestors ({VARIABLE} or --frame-ancestors): {site!r:.80} is no site; write "
                "https://example.com, https://*.example.com, or * for any"
            )
    return sites or (HUGGING_FACE if environment.get("SPACE_ID") else ())


class SecurityHeaders:
    """Middleware that adds these headers to every answer, errors too: it has to be the outermost one."""

    def __init__(self, app: ASGIApp, ancestors: Iterable[str], secret_path: str) -> None:
        """Wrap an app.

        Args:
            app: What answers.
            ancestors: As `frame_ancestors` gives them.
            secret_path: What lies below it has a secret address; with a slash at its end.
        """
        self._app = app
        self._policy = " ".join(["frame-ancestors 'self'", *ancestors])
        self._secret_path = secret_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_secret = get_route_path(scope).startswith(self._secret_path)
        fields = {**EVERYWHERE, **SECRET} if is_secret else EVERYWHERE
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in fields.items():
                    headers.setdefault(name, value)
                if "frame-ancestors" not in headers.get("Content-Security-Policy", ""):
                    # A second policy beside the answer's own: browsers keep to both.
                    headers.append("Content-Security-Policy", self._policy)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            # Else the framework answers, which stands before every middleware.
            if not started:
                # uvicorn closes the connection as soon as it has the error; the next request must not be sent on it.
                await refuse(send_with_headers, 500, UNEXPECTED, connection="close")
            raise
