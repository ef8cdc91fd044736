"""How many pictures each caller may ask for in the long run: a token bucket for each."""

from __future__ import annotations

from throttled import MemoryStore, RateLimiterType, Throttled, rate_limiter

from amgan.errors import BusyError

MOST_CALLERS = 100_000
"""Buckets kept; the one not used for longest gives way, and its caller begins with a full one again."""
BURST_SECONDS = 10


class Allowance:
    """Lets so many pictures a second through for each caller."""

    def __init__(self, pictures_per_second: int, largest_call: int) -> None:
        """Make the buckets.

        Args:
            pictures_per_second: For each caller; 0 lets everything through.
            largest_call: Pictures of the largest call, which a full bucket must hold.
        """
        self._limiter: Throttled | None = None
        self._burst = 0
        if pictures_per_second:
            self._burst = max(BURST_SECONDS * pictures_per_second, largest_call)
            self._limiter = Throttled(
                using=RateLimiterType.TOKEN_BUCKET.value,
                quota=rate_limiter.per_sec(pictures_per_second, self._burst),
                store=MemoryStore(options={"MAX_SIZE": MOST_CALLERS}),
            )

    def take(self, caller: str, pictures: int) -> None:
        """Take pictures out of a caller's bucket.

        Raises:
            BusyError: there are not so many in it.
        """
        if self._limiter is None:
            return
        result = self._limiter.limit(caller or "unknown", pictures)
        if result.limited:
            error = BusyError("you have asked for more pictures than this server gives one caller; try again soon")
            error.retry_after = max(1.0, result.state.retry_after)
            raise error

    def give_back(self, caller: str, pictures: int) -> None:
        """Put pictures back that were taken and then not drawn."""
        if self._limiter is not None:
            # A bucket that overflows by it is cut to its size at the next look.
            self._limiter.limiter.limit(caller or "unknown", -pictures)

    def take_at_most_all(self, caller: str, pictures: int) -> None:
        """Take pictures out of a caller's bucket, or what a full one holds if that is less: for what has no parts.

        Raises:
            BusyError: there are not so many in it.
        """
        self.take(caller, min(pictures, self._burst))
