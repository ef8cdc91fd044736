"""All scores of a stream of pictures, real or generated, through one judge: nothing is kept but sums and samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.am_score import AMScore, am_score
from amgan.metrics.feature_distance import MOST_FEATURES, FrechetDistance, kernel_distance
from amgan.metrics.inception_score import inception_score, split_of
from amgan.metrics.judge import Judgement
from amgan.metrics.mode_score import mode_score
from amgan.metrics.ms_ssim import ms_ssim, random_pairs
from amgan.metrics.precision_recall import precision_recall
from amgan.metrics.prediction_sums import PredictionSums
from amgan.metrics.reference import Reference

SPLITS = 10
NEIGHBOURS = 3
KEPT_OF_A_CLASS = 100
"""Pictures of each class that are kept for MS-SSIM, the first ones of the stream."""

FEWEST_PAIRS = 100
"""A class of fewer pairs stays out of the largest and the mean MS-SSIM: a few pictures that happen to be alike would be
a collapse."""


@dataclass(frozen=True)
class Scores:
    """What was measured of a stream of pictures.

    Attributes:
        summary: JSON-ready: every score, over all pictures and for each class; None where there was nothing to measure.
        am: The AM Score with its parts.
        class_ms_ssim: Mean MS-SSIM of each class, float64 (K,); not a number for a class with fewer than two pictures.
    """

    summary: dict[str, Any]
    am: AMScore
    class_ms_ssim: Tensor


class ClassKeeper:
    """The first pictures of each class of a stream, for MS-SSIM."""

    def __init__(self, num_classes: int) -> None:
        self._parts: list[list[Tensor]] = [[] for _ in range(num_classes)]
        self._kept = [0] * num_classes

    def add(self, images: Tensor, classes: Tensor) -> None:
        """Keep what is still wanted of uint8 pictures (N, C, size, size) of these classes, int64 (N,)."""
        for number in classes.unique().tolist():
            wanted = KEPT_OF_A_CLASS - self._kept[number]
            if wanted > 0:
                chosen = images[classes == number][:wanted].clone()
                self._parts[number].append(chosen)
                self._kept[number] += len(chosen)

    def class_ms_ssim(self, pairs: int, seed: int) -> tuple[Tensor, list[int]]:
        """Mean MS-SSIM over random pairs of each class, float64 (K,), and how many pairs that were."""
        means, counts = [], []
        for parts in self._parts:
            images = torch.cat(parts) if parts else torch.empty(0)
            first, second = random_pairs(len(images), pairs, torch.Generator().manual_seed(seed))
            counts.append(len(first))
            means.append(float(ms_ssim(images[first], images[second]).mean()) if len(first) else math.nan)
        return torch.tensor(means, dtype=torch.float64), counts


class PictureMeter:
    """Takes judged pictures as they come and gives all their scores."""

    def __init__(self, reference: Reference, class_names: tuple[str, ...], total: int, pairs: int, seed: int) -> None:
        """Prepare for a stream.

        Args:
            reference: What the judge says of the training set.
            class_names: The K classes.
            total: How many pictures will come.
            pairs: Pairs of pictures of each class for MS-SSIM.
            seed: Start of the choice of pairs and subsets.
        """
        self._reference = reference
        self._class_names = class_names
        self._total = total
        self._pairs = pairs
        self._seed = seed
        self._seen = 0
        self._splits = PredictionSums(min(SPLITS, total), len(class_names))
        self._classes = PredictionSums(len(class_names), len(class_names))
        self._frechet = FrechetDistance(reference.features.shape[1])
        self._frechet.set_real_sums(reference.sums)
        self._features: list[Tensor] = []
        self._keeper = ClassKeeper(len(class_names))

    def add(self, images: Tensor, judgement: Judgement) -> None:
        """Add uint8 pictures (N, C, size, size) and what the judge says of them; their class is the judge's."""
        count, classes = len(images), judgement.classes
        self._splits.add(judgement.log_probabilities, split_of(self._seen, count, self._total, len(self._splits.count)))
        self._classes.add(judgement.log_probabilities, classes)
        self._frechet.add(judgement.features, real=False)
        if self._seen < MOST_FEATURES:
            self._features.append(judgement.features[: MOST_FEATURES - self._seen])
        self._keeper.add(images, classes)
        self._seen += count

    def scores(self) -> Scores:
        """All scores; two pictures or more must have come."""
        reference = self._reference
        inception = inception_score(self._splits)
        am = am_score(self._classes, reference.mean_prediction)
        features = torch.cat(self._features)
        compared = min(len(features), len(reference.features))
        kernel = kernel_distance(reference.features, features, self._seed)
        class_ms_ssim, pairs = self._keeper.class_ms_ssim(self._pairs, self._seed)
        summary: dict[str, Any] = {
            "pictures": self._seen,
            "inception_score": rounded(inception.whole),
            "inception_score_splits": {"mean": rounded(inception.mean), "std": rounded(inception.std)},
            "mode_score": rounded(mode_score(self._classes, reference.mean_prediction)),
            "am_score": rounded(am.score),
            "am_score_terms": {"divergence": rounded(am.divergence), "entropy": rounded(am.entropy)},
            "frechet_distance": rounded(self._frechet.compute()),
            "kernel_distance": {"mean": rounded(kernel.mean), "std": rounded(kernel.std)},
            "ms_ssim": ms_ssim_summary(class_ms_ssim, pairs, self._class_names, self._pairs),
        }
        if compared > NEIGHBOURS:
            shares = precision_recall(reference.features[:compared], features[:compared], NEIGHBOURS)
            summary |= {"precision": rounded(shares.precision), "recall": rounded(shares.recall)}
        summary["classes"] = {
            name: {
                "share": rounded(float(am.class_share[number])),
                "divergence": rounded(float(am.class_divergence[number])),
                "entropy": rounded(float(am.class_entropy[number])),
                "ms_ssim": rounded(float(class_ms_ssim[number])),
                "pairs": pairs[number],
            }
            for number, name in enumerate(self._class_names)
        }
        return Scores(summary, am, class_ms_ssim)


def rounded(value: float) -> float | None:
    """A number as JSON shows it: six decimals, None for what is no number."""
    return round(value, 6) if math.isfinite(value) else None


def ms_ssim_summary(means: Tensor, pairs: Sequence[int], names: Sequence[str], asked: int) -> dict[str, Any]:
    """MS-SSIM over the classes that have pairs enough.

    Args:
        means: Mean MS-SSIM of each class, float64 (K,).
        pairs: Of how many pairs that is, for each class.
        names: Of the classes.
        asked: Pairs that were asked of each class; where these are fewer than `FEWEST_PAIRS`, they are enough.

    Returns:
        JSON-ready: the mean, the largest and its class, None without any class, and the names of those left out.
    """
    fewest = min(FEWEST_PAIRS, asked)
    enough = torch.tensor(pairs) >= fewest
    largest = int(means.where(enough, -1.0).argmax()) if enough.any() else None
    return {
        "mean": rounded(float(means[enough].mean())),
        "largest": None if largest is None else rounded(float(means[largest])),
        "largest_class": None if largest is None else names[largest],
        "fewest_pairs": fewest,
        "left_out": [name for name, kept in zip(names, enough.tolist()) if not kept],
    }
