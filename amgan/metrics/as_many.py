"""Distances of as many pictures of a model as there are real ones: few pictures are far away whatever they show."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from torch import Tensor

from amgan.metrics.feature_distance import MOST_FEATURES, FrechetDistance, distances
from amgan.metrics.metric import Metric
from amgan.metrics.reference import Reference


def are_too_few(real: int, pictures: int) -> bool:
    """Whether scores of real pictures say nothing beside those of so many pictures of a model."""
    # Half as many get twice the Frechet distance that a perfect model would. Beyond `MOST_FEATURES` more change little,
    # and precision and recall take no more.
    return 2 * real < min(pictures, MOST_FEATURES)


def as_many(
    generated: Tensor, reference: Reference, real: dict[str, Any] | None, seed: int = 0
) -> dict[str, Any] | None:
    """The distances of as many pictures of a model as there are real ones, beside those of the real ones.

    Without real pictures that were held out, a half of the training pictures is held against the other one.

    Args:
        generated: The judge's features of the model's pictures, (N, F).
        reference: What it says of the training set.
        real: The scores of real pictures that training did not see; None if there are none.
        seed: Start of the choice of subsets.

    Returns:
        JSON-ready, the section `as_many` of an evaluation; None if the real pictures are many, or there are too few to
        halve.
    """
    if real is not None:
        count = real["pictures"]
        if not are_too_few(count, len(generated)):
            return None
        own = distances(generated[:count], reference.features, reference.sums, seed)
        return {"pictures": count, "halves": False, **own, "real": {name: real[name] for name in own}}
    half = len(reference.features) // 2
    count = min(half, len(generated))
    if count < 2:
        return None
    other = reference.features[half:]
    fitted = FrechetDistance(other.shape[1])
    fitted.add(other, real=True)
    own, others = (
        distances(features[:count], other, fitted.real_sums, seed) for features in (generated, reference.features)
    )
    return {"pictures": count, "halves": True, **own, "real": others}


def _how_many(section: dict[str, Any]) -> str:
    found = section["as_many"]
    return f"{found['pictures']:,d} pictures" + (" against half of the training set" if found["halves"] else "")


METRICS = (
    Metric(
        "frechet_distance_as_many", "Frechet distance, as many", "lower",
        "The same, of as many pictures of the model as there are real ones beside it.",
        itemgetter("frechet_distance"), part="as_many", note=_how_many,
    ),
    Metric(
        "kernel_distance_as_many", "Kernel distance, as many", "lower",
        "The same, of as many pictures of the model as there are real ones beside it.",
        lambda found: found["kernel_distance"]["mean"], part="as_many", note=_how_many,
    ),
)  # fmt: skip
