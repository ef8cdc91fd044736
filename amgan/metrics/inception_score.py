"""Inception Score: exp(H(mean C) - mean H(C)), C a classifier's softmax (Salimans et al. 2016; paper, Eq. 21, 25)."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.metric import Metric, Seen, rounded
from amgan.metrics.prediction_sums import PredictionSums

SPLITS = 10


@dataclass(frozen=True)
class InceptionScore:
    """An Inception Score, from 1 (every picture predicted alike) to K (all classes, each surely).

    Attributes:
        whole: Over all pictures.
        mean: Mean over the splits.
        std: Standard deviation over the splits, as of a whole population.
    """

    whole: float
    mean: float
    std: float


def split_of(start: int, count: int, total: int, splits: int) -> Tensor:
    """The splits of pictures `start` to `start + count` of `total` in order, int64 (count,): equal parts in a row."""
    return torch.arange(start, start + count) * splits // total


def inception_score(sums: PredictionSums) -> InceptionScore:
    """The score of predictions that were added with `split_of` as their groups; empty splits do not count."""
    there = sums.count > 0
    count = sums.count[there].double()
    means = sums.probabilities[there] / count[:, None]
    scores = (torch.special.entr(means).sum(dim=1) - sums.entropy[there] / count).exp()
    whole = (torch.special.entr(sums.mean).sum() - sums.mean_entropy).exp()
    return InceptionScore(float(whole), float(scores.mean()), float(scores.std(correction=0)))


def measure(seen: Seen) -> dict[str, Any]:
    """The score of what was seen, JSON-ready."""
    score = inception_score(seen.splits)
    return {
        "inception_score": rounded(score.whole),
        "inception_score_splits": {"mean": rounded(score.mean), "std": rounded(score.std)},
    }


METRICS = (
    Metric(
        "inception_score", "Inception Score", "higher",
        "The judge is sure of each picture and sees all classes; at most the number of classes.",
        itemgetter("inception_score"),
    ),
)  # fmt: skip
