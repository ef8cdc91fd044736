"""Before a model is shown: it is brought from the Hub, if need be, while the page says so and serves everyone else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio.to_thread
import gradio as gr

from amgan.engine.shelf import Shelf
from amgan.errors import AmganError
from amgan.ui.links import from_query
from amgan.ui.pictures import message_html
from amgan.ui.words import Words

THREADS = 8
"""So many models are fetched at once; drawing has threads of its own."""

ARRIVING: dict[str, Any] = {
    "concurrency_limit": None,
    "api_visibility": "private",
    "preprocess": False,
    "show_progress": "minimal",
}
"""Options of listeners that bring a model: who needs no network does not wait for who does."""


class Arrival:
    """Brings models; one for a page, so that its threads are counted."""

    def __init__(self, shelf: Shelf, words: Words) -> None:
        self._shelf = shelf
        self._words = words
        self._limiter: anyio.CapacityLimiter | None = None

    async def bring(self, name: str | None, revision: str | None = None) -> AsyncIterator[str]:
        """Messages to show meanwhile, as HTML; at the end the model is here, or its entry says why not."""
        entry = next((entry for entry in self._shelf.entries if entry.name == name), self._shelf.default)
        if entry is None or entry.is_here(revision if entry.name == name else None):
            yield gr.skip()
            return
        yield message_html(self._words.fetching.format(name=entry.name), "note")
        if self._limiter is None:  # belongs to the event loop that runs
            self._limiter = anyio.CapacityLimiter(THREADS)
        wanted = (entry.name, revision if entry.name == name else None)
        await anyio.to_thread.run_sync(self._bring, wanted, limiter=self._limiter)

    async def bring_linked(self, query: Mapping[str, str]) -> AsyncIterator[str]:
        """`bring` what a link names."""
        state, _ = from_query(query)
        async for message in self.bring(state.model, state.revision):
            yield message

    def _bring(self, wanted: tuple[str, str | None]) -> None:
        # What is shown if that cannot be had must be here as well.
        default = self._shelf.default
        for name, revision in (wanted, (wanted[0], None), ("" if default is None else default.name, None)):
            try:
                self._shelf.model(name, revision)
                return
            except AmganError:
                continue
