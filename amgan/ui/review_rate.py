"""How many reviews one address may make: in all languages of the page together."""

from __future__ import annotations

import math

from throttled import MemoryStore, RateLimiterType, Throttled, rate_limiter

from amgan.errors import BusyError
from amgan.reviews.text import count

PER_HOUR = 30
"""So many by one address; an office has one for all who sit there."""
MOST_ADDRESSES = 100_000
"""Kept in memory; the one not used for longest gives way."""


class ReviewRate:
    """Lets so many reviews through for each address: at once, and then as many again in an hour."""

    def __init__(self, per_hour: int = PER_HOUR) -> None:
        self._per_hour = per_hour
        self._limiter = Throttled(
            using=RateLimiterType.TOKEN_BUCKET.value,
            quota=rate_limiter.per_hour(per_hour, per_hour),
            store=MemoryStore(options={"MAX_SIZE": MOST_ADDRESSES}),
        )

    def take(self, address: str) -> None:
        """Count one more.

        Raises:
            BusyError: the address has made its share.
        """
        result = self._limiter.limit(address or "unknown")
        if result.limited:
            wait = max(1.0, result.state.retry_after)
            raise BusyError(
                f"from here more than {self._per_hour} reviews in an hour were made; "
                f"there is room for another in {count(math.ceil(wait / 60), 'minute')}",
                wait,
            )
