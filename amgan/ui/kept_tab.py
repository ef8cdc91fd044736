"""Tab Kept: the pictures that a visitor has kept from any sheet of any model, and those that a link brings."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from amgan.model import AMGAN
from amgan.ui import checks
from amgan.ui.handlers import AT_ONCE, Context, caller, drawing, file_payload, guarded
from amgan.ui.kept import draw_kept, kept_zip, morph_of
from amgan.ui.links import from_text, to_query
from amgan.ui.pictures import copy_button_html, keep_all_html, kept_html, message_html, share_button_html
from amgan.ui.state import KeptState, MorphState, PageState

RECALL = "(name, revision) => [name, revision, window.amgan.kept()]"
"""Puts the browser's memory, or the list of the link that was opened, in place of the third input."""


class KeptTab:
    """The tab's components and what they do.

    Attributes:
        query: Hidden, the link to what is shown; made by the page.
        settings: What changes with another list.
    """

    def __init__(self, context: Context, query: gr.Textbox, mine: gr.Textbox, payload: gr.Textbox) -> None:
        words = context.words
        self.context = context
        self.query = query
        self.mine = mine
        self.payload = payload
        self.message = gr.HTML(message_html(""), elem_classes="ag-status", apply_default_css=False)
        self.notes = gr.HTML(message_html(""), apply_default_css=False)
        self.sheet = gr.HTML(elem_classes="ag-sheet-place ag-busy", apply_default_css=False, elem_id="kept")
        # Where nothing is kept there is nothing to be made of it.
        with gr.Row(elem_classes="ag-row", visible=False) as self.actions:
            self.morph = gr.Button(words.kept_morph, size="sm", min_width=120, elem_id="kept-morph")
            self.save = gr.Button(words.download_all, size="sm", min_width=120, elem_id="kept-save")
            self.send = gr.Button(
                words.send_to_review,
                size="sm",
                min_width=120,
                elem_id="kept-review",
                visible=context.reviews is not None,
            )
            gr.HTML(copy_button_html(words), apply_default_css=False, min_width=120)
            gr.HTML(share_button_html(words), apply_default_css=False, min_width=90)
            gr.HTML(keep_all_html(words), apply_default_css=False, min_width=90)
        self.settings = [self.notes, self.sheet, self.query, self.actions]

    async def draw(self, name: str, model: AMGAN, state: KeptState) -> list[Any]:
        """New values of `settings`; the link names the model whose pictures the other tabs show."""
        words = self.context.words
        kept, problems = await draw_kept(self.context, state, caller())
        html = await asyncio.to_thread(kept_html, kept, words)
        link = to_query(PageState(name, model.revision, "kept", kept=state))
        return [message_html(" ".join(problems), "note"), html, link, gr.update(visible=bool(kept))]

    async def restore(self, name: str, model: AMGAN, state: KeptState, draw: bool) -> list[Any]:
        """New values of `settings` for a link; without `draw` the pictures wait until the tab is opened."""
        return await self.draw(name, model, state) if draw else [message_html(""), "", "", gr.skip()]

    def wire(self, shown: list[gr.Textbox], tab: gr.Tab, viewer: gr.HTML) -> None:
        """Connect the components.

        Args:
            shown: Name and revision of the model whose pictures the other tabs show.
            tab: The tab.
            viewer: Says `kept` when a picture is kept or given up.
        """
        words = self.context.words

        @guarded(words, len(self.settings))
        async def looked(name: str, revision: str, mine: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            return await self.draw(name, model, checks.state_of(KeptState, words, pictures=mine))

        @guarded(words, 1)
        async def morphed(query: str) -> list[Any]:
            kept, _ = await draw_kept(self.context, from_text(query)[0].kept, caller())
            return [morph_of(kept, MorphState(), words.kept_no_morph)]

        @guarded(words, 1)
        async def zipped(query: str) -> list[Any]:
            kept, _ = await draw_kept(self.context, from_text(query)[0].kept, caller())
            content = await asyncio.to_thread(kept_zip, kept)
            return [file_payload("kept.zip", "application/zip", content)]

        given, outputs = [*shown, self.mine], [self.message, *self.settings]
        for event in (tab.select, viewer.kept):
            event(looked, given, outputs, js=RECALL, trigger_mode="always_last", **drawing(self.sheet))
        morphing = self.morph.click(morphed, [self.query], [self.message, self.mine], **drawing(self.sheet))
        morphing.success(None, [self.mine], None, js="query => window.amgan.go(query)", **AT_ONCE)
        saved = self.save.click(zipped, [self.query], [self.message, self.payload], **drawing(self.sheet))
        saved.then(None, [self.payload], None, js="payload => window.amgan.save(payload)", **AT_ONCE)
