"""A review's pictures, drawn again by their names: those of one model together, and none holds up the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import numpy as np

from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf
from amgan.errors import AmganError, BusyError
from amgan.reviews.review_spec import Picture
from amgan.sampling.halving import Halving
from amgan.sampling.recipes import Recipe
from amgan.sampling.sampler import Sampler

Drawn: TypeAlias = np.ndarray | AmganError
"""A picture, uint8 (H, W, C), or in one line why it cannot be drawn, such as a model that is gone."""

DRAWN_TOGETHER = 256
"""So many points are asked of an engine at once."""


async def draw_pictures(pictures: Sequence[Picture], shelf: Shelf, engine: Engine) -> list[Drawn]:
    """Draw pictures of any models, for someone who waits.

    Args:
        pictures: Which; the same one several times is drawn once.
        shelf: Has their models.
        engine: Draws.

    Returns:
        What became of each, in their order.

    Raises:
        BusyError: so much is waiting that the engine takes no more.
    """

    async def opened(name: str, revision: str) -> Sampler:
        return (await shelf.open(name, revision)).sampler

    return await draw_opened(pictures, opened, engine)


async def draw_opened(
    pictures: Sequence[Picture], sampler_of: Callable[[str, str], Awaitable[Sampler]], engine: Engine, caller: str = ""
) -> list[Drawn]:
    """Draw pictures of any models, for someone who opens models in a way of his own.

    Args:
        pictures: Which; the same one several times is drawn once.
        sampler_of: Opens the model of a name and revision; what it raises of this package's errors becomes of its
            pictures.
        engine: Draws.
        caller: Who asks.

    Returns:
        What became of each, in their order.

    Raises:
        BusyError: so much is waiting that the engine, or who opens models, takes no more.
    """
    drawn: dict[Picture, Drawn] = {}
    for group in groups(pictures):
        try:
            sampler = await sampler_of(group[0].model, group[0].revision)
            recipe, together = group_recipe(sampler, group), min(len(group), DRAWN_TOGETHER)
            drawn |= zip(group, await engine.draw(recipe, sampler.renderer, together, caller))
        except BusyError:
            raise
        except AmganError as error:
            drawn |= dict.fromkeys(group, error)
    return [drawn[picture] for picture in pictures]


def groups(pictures: Sequence[Picture]) -> list[list[Picture]]:
    """The pictures by what must be the same for a recipe: model, revision, truncation and confidence; each one once."""
    found: dict[tuple[str, str, float, float | None], list[Picture]] = {}
    for picture in dict.fromkeys(pictures):
        key = (picture.model, picture.revision, picture.truncation, picture.confidence)
        found.setdefault(key, []).append(picture)
    return list(found.values())


def group_recipe(sampler: Sampler, group: Sequence[Picture]) -> Recipe[list[Drawn]]:
    """The pictures of one group; a class that is not found leaves out its own picture only.

    Args:
        sampler: Of the model and revision that they name.
        group: One of `groups`, or a part of it.
    """
    drawn: list[Drawn] = []
    for start in range(0, len(group), DRAWN_TOGETHER):
        parts = Halving(group[start : start + DRAWN_TOGETHER])
        for part in parts:
            seeds, labels = [picture.name for picture in part], [picture.asked for picture in part]
            try:
                images, _ = yield from sampler.sample_recipe(seeds, labels, part[0].truncation, part[0].confidence)
                drawn.extend(images)
            except AmganError as error:
                if not parts.halve():
                    drawn.append(error)
    return drawn
