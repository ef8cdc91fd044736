"""What is seen until the page has come: its first sheet, within the HTML that the browser gets first.

As a film's poster, it stands in the place of the page and goes when that can be used. Who has no JavaScript keeps it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from amgan.engine.engine import Engine
from amgan.errors import AmganError
from amgan.model import AMGAN
from amgan.sampling.media import encode_sheet_webp
from amgan.templates import html_template
from amgan.ui.drawing import Sheet, draw_sheet, known_classes
from amgan.ui.pictures import about_text, alt_text, data_uri, short_name
from amgan.ui.state import PageState, SampleState
from amgan.ui.words import Words, words_in

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("poster.html")
SECONDS = 1.0
"""So long the HTML waits for its pictures."""
MOST_KEPT = 64
COLUMNS = 8
"""Of the file that holds the pictures."""
QUALITY = 70


class Poster:
    """Makes posters; the ones asked for last are kept, since most visitors open the same address."""

    def __init__(self, engine: Engine) -> None:
        """Draw with an engine."""
        self._engine = engine
        self._made: OrderedDict[Hashable, asyncio.Task[str]] = OrderedDict()

    async def html(self, state: PageState, model: AMGAN, lang: str, caller: str = "") -> str:
        """The poster of a state, whose model and classes are there; without a sheet where there is none soon."""
        if state.model is None:
            return ""
        words = words_in(lang)
        if state.tab != "sample":
            return _poster(state.model, model, words)
        key = (state.model, model.revision, state.sample, lang)
        if key not in self._made:
            self._made[key] = asyncio.create_task(self._make(state.model, state.sample, model, lang, caller))
            while len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)[1].cancel()
        self._made.move_to_end(key)
        # What takes longer is there for whoever comes next.
        done, _ = await asyncio.wait([self._made[key]], timeout=SECONDS)
        poster = next((task.result() for task in done if not task.cancelled()), "")
        if done and not poster:
            self._made.pop(key, None)  # so that the next one tries again
        return poster or _poster(state.model, model, words)

    async def _make(self, name: str, state: SampleState, model: AMGAN, lang: str, caller: str) -> str:
        words = words_in(lang)
        try:
            return _poster(name, model, words, await draw_sheet(self._engine, model, name, state, words, caller))
        except AmganError:
            return ""
        except Exception:
            logger.exception("a poster met what nobody thought of")  # the page itself may come all the same
            return ""


def _poster(name: str, model: AMGAN, words: Words, sheet: Sheet | None = None) -> str:
    return html_template(TEMPLATE).render(
        words=words,
        model=name,
        text=about_text(model.config, words),
        columns=COLUMNS,
        shown=sheet and _shown(sheet, words),
    )


def _shown(sheet: Sheet, words: Words) -> dict[str, Any]:
    rows = sheet.state.has_rows(known_classes(sheet.config))
    return {
        "kind": "each" if rows else sheet.state.count,
        "file": data_uri(encode_sheet_webp(sheet.pictures, COLUMNS, QUALITY), "image/webp"),
        "pictures": [
            {"alt": alt_text(sample, sheet, words), "name": short_name(sample, sheet, words)}
            for sample in sheet.samples
        ],
    }
