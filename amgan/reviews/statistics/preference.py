"""Which side of a review's pairs people prefer, told by pairs: votes on one pair are alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from amgan.reviews.statistics.outcome import LEAST_REVIEWERS, growing
from amgan.reviews.statistics.share import Share, pooled

EVEN = 0.5
"""Share of choices at which neither side of the pairs is ahead."""
SURE = 0.05
"""So seldom a difference as large would come by chance alone."""


class Winner(Enum):
    """Which side of the pairs is preferred."""

    A = "a"
    B = "b"
    NEITHER = "neither"


@dataclass(frozen=True)
class Preference:
    """How the pairs fall.

    Attributes:
        a: Pairs of which more choices are for the first picture.
        b: Pairs of which more choices are for the second one. Those with as many for each count for neither.
        choices: Votes for one of the two.
        same: Votes that find both as good.
        people: How many people chose.
    """

    a: int
    b: int
    choices: int
    same: int
    people: int

    @property
    def chance(self) -> float:
        """How often pairs would fall at least so unevenly if neither side were better, from above 0 to 1."""
        return sign_test(self.a, self.b)

    @property
    def mostly_same(self) -> bool:
        """Whether more votes find both as good than choose."""
        return self.same > self.choices

    @property
    def ahead(self) -> Winner:
        """Who is ahead with the people who chose; neither if that may be chance, or makes no difference to most."""
        if self.mostly_same or self.chance >= SURE:
            return Winner.NEITHER
        return Winner.A if self.a > self.b else Winner.B

    @property
    def winner(self) -> Winner:
        """Who wins: who is ahead, unless that may be the taste of too few people."""
        return Winner.NEITHER if self.people_needed else self.ahead

    @property
    def people_needed(self) -> int:
        """How many more people must choose before there can be a winner."""
        return max(0, LEAST_REVIEWERS - self.people)

    @property
    def pairs_needed(self) -> int | None:
        """How many more pairs would tell who wins, if they fall like these; None if that is not to be expected."""
        decided = self.a + self.b
        if self.mostly_same or self.ahead is not Winner.NEITHER or self.a == self.b:
            return None
        for more in growing(0, 1):
            less = round(min(self.a, self.b) * (decided + more) / decided)
            if sign_test(less, decided + more - less) < SURE:
                return more
        return None


def preference(pairs: Iterable[tuple[Share | None, int]]) -> Preference:
    """Count pairs.

    Args:
        pairs: Of each its choices for `b`, None without any, and how many votes find both as good.
    """
    known = list(pairs)
    together = pooled(choices for choices, _ in known)
    sides = [side(choices) for choices, _ in known]
    return Preference(
        a=sides.count(Winner.A),
        b=sides.count(Winner.B),
        choices=0 if together is None else together.count,
        same=sum(same for _, same in known),
        people=0 if together is None else together.people,
    )


def side(for_b: Share | None) -> Winner:
    """The side that more of a pair's choices are for."""
    if for_b is None or for_b.value == EVEN:
        return Winner.NEITHER
    return Winner.B if for_b.value > EVEN else Winner.A


def sign_test(first: int, second: int) -> float:
    """The exact two-sided sign test: the chance of a split at least so uneven if both sides are as likely."""
    count, ways, tail = first + second, 1, 0
    for few in range(min(first, second) + 1):
        tail += ways
        # From math.comb(count, few) to the next, which is much quicker than anew.
        ways = ways * (count - few) // (few + 1)
    return min(1.0, 2 * tail / 2**count)
