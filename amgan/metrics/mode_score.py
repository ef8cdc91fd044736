"""Mode Score: exp(mean KL(C || training mean) - KL(mean C || training mean)) (Che et al. 2017).

The paper (Eq. 25 and 26) proves that the training mean cancels out, so that it equals the Inception Score.
"""

from __future__ import annotations

import math
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.metric import Metric, Seen, rounded
from amgan.metrics.prediction_sums import SMALLEST, PredictionSums, divergence_terms


def mode_score(sums: PredictionSums, training_mean: Tensor) -> float:
    """The score of predictions.

    Args:
        sums: Predictions, in any groups.
        training_mean: The judge's mean prediction over the training set, float64 (K,).
    """
    reference = training_mean.double().clamp(min=SMALLEST)
    cross = -float(torch.special.xlogy(sums.mean, reference).sum())
    mean_divergence = cross - sums.mean_entropy
    return math.exp(mean_divergence - float(divergence_terms(sums.mean, reference).sum()))


def measure(seen: Seen) -> dict[str, Any]:
    """The score of what was seen, JSON-ready."""
    return {"mode_score": rounded(mode_score(seen.classes, seen.training_mean))}


METRICS = (
    Metric(
        "mode_score", "Mode Score", "higher", "Equal to the Inception Score, as the paper proves (Eq. 25-26).",
        itemgetter("mode_score"),
    ),
)  # fmt: skip
