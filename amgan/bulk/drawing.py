"""Drawing a chunk by its names, with other seeds for the pictures whose class their own seed does not have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from amgan.bulk.names import PictureName
from amgan.errors import ClassSearchError
from amgan.sampling.halving import Halving
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import PictureSeed

Draw: TypeAlias = Callable[
    [Sequence[PictureSeed], Sequence[int | None], float, float | None], tuple[np.ndarray, list[Sample]]
]
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
    drawn: list[tuple[np.ndarray, list[Sample]]] = []
    # The first one that is missing for good ends the job: a class that the model never draws is known after a few
    # walks, not after one for each picture.
    parts = Halving(names)
    for part in parts:
        try:
            drawn.append(draw([name.seeds[0] for name in part], [name.label for name in part], truncation, confidence))
        except ClassSearchError as error:
            if not parts.halve():
                drawn.append(_draw_elsewhere(draw, part[0], truncation, confidence, error))
    if len(drawn) == 1:
        return drawn[0]
    return np.concatenate([pictures for pictures, _ in drawn]), [sample for _, samples in drawn for sample in samples]


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
