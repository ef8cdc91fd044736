"""Label agreement: how often the judge names the class that was asked, or that D named."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.metric import Metric


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


def _how_asked(section: dict[str, Any]) -> str:
    asked = section["asked"]
    notes = [] if asked["confidence"] is None else [f"at D's confidence {asked['confidence']:g}"]
    if asked["not_found"]:
        notes.append(f"{asked['not_found']:,d} of {asked['pictures'] + asked['not_found']:,d} not found")
    return ", ".join(notes)


METRICS = (
    Metric(
        "agreement_accuracy", "judge agrees, any class", "higher",
        "The judge names the class that the picture is shown as.", itemgetter("share"), part="agreement",
    ),
    Metric(
        "asked_accuracy", "judge agrees, asked class", "higher",
        "The judge names the class that was asked for, on the pictures found.", itemgetter("share"), part="asked",
        note=_how_asked,
    ),
)  # fmt: skip
