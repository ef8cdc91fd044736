"""Drawing a chunk by its names, with other seeds for the pictures whose class their own seed does not have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from amgan.bulk.names import PictureName
from amgan.errors import ClassSearchError
from amgan.sampling.sampler import Sample

Draw: TypeAlias = Callable[[Sequence[int], Sequence[int | None], float, float | None], tuple[np.ndarray, list[Sample]]]
"""Draws N pictures: seeds, class numbers (None for any), truncation and confidence to uint8 (N, H, W, C) and samples.

As `Sampler.sample` does: a picture does not depend on the others, and ClassSearchError is raised for the whole call if
a single class was not found.
"""


def draw_chunk(
    draw: Draw, names: Sequence[PictureName], truncation: float, confidence: float | None
) -> tuple[np.ndarray, list[Sample]]:
    """The pictures of some names, all of them.

    Args:
        draw: Draws pictures.
        names: Which; at least one.
        truncation: Scale of the latents.
        confidence: D's least probability of an asked class; None for the model's own.

    Returns:
        uint8 (N, H, W, C), and what is known of each.

    Raises:
        ClassSearchError: none of the seeds of a name has its class.
    """
    try:
        return draw([name.seeds[0] for name in names], [name.label for name in names], truncation, confidence)
    except ClassSearchError as error:
        if len(names) == 1:
            return _draw_elsewhere(draw, names[0], truncation, confidence, error)
    # Halves, until the missing one is alone. The first one that is missing for good ends the job: a class that the
    # model never draws is known after a few walks, not after one for each picture.
    middle = len(names) // 2
    pictures, samples = draw_chunk(draw, names[:middle], truncation, confidence)
    more_pictures, more_samples = draw_chunk(draw, names[middle:], truncation, confidence)
    return np.concatenate([pictures, more_pictures]), samples + more_samples


def _draw_elsewhere(
    draw: Draw, name: PictureName, truncation: float, confidence: float | None, reason: ClassSearchError
) -> tuple[np.ndarray, list[Sample]]:
    for seed in name.seeds[1:]:
        try:
            return draw([seed], [name.label], truncation, confidence)
        except ClassSearchError:
            continue
    others = len(name.seeds) - 1
    error = ClassSearchError(f"{reason} ({others} other seeds had none either, so the job ends here)")
    error.label = reason.label
    raise error from reason
