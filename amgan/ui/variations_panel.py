"""Above a sheet: pictures much like one of it, until they are closed or the sheet changes."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from amgan.model import AMGAN
from amgan.ui.drawing import draw_variations
from amgan.ui.handlers import Context, caller
from amgan.ui.pictures import variations_html
from amgan.ui.state import SampleState
from amgan.ui.words import choices


class VariationsPanel:
    """The panel's components.

    Attributes:
        results: What changes with other variations.
    """

    def __init__(self, context: Context) -> None:
        words = context.words
        self.context = context
        with gr.Column(visible=False, elem_id="variations", elem_classes="ag-variations") as self.box:
            self.sheet = gr.HTML(elem_classes="ag-busy", apply_default_css=False)
            self.alikeness = gr.Radio(
                choices(words.alikenesses), label=words.alikeness, elem_classes="ag-segments", elem_id="alikeness"
            )
            with gr.Row(elem_classes="ag-row"):
                self.close = gr.Button(words.close_variations, size="sm", min_width=120)
        self.results = [self.box, self.sheet, self.alikeness]

    async def draw(self, name: str, model: AMGAN, state: SampleState) -> list[Any]:
        """New values of `results`; hidden if the sheet has no variations above it."""
        asked, words = state.variations, self.context.words
        if asked is None:
            return [gr.update(visible=False), "", gr.skip()]
        drawn = await draw_variations(self.context.engine, model, name, state, asked, words, caller())
        html = await asyncio.to_thread(variations_html, drawn, words)
        return [gr.update(visible=True), html, asked.alikeness]
