"""``/map``: a page on which one wanders among a model's seeds, and what is drawn between them."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from pydantic import AllowInfNan, BaseModel, Field
from starlette.responses import Response

from amgan.errors import RequestError
from amgan.release.seed_map import MOST_SIDE, THUMBNAIL, SeedMap
from amgan.sampling.map_mixture import mixture_name, seeds_around
from amgan.server.drawing import draw, encoded
from amgan.server.encoding import is_small, sheet_png
from amgan.server.model_room import OpenModel
from amgan.server.page_files import BY_SPACES, PageFiles
from amgan.server.service import Service
from amgan.ui.drawing import Drawn, told
from amgan.ui.links import to_query
from amgan.ui.pictures import confidence_text
from amgan.ui.state import PageState, SampleState
from amgan.ui.words import words_in

MOST_NAME = 300
FOR_EVER = "public, max-age=31536000, immutable"
"""For what is of a revision, which the address names."""
Name = Annotated[str, Query(max_length=MOST_NAME)]
Place = Annotated[float, Query(ge=0, le=MOST_SIDE + 1), AllowInfNan(False)]


class MapAnswer(BaseModel):
    """A model's map."""

    model: str
    revision: str
    rows: int
    columns: int
    thumbnail: int = Field(description="Side of a thumbnail of the sprite in pixels.")


class PointAnswer(BaseModel):
    """The picture at a point of the map, and what the page says of it."""

    name: str = Field(description="A seed or the name of a variation.")
    label: str = Field(description="What its class is called to the reader; empty where the model knows none.")
    sure: str = Field(description="How sure the model is of the class, in a sentence.")
    link: str = Field(description="The query string of the app's page that shows it.")
    size: int
    png: str = Field(description="A PNG file in base64.")


def add_map_routes(app: FastAPI, service: Service) -> None:
    """Add the page, the maps and the pictures at their points. They are open to all, as the page itself is."""
    files = PageFiles(Path(__file__).parent / "page", "map.js", "map", BY_SPACES, service.config.language)

    files.serve(app, "/map", "map.html")

    @app.get("/map/places", include_in_schema=False)
    async def show_places(response: Response, model: Name | None = None) -> MapAnswer:
        opened, found = await _opened(service, model, None)
        response.headers["Cache-Control"] = "no-store"
        return MapAnswer(
            model=opened.name, revision=opened.model.revision, rows=found.rows, columns=found.columns,
            thumbnail=THUMBNAIL,
        )  # fmt: skip

    @app.get("/map/sprite.webp", include_in_schema=False)
    async def show_sprite(model: Name, revision: Name) -> Response:
        _, found = await _opened(service, model, revision)
        return Response(found.sprite, media_type="image/webp", headers={"Cache-Control": FOR_EVER})

    @app.get("/map/point", include_in_schema=False)
    async def draw_point(
        request: Request, response: Response, model: Name, revision: Name, x: Place, y: Place
    ) -> PointAnswer:
        opened, found = await _opened(service, model, revision)
        name = mixture_name(seeds_around(found.seeds, x, y))
        recipe = opened.sampler.sample_recipe([name], [None])
        pictures, samples = await draw(service, request, opened, recipe, 1, ("query", "model"))
        png = await encoded(service, request, partial(sheet_png, pictures, samples, opened), is_small(pictures))
        (sample,), config, words = samples, opened.model.config, words_in(files.language_of(request))
        drawn = Drawn(*told(opened.model, opened.name, words))
        shown = PageState(opened.name, opened.model.revision, "sample", SampleState(None, 1, name))
        response.headers["Cache-Control"] = FOR_EVER
        response.headers["Vary"] = "Accept-Language"
        return PointAnswer(
            name=str(name),
            label=drawn.class_texts[sample.label] if config.knows_classes else "",
            sure=confidence_text(sample, drawn, words),
            link=to_query(shown),
            size=config.image_size,
            png=base64.b64encode(png).decode(),
        )


async def _opened(service: Service, name: str | None, revision: str | None) -> tuple[OpenModel, SeedMap]:
    """A model and its map.

    Raises:
        AmganError: there is no such model, or it has no map.
    """
    opened = await service.models.open(name, revision)
    if opened.model.seed_map is None:
        raise RequestError("no map of seeds lies beside this model; python -m amgan map makes one")
    return opened, opened.model.seed_map
