"""``/v1/interpolations``: morphs between pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from fastapi import FastAPI, Request
from starlette.responses import Response

from amgan.sampling.animation import ENCODERS, LEAST_PIXELS, MISSING, has_ffmpeg
from amgan.sampling.class_names import Label
from amgan.sampling.interpolation import interpolation_recipe
from amgan.sampling.marking import MADE_UP
from amgan.sampling.media import encode_png, enlarge, film_strip
from amgan.server.drawing import draw, encoded, numbers_of
from amgan.server.model_room import OpenModel
from amgan.server.problems import FieldError, TooManyError
from amgan.server.routes.answers import BINARY, Responses, problems
from amgan.server.schemas import InterpolationRequest
from amgan.server.service import Service

MEDIA_TYPES = {
    "webp": "image/webp", "gif": "image/gif", "mp4": "video/mp4", "png": "image/png", "npz": "application/octet-stream"
}  # fmt: skip
MOST_PIXELS = 2**25
"""Of all frames of a file together: some seconds of a thread, and 100 MB or two."""

ANSWERS: Responses = {
    200: {
        "description": "An animation, a film strip, or an array of the frames.",
        "content": dict.fromkeys(MEDIA_TYPES.values(), BINARY),
    },
    **problems(400, 404, 413, 429),
}


def add_interpolation_routes(app: FastAPI, service: Service) -> None:
    """Add the route that draws morphs."""
    has_mp4 = has_ffmpeg()

    @app.post("/v1/interpolations", response_class=Response, responses=ANSWERS, tags=["interpolations"])
    async def draw_interpolation(asked: InterpolationRequest, request: Request) -> Response:
        """Draw the frames of a walk through two or more pictures, which are the same that their names stand for."""
        if asked.format == "mp4" and not has_mp4:
            raise FieldError(("body", "format"), MISSING)
        opened, content = await morph_file(service, request, asked, service.config.max_frames)
        headers = {"Amgan-Model-Revision": opened.model.revision}
        if asked.format == "npz":
            headers["Content-Disposition"] = 'attachment; filename="frames.npz"'
        return Response(content, media_type=MEDIA_TYPES[asked.format], headers=headers)


async def morph_file(
    service: Service, request: Request, asked: InterpolationRequest, most: int
) -> tuple[OpenModel, bytes]:
    """A morph of at most so many frames, as a file of the form asked.

    Raises:
        AmganError: what is asked for cannot be, or not now.
        ClientGoneError: the caller has gone.
    """
    if asked.frames > most:
        raise TooManyError(f"{asked.frames} frames are too many for one call; ask for at most {most}")
    seeds = [asked.start, *asked.through, asked.end]
    labels = _labels(asked, len(seeds))
    if asked.frames < len(seeds):
        raise FieldError(("body", "frames"), f"{len(seeds)} pictures need at least as many frames")
    opened = await service.models.open(asked.model, asked.revision)
    _check_size(asked, opened.model.config.image_size)
    field = ("body", "labels")
    recipe = interpolation_recipe(
        opened.sampler, seeds, numbers_of(opened.sampler, labels, field), asked.frames, asked.truncation,
        asked.confidence, asked.method, asked.loop, asked.easing,
    )  # fmt: skip
    frames, _ = await draw(service, request, opened, recipe, asked.frames, field)
    return opened, await encoded(service, request, _encoder(frames, asked, opened))


def _check_size(asked: InterpolationRequest, image_size: int) -> None:
    if asked.format == "npz":
        return
    side = image_size * asked.scale
    if asked.format == "mp4":
        side = max(side, LEAST_PIXELS)
    if asked.frames * side**2 > MOST_PIXELS:
        raise TooManyError(
            f"{asked.frames} frames of {side}x{side} pixels are too much for one file; ask for fewer frames or a "
            "smaller scale"
        )


def _labels(asked: InterpolationRequest, keyframes: int) -> list[Label | None]:
    if not isinstance(asked.labels, list):
        return [asked.labels] * keyframes
    if len(asked.labels) != keyframes:
        problem = f"{len(asked.labels)} labels for {keyframes} pictures; give one for all or one for each"
        raise FieldError(("body", "labels"), problem)
    return [*asked.labels]


def _encoder(frames: np.ndarray, asked: InterpolationRequest, opened: OpenModel) -> Callable[[], bytes]:
    if asked.format == "npz":
        return partial(_npz, frames, opened)
    if asked.format == "png":
        return lambda: encode_png(enlarge(film_strip(frames), asked.scale), MADE_UP)
    encode = ENCODERS[asked.format]
    return lambda: encode(enlarge(frames, asked.scale), asked.milliseconds)


def _npz(frames: np.ndarray, opened: OpenModel) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, images=frames, model=np.array(opened.name), revision=np.array(opened.model.revision))
    return buffer.getvalue()
