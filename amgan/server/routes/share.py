"""``/share``: a link to a state of the page that shows a picture where it is pasted, and leads to the page."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from pathlib import Path

import numpy as np
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from amgan.engine.loading import in_thread
from amgan.sampling.interpolation import interpolation_recipe
from amgan.sampling.marking import MADE_UP
from amgan.sampling.media import encode_png, enlarge, grid
from amgan.sampling.recipes import Recipe
from amgan.sampling.sampler import Sample
from amgan.server.drawing import draw
from amgan.server.language import language_of
from amgan.server.link_tags import link_tags, opened_state
from amgan.server.model_room import OpenModel
from amgan.server.service import Service
from amgan.templates import html_template
from amgan.ui.drawing import known_classes
from amgan.ui.links import from_text, to_query
from amgan.ui.state import PageState
from amgan.ui.words import words_in

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

    async def opened(request: Request) -> tuple[PageState, OpenModel]:
        state, model = await in_thread(lambda: opened_state(dict(request.query_params), service.models.shelf))
        return state, OpenModel(str(state.model), model)

    @app.get("/share", include_in_schema=False)
    async def show_share_page(request: Request) -> Response:
        state, _ = await opened(request)
        lang = language_of(request, service.config.language)
        words = words_in(lang)
        page = html_template(Path(__file__).with_name("share.html")).render(
            script=_SCRIPT,
            tags=link_tags(state, request, words, "share"),
            lang=lang,
            page=f"{request.scope.get('root_path', '')}/{to_query(state)}",
            words=words.brand,
        )
        headers = {"Cache-Control": "max-age=300", "Vary": "Accept-Language, X-Forwarded-Host, X-Forwarded-Prefix"}
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, **headers})

    @app.get("/share/preview.png", include_in_schema=False)
    async def draw_preview(request: Request) -> Response:
        state, model = await opened(request)
        recipe, columns = _recipe(state, model)
        count = MORPH_FRAMES if state.tab == "interpolate" else len(_named(state, model))
        pictures, _ = await draw(service, request, model, recipe, count, ("query", "class"))
        content = await service.encoders.run(partial(_preview, pictures, columns))
        asked = from_text(request.url.query)[0].revision
        seconds = DAY_SECONDS if asked is not None and model.model.revision.startswith(asked) else 300
        return Response(content, media_type="image/png", headers={"Cache-Control": f"public, max-age={seconds}"})


def _recipe(state: PageState, opened: OpenModel) -> tuple[Recipe[tuple[np.ndarray, list[Sample]]], int]:
    """What the preview shows, and in how many columns."""
    if state.tab == "interpolate":
        morph = state.morph
        seeds, labels = [picture.seed for picture in morph.pictures], [picture.label for picture in morph.pictures]
        recipe = interpolation_recipe(
            opened.sampler, seeds, labels, MORPH_FRAMES, morph.truncation, None, morph.method, morph.loop, morph.easing
        )
        return recipe, MORPH_COLUMNS
    named = _named(state, opened)
    recipe = opened.sampler.sample_recipe(
        [seed for seed, _ in named], [label for _, label in named], state.sample.truncation
    )
    return recipe, round(len(named) ** 0.5)


def _named(state: PageState, opened: OpenModel) -> list[tuple[int, str | None]]:
    return state.sample.pictures(known_classes(opened.model.config))


def _preview(pictures: np.ndarray, columns: int) -> bytes:
    sheet = grid(pictures, columns)
    return encode_png(enlarge(sheet, max(1, PREVIEW_PIXELS // sheet.shape[1])), MADE_UP)
