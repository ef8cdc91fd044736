"""What programs read that show a link with a picture: of every address of the page, in words that are ours alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from starlette.requests import Request

from amgan.engine.shelf import Shelf
from amgan.model import AMGAN
from amgan.server.root_path import base_address
from amgan.templates import html_template
from amgan.ui.links import to_query
from amgan.ui.opening import open_link
from amgan.ui.state import EndState, PageState, SampleState
from amgan.ui.words import ENGLISH, Words

TEMPLATE = Path(__file__).with_name("link_tags.html")


def opened_state(query: Mapping[str, str], shelf: Shelf) -> tuple[PageState, AMGAN]:
    """A link's state as far as the page shows it, with the name and the revision that are here, and its model.

    Raises:
        ReleaseError: there is no model.
    """
    opening = open_link(query, shelf, ENGLISH)
    return replace(opening.state, model=opening.name, revision=opening.model.revision), opening.model


def link_tags(
    opened: tuple[PageState, AMGAN] | None, request: Request, words: Words, path: str = "", previews: bool = True
) -> str:
    """The tags, for the head of a page of HTML.

    Args:
        opened: What the address shows, of `opened_state`; None if nothing can be shown.
        request: For the page.
        words: In the reader's language.
        path: The page's, below the server's.
        previews: Whether there is a route that draws the picture.
    """
    base = base_address(request)
    values = {"title": words.title, "description": "", "url": base, "picture": ""}
    if opened is not None:
        state, model = opened
        query = to_query(state)
        values = {
            "title": _title(state, model, words),
            "description": words.link_description.format(model=state.model),
            "url": f"{base}{path}{query}",
            "picture": f"{base}share/preview.png{query}" if previews else "",
        }
    return html_template(TEMPLATE).render(site=words.brand, **values)


def _title(state: PageState, model: AMGAN, words: Words) -> str:
    texts = model.class_texts_in(words.lang)
    if state.tab == "interpolate":
        start, end = (_named(picture, texts, words) for picture in (state.morph.start, state.morph.end))
        return words.link_morph.format(start=start, end=end)
    if state.tab == "kept":
        return words.kept_of.format(count=len(state.kept.pictures))
    if replace(state.sample, each=0) == SampleState():
        return words.link_pictures.format(brand=words.brand, model=state.model)
    sample = state.sample
    text = words.link_one if sample.count == 1 else words.link_many
    return text.format(label=texts.get(sample.label or "", words.link_any_class), count=sample.count, seed=sample.seed)


def _named(picture: EndState, texts: Mapping[str, str], words: Words) -> str:
    text = words.picture_seed if picture.label is None else words.link_end
    return text.format(label=texts.get(picture.label or ""), seed=picture.seed)
