"""What goes wrong with a review, as a page for people: what the same error is as JSON stands in `problems`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from amgan.errors import AmganError, RequestError
from amgan.server.problems import described
from amgan.server.reviews.page_files import ReviewPageFiles

_HEADINGS = {404: "link_is_broken", 429: "one_moment", 503: "one_moment"}


def message_page(
    files: ReviewPageFiles, request: Request, error: AmganError, root: str = "", may_reload: bool = True
) -> HTMLResponse:
    """The error as a page, which reloads by itself if the error may pass.

    Args:
        files: Have the page.
        request: Who asked, in which language.
        error: What went wrong.
        root: Leads from the page's address to /review/.
        may_reload: Whether to ask for the page again does no harm.

    Raises:
        AmganError: the error itself, if it is not meant for a caller.
    """
    status, sentence, headers = described(error)
    page = files.message(
        _HEADINGS.get(status, "cannot_be_shown"), sentence, root,
        reload_seconds=headers.get("Retry-After") if may_reload else None, lang=files.language_of(request),
    )  # fmt: skip
    return HTMLResponse(page, status, files.html_headers | headers)


def is_browser(request: Request) -> bool:
    """Whether someone opens the address to read it: browsers say that they take HTML, programs do not."""
    return "text/html" in request.headers.get("accept", "")


def route_for_people(files: ReviewPageFiles) -> type[APIRoute]:
    """The class of routes ``/review/{id}/...`` whose errors are pages in a browser, and JSON for programs as ever.

    Args:
        files: Have the page.
    """

    class RouteForPeople(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                try:
                    return await handle(request)
                except (AmganError, RequestValidationError) as error:
                    if not is_browser(request):
                        raise
                    if isinstance(error, RequestValidationError):
                        error = RequestError("the link is not as it was sent; ask for it again")
                    # Of a page that was asked for by a form, a reload would be another request than that.
                    return message_page(files, request, error, root="../", may_reload=request.method == "GET")

            return handled

    return RouteForPeople
