"""Sliders in the viewer of a picture: what they make of it is a picture of its own name, drawn like any other."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.release.directions import NAMELESS, Word
from amgan.sampling.variation_name import PictureSeed, moved
from amgan.ui import checks
from amgan.ui.drawing import draw_sheet
from amgan.ui.handlers import AT_ONCE, Context, caller, carried, drawing, guarded
from amgan.ui.parts import part
from amgan.ui.pictures import sheet_html
from amgan.ui.state import SampleState
from amgan.ui.words import Words

MOST_PERCENT = 30
"""Of the arc; beyond it most pictures are hardly any more."""
MOVES = re.compile(r"([0-9]{1,10}:[0-9]{1,3}(,[0-9]{1,10}:[0-9]{1,3}){0,15})?", re.ASCII)
"""Numbers of directions, and how far along each, as the page's script sends them."""


class Sliders:
    """What the script needs for them; it is all hidden.

    Attributes:
        offered: The sliders of the model whose pictures are shown, as HTML.
    """

    def __init__(self, context: Context) -> None:
        hidden = partial(gr.Textbox, visible="hidden", show_label=False, container=False)
        self.context = context
        self.offered, self._tile, self._message = hidden(), hidden(), hidden()

    def offer(self, model: AMGAN) -> str:
        """The value of `offered` for a model; empty if it has no directions."""
        directions, words, names = model.directions, self.context.words, model.class_names_in(self.context.words.lang)
        if directions is None:
            return ""
        rows, nameless = [], 0
        for pair, numbers in zip(directions.words, directions.end_numbers, strict=True):
            nameless += pair[0] in NAMELESS
            rows.append({"numbers": numbers, "texts": [_text(word, names, nameless, words) for word in pair]})
        classes = [
            {"number": number, "label": names[label], "text": words.slider_class.format(label=names[label])}
            for label, number in zip(directions.classes, directions.class_numbers, strict=True)
        ]
        return part("sliders", words, MOST_PERCENT, rows, classes) if rows or classes else ""

    def wire(self, viewer: gr.HTML, shown: list[gr.Textbox]) -> None:
        """Draw what is asked for in the viewer; `shown` holds name and revision of the model."""
        words = self.context.words

        @guarded(words, 1)
        async def slid(name: str, revision: str, event: gr.EventData) -> list[Any]:
            data = carried(event)
            model = await self.context.model(name, revision)
            state = checks.state_of(
                SampleState, words,
                seed=data.get("seed"),
                label=checks.label(data.get("label"), model, name, words),
                truncation=data.get("truncation"),
                count=1,
            )  # fmt: skip
            state = replace(state, seed=_moved(state.seed, data.get("moves"), words))
            sheet = await draw_sheet(self.context.engine, model, name, state, words, caller())
            return [await asyncio.to_thread(sheet_html, sheet, words)]

        sliding = viewer.slide(slid, shown, [self._message, self._tile], trigger_mode="multiple", **drawing())
        come = "(message, tile) => window.amgan.slid(message, tile)"
        sliding.then(None, [self._message, self._tile], None, js=come, **AT_ONCE)
        self.offered.change(None, [self.offered], None, js="html => window.amgan.offer(html)", **AT_ONCE)


def _moved(seed: PictureSeed, moves: str | None, words: Words) -> PictureSeed:
    if moves is None or not MOVES.fullmatch(moves):
        raise RequestError(words.unexpected)
    pairs = [move.split(":") for move in moves.split(",") if move]
    try:
        return moved(seed, {int(number): int(percent) for number, percent in pairs})
    except RequestError as error:
        raise RequestError(words.bad_origin.format(value=checks.shown(seed))) from error


def _text(word: Word, names: tuple[str, ...], nameless: int, words: Words) -> str:
    if isinstance(word, int):
        return words.slider_class.format(label=names[word])
    return words.slider_words[word].format(number=nameless)
