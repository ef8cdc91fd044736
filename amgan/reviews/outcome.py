"""What a share of votes means against a target, or against the other side of a pair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from amgan.reviews.wilson import Share, wilson_interval

EVEN = 0.5
"""Share of choices at which neither side of the pairs is ahead."""
MOST_VOTES = 500
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
        certain: Whether the whole interval lies on that side of the target.
    """

    so_far: bool
    certain: bool

    @property
    def state(self) -> State:
        """In one of three words."""
        if not self.certain:
            return State.OPEN
        return State.MET if self.so_far else State.NOT_MET


class Winner(Enum):
    """Which side of the pairs is preferred."""

    A = "a"
    B = "b"
    NEITHER = "neither"


def outcome(share: Share, target: float) -> Outcome:
    """Compare a share with the target, from 0 to 1, and its interval as well."""
    so_far = share.value >= target
    return Outcome(so_far, share.low >= target if so_far else share.high < target)


def every(outcomes: Iterable[Outcome | None]) -> State:
    """Whether a target for every class is met; None stands for a class without votes.

    One class that certainly misses it decides.
    """
    states = [one.state if one is not None else State.OPEN for one in outcomes]
    if State.NOT_MET in states:
        return State.NOT_MET
    return State.OPEN if State.OPEN in states or not states else State.MET


def winner(for_b: Share | None) -> Winner:
    """Who wins, given the share of choices for the second side; neither while the interval holds one half."""
    if for_b is None or for_b.low <= EVEN <= for_b.high:
        return Winner.NEITHER
    return Winner.B if for_b.low > EVEN else Winner.A


def votes_to_tell(share: Share, target: float) -> int | None:
    """How many more votes would settle on which side of the target a share is, if it stays as it is.

    None if the share is so near that more than `MOST_VOTES` would be needed.
    """
    total = share.count
    while total <= MOST_VOTES:
        low, high = wilson_interval(round(share.value * total), total)
        if low > target or high < target:
            return total - share.count
        # In steps of a twentieth: more exact than that it is not.
        total += max(1, total // 20)
    return None
