"""What a share of votes means against a target, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from amgan.reviews.statistics.clustering import effective
from amgan.reviews.statistics.share import Share, wilson_interval

LEAST_PICTURES = 5
"""Of fewer pictures nothing is certain, however many people judge them."""

LEAST_REVIEWERS = 3
"""By fewer people nothing is certain, however many pictures they judge: it may be their taste alone. The interval says
nothing of that, as it is of further pictures for the same people."""

MOST_NEEDED = 500
"""Nobody collects more than that to tell a small difference."""


class State(Enum):
    """Whether a target is met."""

    MET = "met"
    NOT_MET = "not met"
    OPEN = "not certain yet"


@dataclass(frozen=True)
class Outcome:
    """A share of votes against a target.

    Attributes:
        so_far: Whether the share itself reaches the target.
        certain: Whether the whole interval lies on that side of the target, and enough pictures were judged by
            enough people.
    """

    so_far: bool
    certain: bool

    @property
    def state(self) -> State:
        """In one of three words."""
        if not self.certain:
            return State.OPEN
        return State.MET if self.so_far else State.NOT_MET


@dataclass(frozen=True)
class Need:
    """What would settle an outcome.

    Attributes:
        count: How many more, at least 1.
        noun: Of what.
    """

    count: int
    noun: Literal["vote", "picture", "person"]


def outcome(share: Share, target: float) -> Outcome:
    """Compare a share with the target, from 0 to 1, and its interval as well."""
    so_far = share.value >= target
    beyond = share.low >= target if so_far else share.high < target
    return Outcome(so_far, beyond and share.pictures >= LEAST_PICTURES and share.people >= LEAST_REVIEWERS)


def every(outcomes: Iterable[Outcome | None]) -> State:
    """Whether a target for every class is met; None stands for a class without votes.

    One class that certainly misses it decides.
    """
    states = [one.state if one is not None else State.OPEN for one in outcomes]
    if State.NOT_MET in states:
        return State.NOT_MET
    return State.OPEN if State.OPEN in states or not states else State.MET


def still_needed(share: Share, target: float) -> Need | None:
    """How much more would settle on which side of the target a share is, if it goes on like this.

    More people if they are too few, for then nothing else does. Else more votes on the same pictures where it is known
    how alike these are and they are enough, else more pictures with as many votes each. None if the share is so near
    that more than `MOST_NEEDED` would be needed.
    """
    if share.people < LEAST_REVIEWERS:
        return Need(LEAST_REVIEWERS - share.people, "person")
    found = share.clustering
    if found is not None and found.likeness is not None and found.pictures >= LEAST_PICTURES:
        for votes in growing(share.count, share.count):
            per_picture = max(1.0, found.per_picture * votes / share.count)
            if _tells(share.value, effective(votes, per_picture, found.likeness), target):
                return Need(votes - share.count, "vote")
    for pictures in growing(share.pictures, max(share.pictures, LEAST_PICTURES)):
        if _tells(share.value, share.effective * pictures / share.pictures, target):
            return Need(pictures - share.pictures, "picture")
    return None


def _tells(value: float, votes: float, target: float) -> bool:
    low, high = wilson_interval(value * votes, votes)
    return low > target or high < target


def growing(now: int, first: int) -> Iterator[int]:
    """The numbers from `first` to at most `MOST_NEEDED` above `now`."""
    # In steps of a twentieth: more exact than that it is not.
    while first <= now + MOST_NEEDED:
        yield first
        first += max(1, first // 20)
