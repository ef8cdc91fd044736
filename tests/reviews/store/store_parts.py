"""What the tests of the store share: a clock and votes."""

from __future__ import annotations

from amgan.reviews.vote import Vote

NOON = 1_700_000_000.0


class Clock:
    """A clock that tests put forward."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def vote(number: int, verdict: str = "keep", item: int = 0, reviewer: str = "reviewer-1", **rest: object) -> Vote:
    return Vote(f"vote-{number:04}", item, reviewer, verdict, **rest)  # type: ignore[arg-type]
