"""Tab About: the model card, what the model is, and how to use it from Python."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any, cast

import gradio as gr

from amgan.engine.shelf_entry import FolderEntry
from amgan.model import AMGAN
from amgan.release.card_file import FRONT_MATTER, read_card
from amgan.release.folder import CARD_FILE, FIGURE_FILE, SAMPLES_FILE
from amgan.reviews.guessing.results import results_of
from amgan.ui.film import film_html
from amgan.ui.handlers import Context, drawing, guarded
from amgan.ui.links import to_query
from amgan.ui.parts import part
from amgan.ui.pictures import copy_button_html, data_uri
from amgan.ui.state import PageState
from amgan.ui.words import Words

MAX_PICTURE_BYTES = 4_000_000
MOST_NAMES = 40
FENCE = re.compile(r"^[^\S\n]*(?:[>*+\-\d.)][^\S\n]*)*(?:```|~~~)[^\n]*\n?", re.MULTILINE)
# Bounded, or a card of many openings without an end would be read to its end from each of them.
PICTURE = re.compile(r"!\[([^\]\n]{0,500})\](?:\(([^)\n]{0,500})\)|\[[^\]\n]{0,500}\])?")


class AboutTab:
    """The tab's components.

    Attributes:
        query: Hidden, the link to the tab.
        read: Hidden, of which model the card is there; made by the page.
        look: The button that asks for a newer version, for models that may have one.
        settings: What changes with another model.
    """

    def __init__(self, context: Context, query: gr.Textbox, read: gr.Textbox) -> None:
        words = context.words
        self.context = context
        self.query, self.read = query, read
        with gr.Row(elem_classes="ag-columns"):
            with gr.Column(scale=3, min_width=300):
                self.film = gr.HTML(apply_default_css=False)
                self.card = gr.Markdown(elem_classes="ag-card", latex_delimiters=[], sanitize_html=True)
            with gr.Column(scale=2, min_width=300, elem_classes="ag-panel"):
                self.facts = gr.HTML(apply_default_css=False)
                self.look = gr.Button(words.look_for_newer, size="sm", elem_id="look", visible=False)
                self.code = gr.HTML(apply_default_css=False)
                gr.HTML(copy_button_html(words), apply_default_css=False)
        self.settings = [self.film, self.card, self.read, self.facts, self.look, self.code, self.query]

    def wire(self, shown: list[gr.Textbox], tab: gr.Tab, message: gr.HTML) -> None:
        """Have the card come with the tab: with its pictures it is larger than all else that a first visit needs."""

        @guarded(self.context.words, 3)
        async def opened(name: str, revision: str, read: str) -> list[Any]:
            if not name or read == f"{name}@{revision}":
                return [gr.skip()] * 3
            return await asyncio.to_thread(self._card, name, await self.context.model(name, revision))

        tab.select(opened, [*shown, self.read], [message, self.film, self.card, self.read], **drawing())

    def _card(self, name: str, model: AMGAN) -> list[Any]:
        folder = self.context.shelf.entry(name).locate(model.revision, fetch=False).folder
        words = self.context.words
        film = film_html(folder, model.metrics, words)
        return [film, card_markdown(folder) or words.no_card, f"{name}@{model.revision}"]

    def restore(self, name: str, model: AMGAN, in_front: bool) -> list[Any]:
        """New values of `settings`; without `in_front` the card waits until the tab is opened."""
        words = self.context.words
        entry = self.context.shelf.entry(name)
        return [
            *(self._card(name, model) if in_front else [""] * 3),
            facts_html(name, model, words, isinstance(entry, FolderEntry), self._fooled(name, model)),
            gr.update(visible=entry.moves),
            code_html(entry.loading_code(model.revision), name, model, words, self.context.jobs is not None),
            to_query(PageState(name, model.revision, "about")),
        ]

    def _fooled(self, name: str, model: AMGAN) -> str:
        """The share of made-up pictures that people took for real; empty if nobody was asked."""
        store = self.context.reviews
        if store is None or model.real_pictures is None:
            return ""
        results = results_of(store.guesses.guesses(name, model.revision))
        if results.fooled is None:
            return ""
        shares = {"share": results.fooled.value, "low": results.fooled.low, "high": results.fooled.high}
        shown = {key: f"{100 * share:.0f}" for key, share in shares.items()}
        return self.context.words.fooled_of.format(rounds=results.rounds, **shown)


def card_markdown(folder: Path) -> str:
    """The model card of a release folder without its front matter, empty if there is none.

    Raw HTML becomes text. The release's own pictures, its samples and the figure of its evaluation, are put in; others
    are left out, since the page asks nothing of other servers.
    """
    pieces = _by_code(FRONT_MATTER.sub("", read_card(folder / CARD_FILE)))
    pictures = {name: _picture_uri(folder / name) for name in (SAMPLES_FILE, FIGURE_FILE)}
    pieces[::2] = [_harmless(piece, pictures) for piece in pieces[::2]]
    return "".join(pieces).strip()


def _by_code(markdown: str) -> list[str]:
    """The text in pieces; every second one is a code block, which shows everything as it is."""
    bounds = [0]
    for fence in FENCE.finditer(markdown):
        in_code = len(bounds) % 2 == 0
        if in_code and re.fullmatch(r"``` *\n?", fence[0]):
            bounds.append(fence.end())
        elif not in_code and re.fullmatch(r"```[^`\n]*\n", fence[0]):
            bounds.append(fence.start())
        else:
            # In a list, of another length or kind: what is code then is not for us to guess.
            return [markdown]
    if len(bounds) % 2 == 0:
        return [markdown]
    return [markdown[start:end] for start, end in itertools.pairwise([*bounds, len(markdown)])]


def _harmless(markdown: str, pictures: dict[str, str]) -> str:
    ours: list[str] = []

    def picture(found: re.Match[str]) -> str:
        alt, uri = found[1], pictures.get((found[2] or "").strip())
        if not uri:
            return alt
        ours.append(f"![{alt}]({uri})")
        return "\0"

    text = re.sub(r"\\?<(?=[a-zA-Z/!?])", "&lt;", markdown.replace("\0", ""))
    text = PICTURE.sub(picture, text)
    # Whatever still starts a picture, one of many lines or put together by what went, starts none.
    pieces = text.replace("![", "!\\[").split("\0")
    return "".join(piece for pair in itertools.zip_longest(pieces, ours, fillvalue="") for piece in pair)


def _picture_uri(file: Path) -> str:
    if not file.is_file() or file.stat().st_size > MAX_PICTURE_BYTES:
        return ""
    return data_uri(file.read_bytes(), "image/png")


def facts_html(name: str, model: AMGAN, words: Words, is_ours: bool = True, fooled: str = "") -> str:
    """What the model is, as a list of terms and values; the licence is that of ours, a stranger's is in its card.

    `fooled` says how many people took its pictures for real, if that is known.
    """
    config = model.config
    names = words.comma.join(model.class_names_in(words.lang)[:MOST_NAMES])
    names += " …" if config.num_classes > MOST_NAMES else ""
    rows = [
        (words.fact_model, name),
        (words.fact_revision, model.revision),
        (words.fact_size, words.comma.join((f"{config.image_size} × {config.image_size}", _colour(model, words)))),
        (words.fact_labeling, words.predefined if config.is_predefined else words.dynamic),
        (words.fact_made, config.nets.sentence(words.lang)),
    ]
    if is_ours:
        rows.append((words.fact_licence, words.licence))
    if fooled:
        rows.append((words.fact_fooled, fooled))
    if config.knows_classes:
        rows.insert(2, (words.fact_classes, names))
    rows += [(key.replace("_", " "), f"{value:g}") for key, value in model.metrics.items() if _is_finite(value)]
    return part("facts", words, rows)


def code_html(loading: str, name: str, model: AMGAN, words: Words, over_http: bool) -> str:
    """The lines that draw pictures from Python, and the one that asks this server for some.

    Args:
        loading: The expression that loads the model.
        name: Its name here.
        model: The model.
        words: In the reader's language.
        over_http: Whether programs can ask here.
    """
    label = model.class_names[0] if model.config.knows_classes else None
    code = f"from amgan import AMGAN\nmodel = {loading}\nimages = model.sample(labels={label!r}, seeds=[7, 8])"
    asked = json.dumps({"model": name, "labels": label, "n": 16}, ensure_ascii=False)
    sent = f"-H 'Content-Type: application/json' -d {shlex.quote(asked)}" if over_http else ""
    return part("code", words, code, sent)


def _colour(model: AMGAN, words: Words) -> str:
    return words.grey if model.config.channels == 1 else words.colour


def _is_finite(value: object) -> bool:
    # JSON holds whole numbers that no float can hold.
    return type(value) in (int, float) and abs(cast("float", value)) <= sys.float_info.max
