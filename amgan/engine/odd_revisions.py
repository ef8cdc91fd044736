"""Revisions of a Hub repository that visitors ask for by link, beside the one that is shown: what they cost the Hub.

Anybody can name a revision. One that is not there is not asked for again at once, and a Hub that did not answer is left
alone for a moment.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MISSING_SECONDS = 30.0
"""So long the Hub's word is believed that there is no such revision."""
AWAY_SECONDS = 5.0
"""So long a Hub that did not answer is not asked for odd revisions again."""
MOST_MISSING = 1000


class OddRevisions:
    """What the Hub said of them. For one thread at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start without any.

        Args:
            clock: Seconds that never go back.
        """
        self._clock = clock
        self._missing: OrderedDict[str, float] = OrderedDict()
        self._away_until = 0.0

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
