"""The endpoints for programs: /models, /sample and /interpolate. All input is checked here."""

from __future__ import annotations

import asyncio
import base64
import functools
import inspect
import logging
import typing
from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr
import numpy as np
from gradio.events import api

from amgan.bounds import FRAMES
from amgan.errors import AmganError, RequestError
from amgan.model import AMGAN
from amgan.sampling.archive import file_names
from amgan.sampling.marking import MADE_UP, made_up
from amgan.sampling.media import encode_png
from amgan.sampling.picture_row import picture_row
from amgan.sampling.sampler import Sample
from amgan.ui import checks
from amgan.ui.drawing import Morph, draw_morph, draw_sheet, encode_morph
from amgan.ui.handlers import Context, caller
from amgan.ui.state import EndState, MorphState, SampleState

logger = logging.getLogger(__name__)


def add_endpoints(context: Context) -> None:
    """Add the endpoints to the page that is being built."""
    shelf, words = context.shelf, context.words

    def models() -> list[dict[str, Any]]:
        """The models, and what may be asked of each."""
        return [
            {
                "name": entry.name,
                "classes": list(entry.config.class_names) if entry.config.knows_classes else [],
                "labeling": entry.config.labeling,
                "image_size": entry.config.image_size,
                "channels": entry.config.channels,
                "default": entry == shelf.default,
            }
            for entry in shelf.available
            if entry.config is not None
        ]

    async def sample(
        model: str = "", label: str | None = None, n: int = 1, seed: int = 0, truncation: float = 1.0
    ) -> dict[str, Any]:
        """Pictures of seeds `seed`, `seed` + 1, ... as base64 PNGs with their names.

        model: a name from /models, empty for the default one; label: a class by name or number, null for any; n: 1 to
        64; seed: 0 to 4294967295, or the name of a variation, such as "7~12-3"; truncation: above 0, at most 2.
        """
        name, loaded = await _model(context, model)
        label = checks.label(label, loaded, name, words)
        state = checks.state_of(SampleState, words, label=label, count=n, seed=seed, truncation=truncation)
        sheet = await draw_sheet(context.engine, loaded, name, state, words, caller())
        rows = await asyncio.to_thread(_rows, sheet.pictures, sheet.samples, loaded, name)
        return {"model": name, "revision": sheet.revision, "pictures": rows}

    async def interpolate(
        model: str = "",
        start: int = 0,
        end: int = 1,
        start_label: str | None = None,
        end_label: str | None = None,
        frames: int = FRAMES,
        truncation: float = 1.0,
        method: str = "slerp",
        loop: bool = False,
        easing: str = "steady",
        speed: str = "normal",
    ) -> dict[str, Any]:
        """The frames between two pictures, named by seed and class, as base64 PNGs and as an animated WebP.

        frames: 2 to 128; method: slerp or lerp; loop: go on from the end back to the start; easing: steady or resting;
        speed, of the animation: slow, normal or fast; the rest as in /sample.
        """
        name, loaded = await _model(context, model)
        if not isinstance(loop, bool):
            raise RequestError(f"loop must be true or false, not {checks.shown(loop)}")
        first, last = (
            checks.state_of(EndState, words, seed=seed, label=checks.label(label, loaded, name, words))
            for seed, label in ((start, start_label), (end, end_label))
        )
        state = checks.state_of(
            MorphState, words, start=first, end=last, frames=frames, truncation=truncation, method=method, loop=loop,
            easing=easing, speed=speed,
        )  # fmt: skip
        morph = await draw_morph(context.engine, loaded, name, state, words, caller())
        return await asyncio.to_thread(_morph_answer, morph, loaded, name)

    api(models, api_name="models", queue=False)
    for endpoint in (sample, interpolate):
        api(
            _answering(endpoint, words.unexpected), api_name=endpoint.__name__, concurrency_id="pictures",
            concurrency_limit=None,
        )  # fmt: skip


async def _model(context: Context, name: Any) -> tuple[str, AMGAN]:
    default = context.shelf.default
    if name in ("", None) and default is not None:
        name = default.name
    if not isinstance(name, str):
        raise RequestError(f"model must be a name, not {checks.shown(name)}")
    return name, await context.model(name)


def _rows(pictures: np.ndarray, samples: list[Sample], model: AMGAN, name: str) -> list[dict[str, Any]]:
    files = file_names(samples, model.class_names)
    rows = [picture_row(*named, model.class_names, name, model.revision) for named in zip(files, samples, strict=True)]
    return [
        {**row, "png": _base64(encode_png(picture, made_up(row)))} for row, picture in zip(rows, pictures, strict=True)
    ]


def _morph_answer(morph: Morph, model: AMGAN, name: str) -> dict[str, Any]:
    return {
        "model": name,
        "revision": morph.revision,
        "ends": _rows(morph.frames[morph.end_frames], morph.ends, model, name),
        "frames": [_base64(encode_png(frame, MADE_UP)) for frame in morph.frames],
        "webp": _base64(encode_morph(morph, "webp")),
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _answering(endpoint: Callable[..., Awaitable[Any]], unexpected: str) -> Callable[..., Any]:
    """The endpoint with its errors as one plain sentence for the caller."""

    @functools.wraps(endpoint)
    async def safe(*args: Any) -> Any:
        try:
            return await endpoint(*args)
        except AmganError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            logger.exception("an endpoint failed")
            raise gr.Error(unexpected, print_exception=False) from error

    # Gradio asks for both at each call, which is slow for hints that are text.
    safe.__annotations__ = typing.get_type_hints(endpoint)
    safe.__signature__ = inspect.signature(endpoint)  # type: ignore[attr-defined]
    return safe
