"""The page's HTML as it is sent: with our link tags in place of Gradio's, which name nothing of what a link shows.

Who opens an address in a browser that there is not gets a page as well, and not what programs are told.
"""

from __future__ import annotations

import gzip
import re
from functools import partial
from pathlib import Path

from starlette._utils import get_route_path
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amgan.engine.loading import in_thread
from amgan.engine.shelf import Shelf
from amgan.errors import AmganError
from amgan.languages.reading import DEFAULT
from amgan.model import AMGAN
from amgan.server.language import language_of
from amgan.server.link_tags import link_tags, opened_state
from amgan.server.middleware import caller_of
from amgan.server.page_files import PARTS
from amgan.templates import html_template
from amgan.ui.poster import Poster
from amgan.ui.state import PageState
from amgan.ui.words import words_in

_THEIRS = re.compile(rb"""\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>|\s*<link rel="manifest"[^>]*>""")
_NOTHING = Path(__file__).with_name("nothing_here.html")
_HTML = re.compile(rb"""(<html\b[^>]*?\blang=")[^"]*""")
_START = b'<meta charset="utf-8" />'
"""Ours follow it: programs that show links read only so far."""
_PAGE = b"<gradio-app"


class FrontPage:
    """Middleware around Gradio's app."""

    def __init__(
        self,
        app: ASGIApp,
        shelf: Shelf,
        lang: str = DEFAULT,
        language: str = DEFAULT,
        previews: bool = True,
        poster: Poster | None = None,
    ) -> None:
        """Wrap it.

        Args:
            app: Gradio's.
            shelf: The models that a link may name.
            lang: The language of its page.
            language: What is spoken to who asks for none of the languages.
            previews: Whether there is a route that draws a link's picture.
            poster: Draws what is seen until the page has come; None where drawing is too dear for that.
        """
        self._app = app
        self._shelf = shelf
        self._lang, self._language = lang, language
        self._previews = previews
        self._poster = poster

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if get_route_path(scope) != "/":
            if "text/html" in request.headers.get("accept", ""):
                send = partial(self._send_to_people, request, send)
            await self._app(scope, receive, send)
            return
        started: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send(request, started[0], bytes(body), send)

        await self._app(scope, receive, collect)

    async def _send(self, request: Request, start: Message, body: bytes, send: Send) -> None:
        head, found, rest = body.partition(_START)
        if found:
            opened = await in_thread(lambda: self._opened(request))
            tags = link_tags(opened, request, words_in(self._lang), previews=self._previews)
            rest, page, app = _THEIRS.sub(b"", rest).partition(_PAGE)
            poster = await self._poster_of(opened, request) if page else ""
            head = _HTML.sub(rb"\1" + self._lang.encode(), head)
            body = b"".join((head, found, b"\n", tags.encode(), rest, poster.encode(), page, app))
            headers = MutableHeaders(scope=start)
            headers.add_vary_header("Accept-Encoding")
            headers.add_vary_header("Accept-Language")
            if "gzip" in request.headers.get("accept-encoding", ""):
                body = gzip.compress(body, 5)
                headers["content-encoding"] = "gzip"
            # To say how long the first sheet makes it, it would have to be drawn.
            if request.method == "HEAD":
                del headers["content-length"]
            else:
                headers["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _send_to_people(self, request: Request, send: Send, message: Message) -> None:
        """A page in place of what programs are told of an address that there is not."""
        if message.get("status") == 404:
            message = {**message, "headers": [(b"content-type", b"text/html; charset=utf-8")]}
            request.state.nothing = True
        elif getattr(request.state, "nothing", False):
            page = f"{request.scope.get('app_root_path', '')}/"
            lang = language_of(request, self._language)
            body = html_template(_NOTHING, PARTS).render(lang=lang, words=words_in(lang), page=page)
            message = {**message, "body": body.encode()}
        await send(message)

    def _opened(self, request: Request) -> tuple[PageState, AMGAN] | None:
        try:
            return opened_state(dict(request.query_params), self._shelf)
        except AmganError:
            return None

    async def _poster_of(self, opened: tuple[PageState, AMGAN] | None, request: Request) -> str:
        if opened is None or self._poster is None or request.method == "HEAD":
            return ""
        return await self._poster.html(*opened, self._lang, caller_of(request))
