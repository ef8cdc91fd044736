"""From a state of the page to its pictures, drawn by the engine."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from amgan.bounds import MILLISECONDS
from amgan.engine.engine import Engine
from amgan.errors import ClassSearchError, RequestError
from amgan.model import AMGAN
from amgan.networks.config import ModelConfig
from amgan.release.seed_index import NOT_FOUND
from amgan.sampling.animation import ENCODERS
from amgan.sampling.interpolation import interpolation_recipe, keyframe_positions
from amgan.sampling.marking import MADE_UP
from amgan.sampling.media import encode_png, enlarge, film_strip
from amgan.sampling.recipes import Recipe
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import PictureSeed, trail
from amgan.sampling.variations import variations_recipe
from amgan.ui.state import Alikeness, EndState, MorphState, SampleState, Speed, VariationsState
from amgan.ui.words import Words

T = TypeVar("T")

FRAME_MILLISECONDS: dict[Speed, int] = {"slow": 160, "normal": MILLISECONDS, "fast": 40}
"""How long an animation shows each frame."""
ANIMATION_PIXELS = 256
"""Animations are enlarged to about this width, by a whole factor."""
VARIATIONS = 12
PERCENT: dict[Alikeness, int] = {"close": 6, "near": 12, "far": 25}
"""How much of the way to another picture a variation is."""
EXAMPLE_DRAWS = 200
"""How far a stream is walked for an example of a class."""
RANDOM_SEEDS = 100_000
"""Seeds chosen by chance stay short enough to be read out."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn of one model.

    Attributes:
        model: The model's name.
        revision: The model's revision.
        config: The model's configuration.
        class_texts: What its classes are called to the reader, in the order of their numbers.
    """

    model: str
    revision: str
    config: ModelConfig
    class_texts: tuple[str, ...]


@dataclass(frozen=True)
class Sheet(Drawn):
    """Pictures of one model.

    Attributes:
        state: What was asked.
        pictures: uint8 (N, H, W, C).
        samples: What is known of each.
    """

    state: SampleState
    pictures: np.ndarray
    samples: list[Sample]

    @property
    def alone(self) -> list[KeptPicture]:
        """Each picture by itself."""
        one = (self.model, self.revision, self.config, self.class_texts)
        return [KeptPicture(*one, *each) for each in zip(self.pictures, self.samples, strict=True)]


@dataclass(frozen=True)
class Variations(Drawn):
    """Pictures much like one of a sheet.

    Attributes:
        state: The sheet's state.
        asked: Which picture's variations, and how alike.
        pictures: uint8 (N, H, W, C).
        samples: What is known of each.
        trail_pictures: The pictures that the one of `asked` comes from, beginning with a seed's, and itself at the end.
        trail: What is known of each of these.
    """

    state: SampleState
    asked: VariationsState
    pictures: np.ndarray
    samples: list[Sample]
    trail_pictures: np.ndarray
    trail: list[Sample]


@dataclass(frozen=True)
class KeptPicture(Drawn):
    """A picture of any model.

    Attributes:
        picture: uint8 (H, W, C).
        sample: What is known of it.
    """

    picture: np.ndarray
    sample: Sample


@dataclass(frozen=True)
class Morph(Drawn):
    """A walk through two or more pictures of one model.

    Attributes:
        state: What was asked.
        frames: uint8 (N, H, W, C).
        ends: What is known of its pictures: the first, those between, the last.
        end_frames: Which frames those are.
    """

    state: MorphState
    frames: np.ndarray
    ends: list[Sample]
    end_frames: list[int]

    @property
    def milliseconds(self) -> int:
        """How long each frame is shown."""
        return FRAME_MILLISECONDS[self.state.speed]


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
    seeds, labels = zip(*state.pictures(known_classes(model.config)), strict=True)
    pictures, samples = await draw_named(engine, model, seeds, labels, state.truncation, words, caller)
    return Sheet(*told(model, name, words), state, pictures, samples)


async def draw_named(
    engine: Engine,
    model: AMGAN,
    seeds: Sequence[PictureSeed],
    labels: Sequence[str | None],
    truncation: float,
    words: Words,
    caller: str = "",
) -> tuple[np.ndarray, list[Sample]]:
    """Draw pictures by their names, as `Sampler.sample` does.

    Raises:
        RequestError: what the model cannot give, or a class that it does not find.
    """
    recipe = model.sampler.sample_recipe(seeds, labels, truncation)
    return await _draw(engine, model, recipe, len(seeds), labels, words, caller)


async def draw_variations(
    engine: Engine,
    model: AMGAN,
    name: str,
    state: SampleState,
    asked: VariationsState,
    words: Words,
    caller: str = "",
) -> Variations:
    """Draw pictures much like the one of `asked`, which has the sheet's truncation, and its class if it says none.

    Raises:
        RequestError: what the model cannot give, or a class that it does not find.
    """
    percent, label = PERCENT[asked.alikeness], asked.label or state.label
    recipe = variations_recipe(model.sampler, asked.seed, label, VARIATIONS, percent, state.truncation)
    before = trail(asked.seed)
    drawn, trail_drawn = await asyncio.gather(
        _draw(engine, model, recipe, VARIATIONS, [label], words, caller),
        draw_named(engine, model, before, [label] * len(before), state.truncation, words, caller),
    )
    return Variations(*told(model, name, words), state, asked, *drawn, *trail_drawn)


async def draw_examples(engine: Engine, model: AMGAN) -> dict[int, np.ndarray]:
    """A picture (H, W, C) of each class by its number; classes that the model does not find at once are left out."""
    config = model.config
    labels, seeds = list(range(config.num_classes)), [0] * config.num_classes
    if model.seed_index is not None and len(model.seed_index) and not config.is_predefined:
        seeds = (model.seed_index.draws != NOT_FOUND).int().argmax(dim=0).tolist()
    recipe = model.sampler.find_recipe(list(zip(seeds, labels)), EXAMPLE_DRAWS)
    found = await engine.draw(recipe, model.sampler.renderer, len(labels))
    return {label: picture for (_, label), picture in found.items()}


async def draw_morph(
    engine: Engine, model: AMGAN, name: str, state: MorphState, words: Words, caller: str = ""
) -> Morph:
    """Draw the frames through two or more pictures; arguments as for `draw_sheet`.

    Raises:
        RequestError: what the model cannot give, or a class that it does not find.
    """
    seeds, labels = [picture.seed for picture in state.pictures], [picture.label for picture in state.pictures]
    recipe = interpolation_recipe(
        model.sampler, seeds, labels, state.frames, state.truncation, None, state.method, state.loop, state.easing
    )
    frames, ends = await _draw(engine, model, recipe, state.frames, labels, words, caller)
    positions = keyframe_positions(len(seeds), state.frames, state.loop)
    return Morph(*told(model, name, words), state, frames, ends, positions)


def told(model: AMGAN, name: str, words: Words) -> tuple[str, str, ModelConfig, tuple[str, ...]]:
    """What `Drawn` says of a model to the reader of these words."""
    return name, model.revision, model.config, model.class_names_in(words.lang)


def known_classes(config: ModelConfig) -> tuple[str, ...]:
    """The classes that a model can be asked for."""
    return tuple(config.class_names) if config.knows_classes else ()


def random_seed(model: AMGAN, labels: Sequence[str], truncation: float, count: int = 1) -> int:
    """The first of `count` seeds by chance, whose pictures of all of the classes are quick to draw.

    Where classes have to be found, seeds are taken whose index says that they have them, if there are any.
    """
    index = model.seed_index
    choice = random.SystemRandom()
    if index is not None and labels and not model.config.is_predefined and truncation == 1:
        missing = (index.draws[:, [model.class_names.index(label) for label in labels]] == NOT_FOUND).any(dim=1)
        runs = (missing.unfold(0, count, 1).sum(dim=1) == 0).nonzero() if len(index) >= count else missing[:0]
        if len(runs):
            return int(choice.choice(runs))
    return choice.randrange(RANDOM_SEEDS)


def random_end(model: AMGAN, end: EndState, truncation: float) -> EndState:
    """Another picture of the same class by chance."""
    return EndState(random_seed(model, [end.label] if end.label else [], truncation), end.label)


def animation_factor(size: int) -> int:
    """By how much frames of so many pixels are enlarged for an animation."""
    return max(1, ANIMATION_PIXELS // size)


def encode_morph(morph: Morph, kind: str) -> bytes:
    """A morph as a file.

    Args:
        morph: The morph.
        kind: "webp", "gif" or "mp4", an animation; "png", the frames in a row.

    Raises:
        RequestError: another kind.
        VideoError: an mp4 cannot be made here.
    """
    if kind == "png":
        return encode_png(film_strip(morph.frames), MADE_UP)
    if kind not in ENCODERS:
        raise RequestError(f"the file must be {', '.join(ENCODERS)} or png, not {kind!r:.40}")
    frames = enlarge(morph.frames, animation_factor(morph.config.image_size))
    return ENCODERS[kind](frames, morph.milliseconds)


async def _draw(
    engine: Engine,
    model: AMGAN,
    recipe: Recipe[T],
    pictures: int,
    labels: Sequence[str | None],
    words: Words,
    caller: str,
) -> T:
    try:
        return await engine.draw(recipe, model.sampler.renderer, pictures, caller)
    except ClassSearchError as error:
        called = model.class_texts_in(words.lang)
        wanted = ", ".join(dict.fromkeys(called[label] for label in labels if label is not None))
        raise RequestError(words.class_not_found.format(label=wanted)) from error
