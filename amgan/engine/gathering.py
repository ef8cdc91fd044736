"""How long an idle device waits for callers who come again, so that they are drawn together.

A program that asks for one picture after another has its next one there a moment after it is answered. Of eight such
programs half would be drawn while the other half is being answered, for ever, in batches of four; a device that waits
for that moment draws all eight at once. It learns how many come again and how soon, and never waits longer than is
saved.
"""

from __future__ import annotations

from amgan.engine.batch_cost import BatchCost

LEARNT = 0.25
"""Weight of the last batch in what is known of the callers."""


class Gathering:
    """Watches what is answered and what comes, in pictures. Not safe for threads: its owner holds a lock."""

    def __init__(self) -> None:
        self._answered = 0
        self._answered_at = 0.0
        self._came = 0
        self._came_at = 0.0
        # Nobody is waited for until some have been seen to come again.
        self._share = 0.0
        self._gap = 0.0
        self._idle_since: float | None = None

    def answered(self, pictures: int, now: float) -> None:
        """A batch of so many was answered."""
        if self._answered:
            came = min(self._came, self._answered)
            self._share += LEARNT * (came / self._answered - self._share)
            if came:
                self._gap += LEARNT * ((self._came_at - self._answered_at) / came - self._gap)
        self._answered, self._answered_at, self._came = pictures, now, 0

    def came(self, pictures: int, now: float) -> None:
        """So many were asked for."""
        if self._came < self._answered:
            self._came_at = now
        self._came += pictures

    def patience(self, waiting: int, cost: BatchCost, now: float) -> float:
        """Seconds to wait for more before so many are drawn; 0 if they are to be drawn now.

        Args:
            waiting: Pictures that may be drawn together.
            cost: What their batches take.
            now: Seconds, as in the other calls.
        """
        missing = max(0, min(round(self._share * self._answered) - self._came, cost.limit - waiting))
        saved = cost.saved(waiting, missing)
        if self._gap * missing < saved:
            self._idle_since = now if self._idle_since is None else self._idle_since
            if (left := self._idle_since + saved - now) > 0:
                return left
        self._idle_since = None
        return 0.0
