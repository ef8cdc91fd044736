"""The notice above the tabs: the Hub has a newer version of the model, with a button that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from amgan.engine.shelf_entry import News
from amgan.errors import AmganError
from amgan.ui.handlers import Context
from amgan.ui.links import REVISION_DIGITS
from amgan.ui.pictures import message_html
from amgan.ui.words import Words

ASKING: dict[str, Any] = {
    "concurrency_id": "hub",
    "concurrency_limit": 4,
    "api_visibility": "private",
    "show_progress": "hidden",
}
"""Options of listeners that ask the Hub: they have a queue of their own, so that no picture waits for the network."""


class NewerVersion:
    """The notice and its button.

    Attributes:
        taken: Hidden, the revision that the visitor has chosen to see; its change is the page's to follow.
    """

    def __init__(self, context: Context, taken: gr.Textbox) -> None:
        self.context = context
        self.taken = taken
        with gr.Row(elem_classes="ag-newer"):
            self.text = gr.HTML(message_html(""), apply_default_css=False, min_width=240)
            self.button = gr.Button(visible=False, size="sm", elem_id="take-newer", scale=0, min_width=180)
        self.outputs = [self.text, self.button]

    def wire(self, shown: list[gr.Textbox], busy: tuple[Component, ...], look: gr.Button) -> None:
        """Connect the button, and the one that asks for a newer version on request."""
        self.button.click(
            self._take, shown, [*self.outputs, self.taken],
            **ASKING | {"show_progress": "minimal", "show_progress_on": list(busy)},
        )  # fmt: skip
        look.click(self._look_on_request, shown, self.outputs, **ASKING | {"show_progress": "minimal"})

    def look_after(self, event: Dependency, shown: list[gr.Textbox]) -> None:
        """Look for a newer version once `event` is through."""
        event.then(self._look, shown, self.outputs, **ASKING)

    def _look(self, name: str, revision: str, on_request: bool = False) -> Iterator[list[Any]]:
        words = self.context.words
        # What was said of another model goes first.
        yield _said("")
        try:
            news = self.context.shelf.news(name, on_request)
        except AmganError:  # no model is shown
            return
        text = newer_text(name, revision, news, words, on_request)
        offered = news.newest if news.newest != revision else None
        yield _said(text, words.take_newer.format(revision=offered[:REVISION_DIGITS]) if offered else None)

    def _look_on_request(self, name: str, revision: str) -> Iterator[list[Any]]:
        yield from self._look(name, revision, on_request=True)

    def _take(self, name: str, revision: str) -> Iterator[list[Any]]:
        words, shelf = self.context.words, self.context.shelf
        yield [*_said(words.fetching.format(name=name)), gr.skip()]
        try:
            yield [*_said(""), shelf.take_newest(name).revision]
        except AmganError as error:
            yield [*_said(words.newer_broken.format(name=name, problem=error)), gr.skip()]


def newer_text(name: str, revision: str, news: News, words: Words, on_request: bool) -> str:
    """What is said of a model's news to who sees one of its revisions; nothing if there is none and none was asked."""
    if news.problem is not None:
        return words.hub_away.format(name=name, problem=news.problem)
    if news.newest not in (None, revision):
        return words.newer.format(name=name)
    return words.is_newest.format(name=name) if on_request else ""


def _said(text: str, button: str | None = None) -> list[Any]:
    return [message_html(text, "note"), gr.update(visible=button is not None, value=button or "")]
