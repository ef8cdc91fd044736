"""How much votes on few pictures tell: those on one picture are alike, so they count for fewer independent ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_ESTIMATED = 8
"""With fewer pictures that several votes are on, it cannot be told how alike these are: the estimate is too small by
chance too often, and intervals with it."""


@dataclass(frozen=True)
class Clustering:
    """Votes by picture.

    Attributes:
        pictures: On how many pictures the votes are, at least 1.
        likeness: The intra-class correlation: 0 if votes on one picture are no more alike than any, 1 if they are all
            the same. None if too few pictures tell; then 1 is assumed.
        per_picture: Votes on the picture of a vote, in the mean over votes; at least 1.
        effective: So many independent votes would tell as much; from 1 to the number of votes.
    """

    pictures: int
    likeness: float | None
    per_picture: float
    effective: float


def clustering(votes: Sequence[tuple[int, int]]) -> Clustering:
    """How the votes on some pictures count together.

    L. Kish (1965), Survey Sampling, sections 5.4 and 8.2: the variance of the share is 1 + (m - 1) r times that of as
    many independent votes, with r the intra-class correlation and, for unequal numbers, m weighted by votes.

    Args:
        votes: For each picture how many votes are for it, and of how many, at least 1. One picture or more.
    """
    count = sum(of for _, of in votes)
    per_picture = sum(of * of for _, of in votes) / count
    several = sum(of > 1 for _, of in votes)
    likeness = _likeness(votes, per_picture) if several >= LEAST_ESTIMATED else None
    return Clustering(len(votes), likeness, per_picture, effective(count, per_picture, likeness))


def effective(count: float, per_picture: float, likeness: float | None) -> float:
    """How many independent votes tell as much as `count`; see `Clustering`."""
    return count / (1 + (per_picture - 1) * (1.0 if likeness is None else likeness))


def _likeness(votes: Sequence[tuple[int, int]], per_picture: float) -> float:
    """The estimate by analysis of variance, held within 0 and 1; 1 where all votes are the same.

    M. S. Ridout, C. G. B. Demetrio, D. Firth (1999), Estimating intraclass correlation for binary data, Biometrics 55,
    137-148, section 2.1.
    """
    pictures, count = len(votes), sum(of for _, of in votes)
    mean = sum(hits for hits, _ in votes) / count
    between = sum(of * (hits / of - mean) ** 2 for hits, of in votes) / (pictures - 1)
    within = sum(hits * (1 - hits / of) for hits, of in votes) / (count - pictures)
    size = (count - per_picture) / (pictures - 1)
    spread = between + (size - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 1.0
