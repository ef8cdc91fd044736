"""Whether the reviewers agree: Krippendorff's alpha over the items that several of them judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import krippendorff
import numpy as np

from amgan.reviews.review_spec import ReviewSpec
from amgan.reviews.vote import Vote, possible_verdicts

RELIABLE, TENTATIVE = 0.8, 0.667
"""K. Krippendorff (2004), Content Analysis, 2nd edition, p. 241: from 0.8 on a reading is reliable, from 0.667 on it
allows tentative conclusions."""


@dataclass(frozen=True)
class Agreement:
    """How far reviewers agree.

    Attributes:
        alpha: 1 where all say the same, 0 where they agree as by chance, below 0 where they disagree more than that;
            None if it cannot be told: there are no such items, or everyone said the same of all of them.
        items: How many items two or more reviewers judged.
        reviewers: How many reviewers judged one of these.
    """

    alpha: float | None
    items: int
    reviewers: int


def agreement(spec: ReviewSpec, votes: Sequence[Vote]) -> Agreement:
    """Krippendorff's alpha: for stars of ordered values, else of names.

    Args:
        spec: The review.
        votes: Those that count; skips are passed over.
    """
    values = {verdict: place for place, verdict in enumerate(possible_verdicts(spec))}
    by_item: dict[int, list[Vote]] = {}
    for vote in votes:
        if vote.verdict in values:
            by_item.setdefault(vote.item, []).append(vote)
    shared = [several for several in by_item.values() if len(several) > 1]
    reviewers = len({vote.reviewer for several in shared for vote in several})
    if not shared:
        return Agreement(None, 0, 0)
    counts = np.zeros((len(shared), len(values)), np.int64)
    for row, several in enumerate(shared):
        for vote in several:
            counts[row, values[vote.verdict]] += 1
    if np.count_nonzero(counts.sum(axis=0)) < 2:
        return Agreement(None, len(shared), reviewers)  # there is no chance to compare with
    level: Literal["ordinal", "nominal"] = "ordinal" if not spec.is_pairs and spec.scale == "stars" else "nominal"
    alpha = krippendorff.alpha(value_counts=counts, level_of_measurement=level)
    return Agreement(float(alpha), len(shared), reviewers)
