"""``/share``: a link to a state of the page that shows a picture where it is pasted, and leads to the page."""

from __future__ import annotations

import base64
import hashlib
import math
from functools import partial
from pathlib import Path

import numpy as np
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from amgan.engine.loading import in_thread
from amgan.sampling.interpolation import interpolation_recipe
from amgan.sampling.marking import MADE_UP, made_up
from amgan.sampling.media import encode_png, enlarge, grid
from amgan.sampling.picture_row import picture_row
from amgan.sampling.recipes import Recipe
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import PictureSeed
from amgan.server.drawing import draw, encoded
from amgan.server.language import language_of
from amgan.server.link_tags import link_tags, opened_state
from amgan.server.model_room import OpenModel
from amgan.server.service import Service
from amgan.templates import html_template
from amgan.ui.drawing import Morph, encode_morph, known_classes, told
from amgan.ui.links import from_text, to_query
from amgan.ui.state import MorphState, PageState
from amgan.ui.words import ENGLISH, words_in

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
        state, model = await opened(request)
        lang = language_of(request, service.config.language)
        words = words_in(lang)
        page = html_template(Path(__file__).with_name("share.html")).render(
            script=_SCRIPT,
            tags=link_tags((state, model.model), request, words, "share"),
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
        count = MORPH_FRAMES if state.tab == "interpolate" else len(_named(state, model)[0])
        pictures, samples = await draw(service, request, model, recipe, count, ("query", "class"))
        mark = _mark(samples, model, len(pictures))
        content = await encoded(service, request, partial(_preview, pictures, columns, mark))
        return Response(content, media_type="image/png", headers=_kept(request, model))

    @app.get("/share/preview.webp", include_in_schema=False)
    async def draw_animation(request: Request) -> Response:
        state, model = await opened(request)
        morph = state.morph
        recipe = _morph_recipe(morph, model, morph.frames)
        frames, ends = await draw(service, request, model, recipe, morph.frames, ("query", "class"))
        drawn = Morph(*told(model.model, model.name, ENGLISH), morph, frames, ends, [])
        content = await encoded(service, request, partial(encode_morph, drawn, "webp"))
        return Response(content, media_type="image/webp", headers=_kept(request, model))


def _kept(request: Request, opened: OpenModel) -> dict[str, str]:
    """For how long a picture may be kept: where the link names the revision, it stays the same."""
    asked = from_text(request.url.query)[0].revision
    seconds = DAY_SECONDS if asked is not None and opened.model.revision.startswith(asked) else 300
    return {"Cache-Control": f"public, max-age={seconds}"}


def _morph_recipe(morph: MorphState, opened: OpenModel, frames: int) -> Recipe[tuple[np.ndarray, list[Sample]]]:
    seeds, labels = [picture.seed for picture in morph.pictures], [picture.label for picture in morph.pictures]
    return interpolation_recipe(
        opened.sampler, seeds, labels, frames, morph.truncation, None, morph.method, morph.loop, morph.easing
    )


def _recipe(state: PageState, opened: OpenModel) -> tuple[Recipe[tuple[np.ndarray, list[Sample]]], int]:
    """What the preview shows, and in how many columns."""
    if state.tab == "interpolate":
        return _morph_recipe(state.morph, opened, MORPH_FRAMES), MORPH_COLUMNS
    named, truncation = _named(state, opened)
    recipe = opened.sampler.sample_recipe([seed for seed, _ in named], [label for _, label in named], truncation)
    return recipe, math.isqrt(len(named) - 1) + 1


def _named(state: PageState, opened: OpenModel) -> tuple[list[tuple[PictureSeed, str | None]], float]:
    """Names and truncation of the pictures of a sheet, or of those kept that are of the model that is opened."""
    kept = [from_text(line)[0] for line in state.kept.pictures] if state.tab == "kept" else []
    samples = [asked.sample for asked in kept if asked.model == opened.name]
    if not samples:
        return state.sample.pictures(known_classes(opened.model.config)), state.sample.truncation
    truncation = samples[0].truncation
    return [(sample.seed, sample.label) for sample in samples if sample.truncation == truncation], truncation


def _mark(samples: list[Sample], opened: OpenModel, pictures: int) -> bytes:
    """One picture has its name in the file; people send the preview on as the picture."""
    if pictures > 1:
        return MADE_UP
    return made_up(picture_row("", samples[0], opened.model.class_names, opened.name, opened.model.revision))


def _preview(pictures: np.ndarray, columns: int, mark: bytes) -> bytes:
    sheet = grid(pictures, columns)
    return encode_png(enlarge(sheet, max(1, PREVIEW_PIXELS // sheet.shape[1])), mark)
