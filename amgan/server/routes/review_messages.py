"""What goes wrong with a review, as a page for people: what the same error is as JSON stands in `problems`."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from amgan.errors import AmganError
from amgan.server.problems import described
from amgan.server.review_page_files import HTML_HEADERS, ReviewPageFiles

_HEADINGS = {404: "This link does not work", 429: "One moment, please", 503: "One moment, please"}


def message_page(files: ReviewPageFiles, error: AmganError, root: str = "") -> HTMLResponse:
    """The error as a page, which reloads by itself if the error may pass.

    Args:
        files: Have the page.
        error: What went wrong.
        root: Leads from the page's address to /review/.

    Raises:
        AmganError: the error itself, if it is not meant for a caller.
    """
    status, sentence, headers = described(error)
    page = files.message(
        _HEADINGS.get(status, "This cannot be shown"), sentence, root, reload_seconds=headers.get("Retry-After")
    )
    return HTMLResponse(page, status, HTML_HEADERS | headers)
