"""Copies: whether generated pictures lie nearer to training pictures than real ones that were held out do.

Pictures of one subject are always near to each other, so a distance says nothing by itself: it is held against the
distances of real pictures which cannot be copies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import torch
from torch import Tensor

from amgan.metrics.metric import Metric, rounded

NEAR = 0.05
"""Share of the held-out pictures that count as near to a training picture."""

PAIRS = 10
"""Closest pairs that are shown."""

CHUNK = 1000
"""Rows of the distance matrix that are in memory at once."""


@dataclass(frozen=True)
class Copies:
    """What was found.

    Attributes:
        share: Share of the generated pictures that are as near to a training picture as the nearest held-out ones are.
        expected: The share of the held-out pictures themselves: about `NEAR`, and more only where they have twins.
        nearest_is_training: Share of the generated pictures whose nearest real picture is a training one.
        nearest_expected: What that would come to if training and held-out pictures were one as likely as the other.
        training_pictures: How many training pictures were compared.
        held_out_pictures: How many held-out ones.
        pairs: Rows of a generated and its nearest training picture, the closest pairs first, int64 (at most PAIRS, 2).
    """

    share: float
    expected: float
    nearest_is_training: float
    nearest_expected: float
    training_pictures: int
    held_out_pictures: int
    pairs: Tensor

    def summary(self) -> dict[str, Any]:
        """JSON-ready, the section `copies` of an evaluation."""
        return {
            "share": rounded(self.share),
            "expected": rounded(self.expected),
            "nearest_is_training": rounded(self.nearest_is_training),
            "nearest_expected": rounded(self.nearest_expected),
            "training_pictures": self.training_pictures,
            "held_out_pictures": self.held_out_pictures,
        }


def find_copies(generated: Tensor, training: Tensor, held_out: Tensor) -> Copies:
    """Compare the features of generated and real pictures, each (N, F) of one picture or more."""
    distance, nearest = _nearest(generated, training)
    apart, _ = _nearest(held_out, training)
    near = apart.quantile(NEAR)
    elsewhere, _ = _nearest(generated, held_out)
    closest = distance.argsort(stable=True)[:PAIRS]
    return Copies(
        share=_share(distance <= near),
        expected=_share(apart <= near),
        nearest_is_training=_share(distance < elsewhere),
        nearest_expected=len(training) / (len(training) + len(held_out)),
        training_pictures=len(training),
        held_out_pictures=len(held_out),
        pairs=torch.stack([closest, nearest[closest]], dim=1),
    )


def far_more_copies(section: dict[str, Any]) -> bool:
    """Whether there are far more copies than chance gives.

    Far more is twice as many, and beyond three standard errors of the share of so many held-out pictures.

    Args:
        section: The section `copies` of an evaluation.

    Raises:
        KeyError, TypeError, ValueError: the section does not hold what it should.
    """
    share, expected, held_out = section["share"], section["expected"], section["held_out_pictures"]
    error = math.sqrt(expected * (1 - expected) / max(held_out, 1))
    return bool(share > max(2 * expected, expected + 3 * error))


def copies_in_words(section: dict[str, Any] | None) -> str:
    """A warning where there are `far_more_copies`; "" where there are not.

    Args:
        section: The section `copies` of an evaluation, if it has one.

    Raises:
        KeyError, TypeError, ValueError: the section does not hold what it should.
    """
    if not section or not far_more_copies(section):
        return ""
    return (
        f"Too good to be true: {section['share']:.1%} of the pictures are as near to a training picture as "
        f"{section['expected']:.1%} of the held-out real ones are. The model repeats pictures that it was trained on"
    )


def _nearest(queries: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """The distance of each query to the nearest centre, float64 (N,), and the centre's row."""
    queries, centres = queries.double(), centres.double()
    nearest = torch.cat([torch.cdist(part, centres).argmin(dim=1) for part in queries.split(CHUNK)])
    # By itself, since by way of products, as cdist takes it, that of a picture to its twin is not 0.
    return (queries - centres[nearest]).norm(dim=1), nearest


def _share(mask: Tensor) -> float:
    return float(mask.double().mean())


METRICS = (
    Metric(
        "copies", "near-copies of training pictures", "near real",
        "Pictures as near to a training picture as the nearest held-out ones are.", itemgetter("share"), part="copies",
        note=lambda section: f"of held-out pictures {section['copies']['expected']:.1%}",
    ),
    Metric(
        "nearest_is_training", "nearest picture is a training one", "near real",
        "Pictures that are nearer to a training picture than to any held-out one.", itemgetter("nearest_is_training"),
        part="copies", note=lambda section: f"without copies {section['copies']['nearest_expected']:.1%}",
    ),
)  # fmt: skip
