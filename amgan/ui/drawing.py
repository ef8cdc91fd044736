"""From a state of the page to its pictures, drawn by the engine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from amgan.config import ModelConfig
from amgan.engine import Engine
from amgan.errors import ClassSearchError, RequestError
from amgan.interpolation import interpolation_recipe, keyframe_positions
from amgan.media import encode_gif, encode_png, encode_webp, enlarge, film_strip
from amgan.model import AMGAN
from amgan.recipes import Recipe
from amgan.sampling import Sample
from amgan.seed_index import NOT_FOUND
from amgan.ui.state import EndState, MorphState, SampleState
from amgan.ui.words import Words

Drawn: TypeAlias = tuple[np.ndarray, list[Sample]]

FRAME_MILLISECONDS = 80
ANIMATION_PIXELS = 256
"""Animations are enlarged to about this width, by a whole factor."""
EXAMPLE_DRAWS = 200
"""How far a stream is walked for an example of a class."""
RANDOM_SEEDS = 100_000
"""Seeds chosen by chance stay short enough to be read out."""


@dataclass(frozen=True)
class Sheet:
    """Pictures of one model.

    Attributes:
        model: The model's name.
        revision: The model's revision.
        config: The model's configuration.
        state: What was asked.
        pictures: uint8 (N, H, W, C).
        samples: What is known of each.
    """

    model: str
    revision: str
    config: ModelConfig
    state: SampleState
    pictures: np.ndarray
    samples: list[Sample]


@dataclass(frozen=True)
class Morph:
    """A walk between two pictures of one model.

    Attributes:
        model: The model's name.
        revision: The model's revision.
        config: The model's configuration.
        state: What was asked.
        frames: uint8 (N, H, W, C).
        ends: What is known of the first and the last picture.
        end_frames: Which frames those are.
    """

    model: str
    revision: str
    config: ModelConfig
    state: MorphState
    frames: np.ndarray
    ends: list[Sample]
    end_frames: list[int]


async def draw_sheet(
    engine: Engine, model: AMGAN, name: str, state: SampleState, words: Words, caller: str = ""
) -> Sheet:
    """Draw a sheet.

    Args:
        engine: Draws.
        model: The model.
        name: Its name.
        state: What is asked of it.
        words: For what goes wrong.
        caller: Who asks.

    Raises:
        RequestError: what the model cannot give, or a class that it does not find.
    """
    seeds, labels = range(state.seed, state.seed + state.count), [state.label] * state.count
    recipe = model.sampler.sample_recipe(seeds, labels, state.truncation)
    pictures, samples = await _draw(engine, model, recipe, labels, words, caller)
    return Sheet(name, model.revision, model.config, state, pictures, samples)


async def draw_examples(engine: Engine, model: AMGAN) -> dict[int, np.ndarray]:
    """A picture (H, W, C) of each class by its number; classes that the model does not find at once are left out."""
    config = model.config
    labels, seeds = list(range(config.num_classes)), [0] * config.num_classes
    if model.seed_index is not None and len(model.seed_index) and not config.is_predefined:
        seeds = (model.seed_index.draws != NOT_FOUND).int().argmax(dim=0).tolist()
    recipe = model.sampler.find_recipe(list(zip(seeds, labels)), EXAMPLE_DRAWS)
    found = await engine.draw(recipe, model.sampler.renderer)
    return {label: picture for (_, label), picture in found.items()}


async def draw_morph(
    engine: Engine, model: AMGAN, name: str, state: MorphState, words: Words, caller: str = ""
) -> Morph:
    """Draw the frames between two pictures; arguments as for `draw_sheet`.

    Raises:
        RequestError: what the model cannot give, or a class that it does not find.
    """
    seeds, labels = [state.start.seed, state.end.seed], [state.start.label, state.end.label]
    recipe = interpolation_recipe(
        model.sampler, seeds, labels, state.frames, state.truncation, method=state.method, loop=state.loop
    )
    frames, ends = await _draw(engine, model, recipe, labels, words, caller)
    positions = keyframe_positions(2, state.frames, state.loop)
    return Morph(name, model.revision, model.config, state, frames, ends, positions)


def random_seed(model: AMGAN, label: str | None, truncation: float, count: int = 1) -> int:
    """The first of `count` seeds by chance, whose pictures are quick to draw.

    Where a class has to be found, seeds are taken whose index says that they have it, if there are any.
    """
    index = model.seed_index
    choice = random.SystemRandom()
    if index is not None and label is not None and not model.config.is_predefined and truncation == 1:
        missing = index.draws[:, model.class_names.index(label)] == NOT_FOUND
        runs = (missing.unfold(0, count, 1).sum(dim=1) == 0).nonzero() if len(index) >= count else missing[:0]
        if len(runs):
            return int(choice.choice(runs))
    return choice.randrange(RANDOM_SEEDS)


def random_end(model: AMGAN, end: EndState, truncation: float) -> EndState:
    """Another picture of the same class by chance."""
    return EndState(random_seed(model, end.label, truncation), end.label)


def animation_factor(size: int) -> int:
    """By how much frames of so many pixels are enlarged for an animation."""
    return max(1, ANIMATION_PIXELS // size)


def encode_morph(morph: Morph, kind: str) -> bytes:
    """A morph as a file.

    Args:
        morph: The morph.
        kind: "webp" or "gif", an animation; "png", the frames in a row.

    Raises:
        RequestError: another kind.
    """
    if kind == "png":
        return encode_png(film_strip(morph.frames))
    if kind not in ("webp", "gif"):
        raise RequestError(f"the file must be webp, gif or png, not {kind!r:.40}")
    frames = enlarge(morph.frames, animation_factor(morph.config.image_size))
    return (encode_webp if kind == "webp" else encode_gif)(frames, FRAME_MILLISECONDS)


async def _draw(
    engine: Engine, model: AMGAN, recipe: Recipe[Drawn], labels: Sequence[str | None], words: Words, caller: str
) -> Drawn:
    try:
        return await engine.draw(recipe, model.sampler.renderer, caller)
    except ClassSearchError as error:
        wanted = ", ".join(dict.fromkeys(label for label in labels if label is not None))
        raise RequestError(words.class_not_found.format(label=wanted)) from error
