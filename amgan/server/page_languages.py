"""The page in each language: a Gradio app for each, of which `/` shows the one that suits who asks.

The app of the default language stands at `/` and answers programs; the others stand below a path each, such as `/ja`,
which their page asks by itself. So an address is the same in every language, and a link opens in its reader's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette._utils import get_route_path
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from amgan.engine.shelf import Shelf
from amgan.languages.reading import DEFAULT
from amgan.server.front_page import FrontPage
from amgan.server.language import language_of
from amgan.ui.poster import Poster

if TYPE_CHECKING:
    import gradio as gr


class PageLanguages:
    """Middleware around the app of the default language: sends what is another's to that one."""

    def __init__(self, app: ASGIApp, others: ASGIApp, langs: frozenset[str], language: str = DEFAULT) -> None:
        """Wrap it.

        Args:
            app: Gradio's, of the default language.
            others: Has those of the other languages, each below its code.
            langs: Their codes.
            language: What is shown to who asks for none of the languages.
        """
        self._app = app
        self._others = others
        self._langs = langs
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        path = get_route_path(scope) if scope["type"] == "http" else ""
        if path == "/":
            lang = language_of(Request(scope), self._language)
            if lang in self._langs:
                scope = {**scope, "path": f"{scope.get('root_path', '')}/{lang}/"}
                await self._others(scope, receive, send)
                return
        elif path.split("/")[1:2] and path.split("/")[1] in self._langs:
            if path.count("/") > 1 and not path.endswith("/"):
                await self._others(scope, receive, send)
            else:  # the page itself has its address at / only
                await JSONResponse({"detail": "there is nothing at this path"}, 404)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def page_options(
    pages: Mapping[str, gr.Blocks],
    shelf: Shelf,
    language: str = DEFAULT,
    previews: bool = True,
    poster: Poster | None = None,
) -> dict[str, Any]:
    """Keyword arguments for `launch` of the page in the default language, with which the others are served as well.

    Args:
        pages: By the codes of their languages, the default one among them.
        shelf: The models that a link may name.
        language: What is shown to who asks for none of the languages.
        previews: Whether there is a route that draws a link's picture.
        poster: Draws what is seen until the page has come; None where drawing is too dear for that.
    """
    from amgan.ui.theme import launch_options

    def options_of(lang: str) -> dict[str, Any]:
        options = launch_options(pages[lang], len(pages))
        front = Middleware(FrontPage, shelf=shelf, lang=lang, language=language, previews=previews, poster=poster)
        options["app_kwargs"]["middleware"].insert(0, front)
        return options

    options, langs = options_of(DEFAULT), frozenset(pages.keys() - {DEFAULT})
    others = FastAPI(openapi_url=None)
    for lang in langs:
        own = options_of(lang)
        del own["favicon_path"]  # there is one, at /
        mount_page(others, f"/{lang}", pages[lang], own)
    chooser = Middleware(PageLanguages, others=others, langs=langs, language=language)
    options["app_kwargs"]["middleware"].insert(0, chooser)
    options["app_kwargs"]["lifespan"] = lambda _: others.router.lifespan_context(others)
    return options


def mount_page(app: FastAPI, path: str, page: gr.Blocks, options: dict[str, Any]) -> None:
    """Let a page answer below a path of an app, with the options that `launch` would get.

    Args:
        app: Where it is mounted.
        path: Of the page.
        page: One page.
        options: Those of `page_options`.
    """
    import gradio as gr

    from amgan.ui.sessions import describe_no_sessions

    page.state_session_capacity = options["state_session_capacity"]
    mounted = {name: value for name, value in options.items() if name not in _OF_LAUNCH}
    # Each request says its own root path, by the server's rule.
    gr.mount_gradio_app(app, page, path=path, root_path="", **mounted)
    describe_no_sessions(page)


_OF_LAUNCH = ("share", "max_threads", "state_session_capacity")
