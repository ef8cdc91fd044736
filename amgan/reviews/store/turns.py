"""When a review was closed and opened again, and how copies of that are merged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Turns:
    """When a review was last closed and last opened again, in seconds since 1970; the later one counts.

    Attributes:
        closed: The last closing, or None.
        reopened: The last reopening, or None.
    """

    closed: float | None = None
    reopened: float | None = None

    @property
    def closed_since(self) -> float | None:
        """When it was closed, or None while it takes votes. At the same time the closing counts."""
        return self.closed if self.closed is not None and self.closed >= (self.reopened or 0.0) else None

    def with_later(self, other: Turns) -> Turns:
        """The later ones of both: the same in whatever order copies are merged."""
        return Turns(_later(self.closed, other.closed), _later(self.reopened, other.reopened))


def _later(one: float | None, other: float | None) -> float | None:
    return max((time for time in (one, other) if time is not None), default=None)
