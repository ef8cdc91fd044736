"""``/v1/images``: pictures by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Literal

import numpy as np
from fastapi import FastAPI, Path, Query, Request
from starlette.responses import Response

from amgan.bounds import Confidence, Seed, Truncation
from amgan.errors import RequestError
from amgan.networks.config import MAX_CLASS_NAME_LENGTH
from amgan.sampling.class_names import Label
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import PictureSeed, VariationName, picture_seeds
from amgan.server.drawing import Pictures, draw, encoded, numbers_of
from amgan.server.encoding import arrays_npz, is_small, named_json, sheet_png
from amgan.server.model_room import OpenModel
from amgan.server.problems import FieldError, TooManyError
from amgan.server.routes.answers import BINARY, Responses, problems
from amgan.server.schemas import CONFIDENCE, TRUNCATION, ImagesAnswer, ImagesRequest, PicturesAsked
from amgan.server.service import Service

ONE = "/v1/images/{model:path}/{revision}/{seed}.png"
MEDIA_TYPES = {"png": "image/png", "npz": "application/octet-stream", "json": "application/json"}
YEAR_SECONDS = 31_536_000

MANY_ANSWERS: Responses = {
    200: {
        "model": ImagesAnswer,
        "description": "A sheet, arrays (images, seeds, labels, class_names, ...), or single pictures with names.",
        "content": {"image/png": BINARY, "application/octet-stream": BINARY},
    },
    **problems(400, 404, 413, 429),
}
ONE_ANSWERS: Responses = {
    200: {"description": "The picture, which never changes.", "content": {"image/png": BINARY}},
    304: {"description": "The picture that you have."},
    **problems(404, 429),
}


def add_image_routes(app: FastAPI, service: Service) -> None:
    """Add the routes that draw pictures by name."""
    config = service.config

    @app.post("/v1/images", response_class=Response, responses=MANY_ANSWERS, tags=["images"])
    async def draw_images(asked: ImagesRequest, request: Request) -> Response:
        """Draw pictures: one for each seed, of the class asked. A picture does not depend on the others."""
        opened, (pictures, samples) = await asked_pictures(service, request, asked, config.max_pictures)
        encode = _encoder(asked.format, pictures, samples, opened)
        content = await encoded(service, request, encode, is_small(pictures))
        headers = {"Amgan-Model-Revision": opened.model.revision}
        if asked.format == "npz":
            headers["Content-Disposition"] = 'attachment; filename="pictures.npz"'
        return Response(content, media_type=MEDIA_TYPES[asked.format], headers=headers)

    kept = "private" if service.tokens else "public"
    for_ever = f"{kept}, max-age={YEAR_SECONDS}, immutable"

    async def draw_image(
        request: Request,
        model: Annotated[str, Path(description="Name of a model.", examples=["fashion-mnist"])],
        revision: Annotated[str, Path(description="Its revision or at least the first 8 digits of it.")],
        seed: Annotated[Seed | VariationName, Path(description="A seed, or the name of a variation.", examples=[7])],
        label: Annotated[
            str | None, Query(max_length=MAX_CLASS_NAME_LENGTH, description="A class by name or number.")
        ] = None,
        truncation: Annotated[Truncation, Query(description=TRUNCATION)] = 1.0,
        confidence: Annotated[Confidence | None, Query(description=CONFIDENCE)] = None,
    ) -> Response:
        """One picture by its full name: the same for ever, so every cache may keep it."""
        opened = await service.models.open(model, revision)
        sampler, field = opened.sampler, ("query", "label")
        number = None
        if label is not None:
            number = numbers_of(sampler, [label], field)[0]
        threshold = sampler.checked_confidence(confidence) if number is not None else None
        name = f"{seed}-{number}-{truncation!r}-{threshold!r}-{sampler.renderer.precision}"
        headers = {"Cache-Control": for_ever, "ETag": f'"{opened.model.revision}-{name}"'}
        if _matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        recipe = sampler.sample_recipe([seed], [number], truncation, confidence)
        pictures, samples = await draw(service, request, opened, recipe, 1, field)
        content = await encoded(service, request, partial(sheet_png, pictures, samples, opened), is_small(pictures))
        return Response(content, media_type="image/png", headers=headers)

    app.get(ONE, response_class=Response, responses=ONE_ANSWERS, tags=["images"])(draw_image)


async def asked_pictures(
    service: Service, request: Request, asked: PicturesAsked, most: int
) -> tuple[OpenModel, Pictures]:
    """Draw what is asked for, at most so many pictures.

    Raises:
        AmganError: what is asked for cannot be, or not now.
        ClientGoneError: the caller has gone.
    """
    seeds, labels = _names(asked, most)
    opened = await service.models.open(asked.model, asked.revision)
    field = ("body", "labels")
    numbers = numbers_of(opened.sampler, labels, field)
    recipe = opened.sampler.sample_recipe(seeds, numbers, asked.truncation, asked.confidence)
    return opened, await draw(service, request, opened, recipe, len(seeds), field)


def _names(asked: PicturesAsked, most: int) -> tuple[Sequence[PictureSeed], list[Label | None]]:
    """Seed and label of each picture.

    Raises:
        FieldError: seeds, labels and n do not fit each other.
        TooManyError: they are more than allowed.
    """
    seeds, labels, n = asked.seeds, asked.labels, asked.n
    if isinstance(seeds, list) and (n is None or len(seeds) > 1):
        count = len(seeds)
    elif n is None:
        count = len(labels) if isinstance(labels, list) else 1
    else:
        count = n
    if count > most:
        raise TooManyError(f"{count} pictures are too many for one call; ask for at most {most}")
    if n is not None and n != count:
        raise FieldError(("body", "n"), f"n is {n}, but there are {count} seeds; leave n out, or give the first seed")
    if isinstance(labels, list) and len(labels) != count:
        raise FieldError(
            ("body", "labels"), f"{len(labels)} labels for {count} pictures; give one for all or one for each"
        )
    all_labels: list[Label | None] = [*labels] if isinstance(labels, list) else [labels] * count
    if isinstance(seeds, list) and len(seeds) == count:
        return seeds, all_labels
    first = seeds[0] if isinstance(seeds, list) else seeds or 0
    try:
        return picture_seeds(first, count), all_labels
    except RequestError as error:
        raise FieldError(("body", "seeds"), str(error)) from error


def _encoder(
    form: Literal["png", "npz", "json"], pictures: np.ndarray, samples: Sequence[Sample], opened: OpenModel
) -> Callable[[], bytes]:
    encode = {"png": sheet_png, "npz": arrays_npz, "json": named_json}[form]
    return partial(encode, pictures, samples, opened)


def _matches(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    known = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return etag in known or "*" in known
