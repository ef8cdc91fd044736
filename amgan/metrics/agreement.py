"""Label agreement: how often the judge names the class that was asked, or that D named."""

from __future__ import annotations

import torch
from torch import Tensor


class Agreement:
    """A confusion matrix that grows while the pictures stream by.

    Attributes:
        confusion: Counts, int64 (K, K): asked class down, the judge's class across.
    """

    def __init__(self, num_classes: int) -> None:
        self.confusion = torch.zeros(num_classes, num_classes, dtype=torch.int64)

    def add(self, asked: Tensor, judged: Tensor) -> None:
        """Add pictures: the class asked of each and the judge's class, int64 (N,)."""
        classes = len(self.confusion)
        counts = torch.bincount(asked * classes + judged, minlength=classes**2)
        self.confusion += counts.view(classes, classes)

    @property
    def share(self) -> float:
        """Share of the pictures on which both agree; not a number without pictures."""
        return float(self.confusion.diagonal().sum() / self.confusion.sum())

    @property
    def class_share(self) -> Tensor:
        """The same for each asked class, float64 (K,); not a number for a class without pictures."""
        return self.confusion.diagonal().double() / self.confusion.sum(dim=1)
