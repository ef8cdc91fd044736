"""Revisions of a Hub repository that visitors ask for by link, beside the one that is shown: bounded in what they cost.

Anybody can name a revision. One that is not there is not asked for again at once, and of those that are there the cache
keeps a few.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MISSING_SECONDS = 30.0
"""So long the Hub's word is believed that there is no such revision."""
AWAY_SECONDS = 5.0
"""So long a Hub that did not answer is not asked for odd revisions again."""
MOST_MISSING = 1000
MOST_KEPT = 16
"""Snapshots that visitors' links brought into the cache; a release has up to 2 GB, most have a few MB."""


class OddRevisions:
    """What is known of them. For one thread at a time; only `adopt` may be called by another."""

    def __init__(self, clock: Callable[[], float], forget: Callable[[str], object]) -> None:
        """Start without any.

        Args:
            clock: Seconds that never go back.
            forget: Removes the snapshot of a commit from the cache.
        """
        self._clock = clock
        self._forget = forget
        self._missing: OrderedDict[str, float] = OrderedDict()
        self._away_until = 0.0
        self._kept: OrderedDict[str, None] = OrderedDict()

    @property
    def is_away(self) -> bool:
        """Whether the Hub did not answer a moment ago."""
        return self._clock() < self._away_until

    def is_missing(self, revision: str) -> bool:
        """Whether the Hub said a short while ago that there is no such revision."""
        return self._clock() < self._missing.get(revision, 0.0)

    def note_away(self) -> None:
        """Remember that the Hub did not answer."""
        self._away_until = self._clock() + AWAY_SECONDS

    def note_missing(self, revision: str) -> None:
        """Remember that there is no such revision."""
        self._missing[revision] = self._clock() + MISSING_SECONDS
        self._missing.move_to_end(revision)
        while len(self._missing) > MOST_MISSING:
            self._missing.popitem(last=False)

    def brought(self, commit: str) -> list[str]:
        """A commit came into the cache; those that give way to it, already forgotten there."""
        self._kept[commit] = None
        self._kept.move_to_end(commit)
        gone = []
        while len(self._kept) > MOST_KEPT:
            oldest, _ = self._kept.popitem(last=False)
            self._forget(oldest)
            gone.append(oldest)
        return gone

    def adopt(self, commit: str) -> None:
        """A commit is shown from now on and odd no more."""
        self._kept.pop(commit, None)
