"""What every score of a judge's predictions needs of them, summed while the pictures stream by."""

from __future__ import annotations

import torch
from torch import Tensor

SMALLEST = 1e-18
"""Below this a mean probability is taken for this before the logarithm, as the authors do."""


class PredictionSums:
    """Count, summed probabilities and summed entropies of predictions, in groups.

    Rows are added one after the other in double, so the sums do not depend on how the rows come in batches.

    Attributes:
        count: Rows of each group, int64 (G,).
        probabilities: Their summed probabilities, float64 (G, K).
        entropy: Their summed entropies in nats, float64 (G,).
    """

    def __init__(self, groups: int, num_classes: int) -> None:
        self.count = torch.zeros(groups, dtype=torch.int64)
        self.probabilities = torch.zeros(groups, num_classes, dtype=torch.float64)
        self.entropy = torch.zeros(groups, dtype=torch.float64)

    def add(self, log_probabilities: Tensor, groups: Tensor) -> None:
        """Add predictions.

        Args:
            log_probabilities: float64 (N, K), from a log-softmax in double; minus infinity is probability 0.
            groups: The group of each, int64 (N,).
        """
        probabilities = log_probabilities.double().exp()
        self.count += torch.bincount(groups, minlength=len(self.count))
        self.probabilities.index_add_(0, groups, probabilities)
        self.entropy.index_add_(0, groups, torch.special.entr(probabilities).sum(dim=1))

    @property
    def total(self) -> int:
        """Rows in all."""
        return int(self.count.sum())

    @property
    def mean(self) -> Tensor:
        """Mean prediction over all rows, float64 (K,)."""
        return self.probabilities.sum(dim=0) / self.total

    @property
    def mean_entropy(self) -> float:
        """Mean entropy over all rows, in nats."""
        return float(self.entropy.sum() / self.total)


def divergence_terms(p: Tensor, q: Tensor) -> Tensor:
    """The K terms whose sum is KL(p || q) in nats, float64 (K,)."""
    return torch.special.xlogy(p, p) - torch.special.xlogy(p, q.clamp(min=SMALLEST))
