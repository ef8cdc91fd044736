"""What is seen until the page has come: its first sheet, within the HTML that the browser gets first.

As a film's poster, it stands in the place of the page and goes when that can be used. Who has no JavaScript keeps it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path

from amgan.engine.engine import Engine
from amgan.errors import AmganError
from amgan.model import AMGAN
from amgan.templates import html_template
from amgan.ui.drawing import Sheet, draw_sheet, known_classes
from amgan.ui.pictures import about_text, plain_tile
from amgan.ui.state import PageState
from amgan.ui.words import Words, words_in

TEMPLATE = Path(__file__).with_name("poster.html")
SECONDS = 1.0
"""So long the HTML waits for its pictures: where the engine is busy, the page itself says so soon enough."""
MOST_KEPT = 64


class Poster:
    """Makes posters; the ones asked for last are kept, since most visitors open the same address."""

    def __init__(self, engine: Engine) -> None:
        """Draw with an engine."""
        self._engine = engine
        self._kept: OrderedDict[Hashable, str] = OrderedDict()

    async def html(self, state: PageState, model: AMGAN, lang: str, caller: str = "") -> str:
        """The poster of a state, whose model and classes are there; "" where it shows no sheet, or none soon."""
        if state.tab != "sample" or state.model is None:
            return ""
        words, key = words_in(lang), (state.model, model.revision, state.sample, lang)
        if key not in self._kept:
            try:
                drawing = draw_sheet(self._engine, model, state.model, state.sample, words, caller)
                sheet = await asyncio.wait_for(drawing, SECONDS)
            except (AmganError, TimeoutError, asyncio.TimeoutError):
                return ""
            self._kept[key] = _poster(sheet, words)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _poster(sheet: Sheet, words: Words) -> str:
    config = sheet.config
    rows = sheet.state.has_rows(known_classes(config))
    return html_template(TEMPLATE).render(
        words=words,
        model=sheet.model,
        text=about_text(config, words),
        kind="each" if rows else sheet.state.count,
        pictures=[
            plain_tile(sheet, picture, sample, words)
            for picture, sample in zip(sheet.pictures, sheet.samples, strict=True)
        ],
    )
