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
from amgan.ui.words import ENGLISH

TEMPLATE = Path(__file__).with_name("link_tags.html")


def opened_state(query: Mapping[str, str], shelf: Shelf) -> tuple[PageState, AMGAN]:
    """A link's state as far as the page shows it, with the name and the revision that are here, and its model.

    Raises:
        ReleaseError: there is no model.
    """
    opening = open_link(query, shelf, ENGLISH)
    return replace(opening.state, model=opening.name, revision=opening.model.revision), opening.model


def link_tags(state: PageState | None, request: Request, path: str = "", previews: bool = True) -> str:
    """The tags, for the head of a page of HTML.

    Args:
        state: What the address shows, of `opened_state`; None if nothing can be shown.
        request: For the page.
        path: The page's, below the server's.
        previews: Whether there is a route that draws the picture.
    """
    base = base_address(request)
    values = {"title": ENGLISH.title, "description": "", "url": base, "picture": ""}
    if state is not None:
        query = to_query(state)
        values = {
            "title": _title(state),
            "description": f"Made up by the model {state.model}. Open it to draw more, and to morph between pictures.",
            "url": f"{base}{path}{query}",
            "picture": f"{base}share/preview.png{query}" if previews else "",
        }
    return html_template(TEMPLATE).render(site=ENGLISH.brand, **values)


def _title(state: PageState) -> str:
    if state.tab == "interpolate":
        return f"From {_named(state.morph.start)} to {_named(state.morph.end)}"
    if replace(state.sample, each=0) == SampleState():
        return f"{ENGLISH.brand}: pictures by {state.model}"
    sample = state.sample
    many = "1 picture" if sample.count == 1 else f"{sample.count} pictures"
    return f"{sample.label or 'Any class'}: {many} from seed {sample.seed} on"


def _named(end: EndState) -> str:
    return f"seed {end.seed}" if end.label is None else f"{end.label} (seed {end.seed})"
