"""What every handler of the page needs: models, engine and words, and messages in place of exceptions."""

from __future__ import annotations

import base64
import functools
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.context import LocalContext

from amgan.bulk.job_store import JobStore
from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf
from amgan.errors import AmganError
from amgan.model import AMGAN
from amgan.reviews.store.store import ReviewStore
from amgan.ui.pictures import message_html
from amgan.ui.review_rate import ReviewRate
from amgan.ui.words import Words

logger = logging.getLogger(__name__)


def drawing(*busy: Component) -> dict[str, Any]:
    """Options of listeners that draw, and show on the components `busy` that they are at it.

    As many at a time as come: the engine puts their pictures together. Raw values come in (`preprocess=False`), so that
    a wrong one gets our message and not the library's.
    """
    return {
        "concurrency_id": "pictures",
        "concurrency_limit": None,
        "preprocess": False,
        "api_visibility": "private",
        "show_progress": "minimal",
        "show_progress_on": list(busy),
    }


AT_ONCE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
"""Options of listeners that run in the browser only."""


@dataclass(frozen=True)
class Context:
    """What the tabs share.

    Attributes:
        shelf: The models.
        engine: Draws their pictures.
        jobs: Runs bulk jobs; None where that is not possible.
        reviews: Keeps reviews and votes; None where that is not possible.
        words: All that the page says.
        review_rate: Counts the reviews that visitors make, on all pages of a server.
    """

    shelf: Shelf
    engine: Engine
    jobs: JobStore | None
    reviews: ReviewStore | None
    words: Words
    review_rate: ReviewRate = field(default_factory=ReviewRate)

    async def model(self, name: str, revision: str | None = None, fetch: bool = True) -> AMGAN:
        """See `Shelf.open`."""
        return await self.shelf.open(name, revision, fetch)


def caller() -> str:
    """Whose call is being handled: the session of a visitor, so that all visitors get equal shares."""
    request = LocalContext.request.get(None)
    return (request and request.session_hash) or ""


def address() -> str:
    """Where that call comes from: a page loaded again is another session, but the same address. Empty if not known."""
    client = getattr(LocalContext.request.get(None), "client", None)
    return client.host if client else ""


def carried(event: gr.EventData) -> dict[str, str | None]:
    """What the page's script gave with an event, by name; all text, whatever a program sent in its place."""
    data = event._data if isinstance(event._data, dict) else {}
    return {str(name): value if isinstance(value, str) else None for name, value in data.items()}


Handler = Callable[..., Awaitable[list[Any]]]


def guarded(words: Words, outputs: int) -> Callable[[Handler], Callable[..., Any]]:
    """Turn a handler of `outputs` values into one that puts a message before them.

    When the handler fails, the message says why in a sentence and every other output stays as it is.
    """

    def decorate(handler: Handler) -> Callable[..., Any]:
        @functools.wraps(handler)
        async def safe(*args: Any) -> list[Any]:
            try:
                return [message_html(""), *await handler(*args)]
            except AmganError as error:
                text = str(error)
            except Exception:
                logger.exception("a handler of the page failed")
                text = words.unexpected
            return [message_html(text), *[gr.skip()] * outputs]

        return safe

    return decorate


def file_payload(name: str, kind: str, content: bytes) -> str:
    """A file for the page's script to save: its name, MIME type and content."""
    return json.dumps({"name": name, "type": kind, "data": base64.b64encode(content).decode()})
