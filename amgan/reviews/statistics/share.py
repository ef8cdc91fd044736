"""A share of votes, and where the share of all people's votes may lie."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from amgan.reviews.statistics.clustering import Clustering, clustering

Z_95 = 1.959963984540054
"""The normal distribution's 97.5 % point: an interval that is right 95 times of 100."""


@dataclass(frozen=True)
class Share:
    """`hits` of `count`, with its 95 % interval.

    Attributes:
        hits: How many, 0 to `count`.
        count: Of how many, at least 1.
        clustering: How these fall on pictures, which its interval follows; None if each is independent. It is no part
            of which share this is.
        reviewers: Whose votes these are; None if each is another one's. Likewise no part of it.
    """

    hits: int
    count: int
    clustering: Clustering | None = field(default=None, compare=False)
    reviewers: frozenset[str] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Check both.

        Raises:
            ValueError: no whole part of something.
        """
        if not 0 <= self.hits <= self.count or self.count < 1:
            raise ValueError(f"{self.hits} of {self.count} is no share")

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return self.hits / self.count

    @property
    def others(self) -> Share:
        """The share of the others."""
        return Share(self.count - self.hits, self.count, self.clustering, self.reviewers)

    @property
    def pictures(self) -> int:
        """On how many pictures the votes are."""
        return self.count if self.clustering is None else self.clustering.pictures

    @property
    def people(self) -> int:
        """How many people's votes these are."""
        return self.count if self.reviewers is None else len(self.reviewers)

    @property
    def effective(self) -> float:
        """So many independent votes would tell as much, from 1 to `count`."""
        return self.count if self.clustering is None else self.clustering.effective

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of further pictures' votes lies with 95 % confidence."""
        return wilson_interval(self.value * self.effective, self.effective)

    @property
    def low(self) -> float:
        """The interval's lower end."""
        return self.interval[0]

    @property
    def high(self) -> float:
        """The interval's upper end."""
        return self.interval[1]


def share(hits: int, count: int, reviewers: Iterable[str] | None = None) -> Share | None:
    """`hits` of `count`, by whom; None of nothing."""
    return Share(hits, count, reviewers=None if reviewers is None else frozenset(reviewers)) if count else None


def pooled(pictures: Iterable[Share | None]) -> Share | None:
    """The votes on several pictures together.

    Args:
        pictures: The share of each picture's own votes; None for one without.
    """
    known = [one for one in pictures if one is not None]
    if not known:
        return None
    votes = [(one.hits, one.count) for one in known]
    named = [one.reviewers for one in known if one.reviewers is not None]
    reviewers = frozenset[str]().union(*named) if len(named) == len(known) else None
    return Share(sum(hits for hits, _ in votes), sum(of for _, of in votes), clustering(votes), reviewers)


def wilson_interval(hits: float, count: float) -> tuple[float, float]:
    """The score interval of a share, which stays within 0 and 1 and holds for few votes as well.

    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212: the
    shares p for which |hits / count - p| <= z sqrt(p (1 - p) / count).

    Args:
        hits: How many, 0 to `count`; no whole number if `count` is an effective one.
        count: Of how many, at least 1.
    """
    share, square = hits / count, Z_95**2
    centre = share + square / (2 * count)
    width = Z_95 * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    scale = 1 + square / count
    low = 0.0 if hits == 0 else max(0.0, (centre - width) / scale)
    high = 1.0 if hits == count else min(1.0, (centre + width) / scale)
    return low, high
