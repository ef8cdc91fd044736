"""The numbers that are tried when it is asked how many more votes, pictures or pairs would settle something."""

from __future__ import annotations

from collections.abc import Iterator

MOST_NEEDED = 500
"""Nobody collects more than that to tell a small difference."""


def growing(now: int, first: int) -> Iterator[int]:
    """The numbers from `first` to at most `MOST_NEEDED` above `now`."""
    # In steps of a twentieth: more exact than that it is not.
    while first <= now + MOST_NEEDED:
        yield first
        first += max(1, first // 20)
