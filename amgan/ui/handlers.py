"""What every handler of the page needs: the shelf and the words, messages in place of exceptions, one queue."""

from __future__ import annotations

import base64
import functools
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from amgan.errors import AmganError
from amgan.shelf import Shelf
from amgan.ui.pictures import message_html
from amgan.ui.words import Words

logger = logging.getLogger(__name__)


def drawing(*busy: Component) -> dict[str, Any]:
    """Options of listeners that draw, and show on the components `busy` that they are at it.

    One at a time: two draws at once on one device only slow each other down. Raw values come in (`preprocess=False`),
    so that a wrong one gets our message and not the library's.
    """
    return {
        "concurrency_id": "pictures",
        "concurrency_limit": 1,
        "preprocess": False,
        "api_visibility": "private",
        "show_progress": "minimal",
        "show_progress_on": list(busy),
    }


AT_ONCE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
"""Options of listeners that run in the browser only."""


@dataclass(frozen=True)
class Context:
    """What the tabs share: the models and the page's words."""

    shelf: Shelf
    words: Words


def guarded(words: Words, outputs: int) -> Callable[[Callable[..., list[Any]]], Callable[..., list[Any]]]:
    """Turn a handler of `outputs` values into one that puts a message before them.

    When the handler fails, the message says why in a sentence and every other output stays as it is.
    """

    def decorate(handler: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        @functools.wraps(handler)
        def safe(*args: Any) -> list[Any]:
            try:
                return [message_html(""), *handler(*args)]
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
