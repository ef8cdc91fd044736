"""``/window``: a page on which pictures turn into each other without an end, a piece of the way at a time."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from amgan.bounds import Seed
from amgan.sampling.interpolation import interpolation_recipe
from amgan.sampling.media import encode_sheet_webp
from amgan.server.drawing import draw, encoded, numbers_of
from amgan.server.page_files import BY_SPACES, PageFiles
from amgan.server.service import Service
from amgan.server.window.choice import FIELD, next_picture

FRAMES, COLUMNS = 24, 6
"""Of a piece: between two of them the page fades from one to the other."""
MOST_NAME, MOST_LABELS = 300, 64
QUALITY = 85
Name = Annotated[str, Query(max_length=MOST_NAME)]
Labels = Annotated[list[Annotated[str, Query(max_length=MOST_NAME)]], Query(max_length=MOST_LABELS)]


class Piece(BaseModel):
    """A piece of the way from one picture to the next.

    `sheet` is a WebP file in base64 with the frames in rows of `columns`, each of `size` pixels; `seed` and `label` are
    the picture at its end, from which the next piece goes on.
    """

    model: str
    size: int
    frames: int
    columns: int
    sheet: str
    seed: int
    label: str | None


def add_window_routes(app: FastAPI, service: Service) -> None:
    """Add the page and the pieces. They are open to all, as the page itself is."""
    files = PageFiles(Path(__file__).parent / "page", "window.js", "window", BY_SPACES, service.config.language)

    files.serve(app, "/window", "window.html")

    @app.get("/window/piece", include_in_schema=False)
    async def draw_piece(
        request: Request,
        response: Response,
        model: Name | None = None,
        label: Labels = [],  # noqa: B006 - FastAPI copies it
        start: Seed | None = None,
        start_label: Name | None = None,
    ) -> Piece:
        opened = await service.models.open(model)
        sampler, names = opened.sampler, opened.model.class_names
        labels = [number for number in numbers_of(sampler, label, FIELD) if number is not None]
        (first_label,) = numbers_of(sampler, [start_label], ("query", "start_label"))
        if start is None:
            start, first_label = await next_picture(service, request, opened, labels, None)
        end, last_label = await next_picture(service, request, opened, labels, first_label)
        recipe = interpolation_recipe(sampler, [start, end], [first_label, last_label], FRAMES)
        frames, _ = await draw(service, request, opened, recipe, FRAMES, ("query", "start_label"))
        sheet = await encoded(service, request, partial(encode_sheet_webp, frames, COLUMNS, QUALITY))
        response.headers["Cache-Control"] = "no-store"
        return Piece(
            model=opened.name, size=opened.model.config.image_size, frames=FRAMES, columns=COLUMNS,
            sheet=base64.b64encode(sheet).decode(), seed=end, label=None if last_label is None else names[last_label],
        )  # fmt: skip
