"""AM Score: KL(mean C of the training set || mean C of the pictures) + mean H(C) (paper, Eq. 27). 0 is best."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.metric import Metric, Seen, rounded
from amgan.metrics.prediction_sums import PredictionSums, divergence_terms


@dataclass(frozen=True)
class AMScore:
    """An AM Score with its parts, in nats.

    Attributes:
        score: The sum of both terms.
        divergence: First term: how far the classes' shares are from the training set's.
        entropy: Second term: how unsure the judge is of single pictures.
        class_divergence: Parts of the first term, one a class, float64 (K,); they may be negative, their sum is not.
        class_entropy: Mean entropy of each class's pictures, float64 (K,); not a number for a class without any.
        class_share: Share of the pictures in each class, float64 (K,).
    """

    score: float
    divergence: float
    entropy: float
    class_divergence: Tensor
    class_entropy: Tensor
    class_share: Tensor


def am_score(sums: PredictionSums, training_mean: Tensor) -> AMScore:
    """The score of predictions.

    Args:
        sums: Predictions, with the picture's class as their group.
        training_mean: The judge's mean prediction over the training set, float64 (K,).
    """
    terms = divergence_terms(training_mean.double(), sums.mean)
    divergence, entropy = float(terms.sum()), sums.mean_entropy
    share = sums.count.double() / torch.tensor(sums.total, dtype=torch.float64)
    return AMScore(divergence + entropy, divergence, entropy, terms, sums.entropy / sums.count, share)


def measure(seen: Seen) -> dict[str, Any]:
    """The score of what was seen, JSON-ready."""
    am = am_score(seen.classes, seen.training_mean)
    terms = {"divergence": rounded(am.divergence), "entropy": rounded(am.entropy)}
    return {"am_score": rounded(am.score), "am_score_terms": terms}


METRICS = (
    Metric("am_score", "AM Score", "lower", "The sum of the next two; 0 at best.", itemgetter("am_score")),
    Metric(
        "am_score_divergence", "AM Score, divergence of classes", "lower",
        "How far the classes of the pictures are from those of the training set.",
        lambda scores: scores["am_score_terms"]["divergence"],
    ),
    Metric(
        "am_score_entropy", "AM Score, mean entropy", "lower", "How unsure the judge is of a picture.",
        lambda scores: scores["am_score_terms"]["entropy"],
    ),
)  # fmt: skip
