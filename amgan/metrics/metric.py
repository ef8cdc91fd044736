"""What a metric is: a number of metrics.json with its name, its sentence and its reading, and what computes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

from amgan.metrics.prediction_sums import PredictionSums

Better = Literal["higher", "lower", "near real"]
"""Near real: pictures more alike than real ones have collapsed, and noise is less alike than any."""


@dataclass(frozen=True)
class Metric:
    """One number of an evaluation.

    Attributes:
        kind: Its id, as "inception_score".
        name: What is measured, for people.
        better: Which values are better.
        meaning: What it says, in a sentence for people.
        read: The number in its part of the section `evaluation`; None if it could not be measured.
        part: That part: "scores", which real pictures have as well, "as_many", "agreement", "asked", "copies" or
            "published".
        note: What the number leaves out, of the whole section; "" for nothing.
        needs_as_many: Whether few pictures make it worse, whatever they show, so that it is compared only with that of
            real pictures that are about as many.
    """

    kind: str
    name: str
    better: Better
    meaning: str
    read: Callable[[dict[str, Any]], float | None]
    part: str = "scores"
    note: Callable[[dict[str, Any]], str] = lambda _: ""
    needs_as_many: bool = False


@dataclass(frozen=True)
class Seen:
    """What is left of a stream of judged pictures, of which each metric takes what it needs.

    Attributes:
        splits: The judge's predictions, in equal parts of the stream.
        classes: The same, with the class that the judge names as their group.
        training_mean: The judge's mean prediction over the training set, float64 (K,).
        features: The judge's features of the first pictures, (N, F).
        real_features: Those of training pictures, (M, F).
        frechet_distance: Between the features of all pictures and of the training set.
        class_ms_ssim: Mean MS-SSIM of each class, float64 (K,).
        pairs: Of how many pairs that is, for each class.
        pairs_asked: Pairs that were asked of each class.
        class_names: The K classes.
        seed: Start of random choices.
    """

    splits: PredictionSums
    classes: PredictionSums
    training_mean: Tensor
    features: Tensor
    real_features: Tensor
    frechet_distance: float
    class_ms_ssim: Tensor
    pairs: Sequence[int]
    pairs_asked: int
    class_names: Sequence[str]
    seed: int


def rounded(value: float) -> float | None:
    """A number as JSON shows it: six decimals, None for what is no number."""
    return round(value, 6) if math.isfinite(value) else None
