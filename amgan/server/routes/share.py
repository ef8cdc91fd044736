"""``/share``: a link to a state of the page that shows a picture where it is pasted, and leads to the page."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from amgan.engine.loading import in_thread
from amgan.sampling.interpolation import interpolation_recipe
from amgan.sampling.media import encode_png, enlarge, grid
from amgan.sampling.recipes import Recipe
from amgan.sampling.sampler import Sample
from amgan.server.drawing import draw
from amgan.server.model_room import OpenModel
from amgan.server.service import Service
from amgan.templates import html_template
from amgan.ui.links import from_text, to_query
from amgan.ui.opening import open_link
from amgan.ui.state import PageState
from amgan.ui.words import ENGLISH

PREVIEW_PIXELS = 600
"""About how wide a preview is; programs that show links pass over small pictures."""
MORPH_FRAMES, MORPH_COLUMNS = 8, 4
DAY_SECONDS = 86_400

# It takes the address from the link, so that it is the same for every page and can be named by its digest.
_SCRIPT = "location.replace(document.querySelector('a').href)"
_DIGEST = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = f"default-src 'none'; script-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


def add_share_routes(app: FastAPI, service: Service) -> None:
    """Add the page for pasted links, and its picture. They are open to all, as the page itself is."""

    async def opened_state(request: Request) -> tuple[PageState, OpenModel]:
        query = dict(request.query_params)
        opening = await in_thread(lambda: open_link(query, service.models.shelf, ENGLISH))
        # As far as the page shows it: what of the link cannot be shown is gone, and the revision is the one here.
        state = replace(opening.state, model=opening.name, revision=opening.model.revision)
        return state, OpenModel(opening.name, opening.model)

    @app.get("/share", include_in_schema=False)
    async def show_share_page(request: Request) -> Response:
        state, opened = await opened_state(request)
        query, base = to_query(state), str(request.base_url)
        words = {
            "title": _title(state),
            "description": f"Made up by the model {opened.name}. Open it to draw more, and to morph between pictures.",
            "site": ENGLISH.brand,
            "url": f"{base}share{query}",
            "picture": f"{base}share/preview.png{query}",
            "page": f"/{query}",
        }
        page = html_template(Path(__file__).with_name("share.html")).render(script=_SCRIPT, **words)
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "max-age=300"})

    @app.get("/share/preview.png", include_in_schema=False)
    async def draw_preview(request: Request) -> Response:
        state, opened = await opened_state(request)
        recipe, columns = _recipe(state, opened)
        count = MORPH_FRAMES if state.tab == "interpolate" else state.sample.count
        pictures, _ = await draw(service, request, opened, recipe, count, ("query", "class"))
        content = await service.encoders.run(partial(_preview, pictures, columns))
        asked = from_text(request.url.query)[0].revision
        seconds = DAY_SECONDS if asked is not None and opened.model.revision.startswith(asked) else 300
        return Response(content, media_type="image/png", headers={"Cache-Control": f"public, max-age={seconds}"})


def _title(state: PageState) -> str:
    if state.tab == "interpolate":
        start, end = state.morph.start, state.morph.end
        return f"From {_named(start.seed, start.label)} to {_named(end.seed, end.label)}"
    sample = state.sample
    many = "1 picture" if sample.count == 1 else f"{sample.count} pictures"
    return f"{sample.label or 'Any class'}: {many} from seed {sample.seed} on"


def _named(seed: int, label: str | None) -> str:
    return f"seed {seed}" if label is None else f"{label} (seed {seed})"


def _recipe(state: PageState, opened: OpenModel) -> tuple[Recipe[tuple[np.ndarray, list[Sample]]], int]:
    """What the preview shows, and in how many columns."""
    if state.tab == "interpolate":
        morph = state.morph
        seeds, labels = [picture.seed for picture in morph.pictures], [picture.label for picture in morph.pictures]
        recipe = interpolation_recipe(
            opened.sampler, seeds, labels, MORPH_FRAMES, morph.truncation, None, morph.method, morph.loop, morph.easing
        )
        return recipe, MORPH_COLUMNS
    sample = state.sample
    seeds = list(range(sample.seed, sample.seed + sample.count))
    recipe = opened.sampler.sample_recipe(seeds, [sample.label] * sample.count, sample.truncation)
    return recipe, round(sample.count**0.5)


def _preview(pictures: np.ndarray, columns: int) -> bytes:
    sheet = grid(pictures, columns)
    return encode_png(enlarge(sheet, max(1, PREVIEW_PIXELS // sheet.shape[1])))
