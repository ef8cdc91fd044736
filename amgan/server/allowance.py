"""How many pictures each caller may ask for in the long run: a token bucket for each.

Several servers may share the buckets, in Redis. While that does not answer, each counts for itself: callers then have
the allowance once for each server, which harms less than to refuse them all or to let everything through.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from throttled import BaseStore, MemoryStore, RateLimiterType, RateLimitResult, RedisStore, Throttled, rate_limiter
from throttled.exceptions import StoreUnavailableError

from amgan.errors import BusyError, ConfigError, one_line

logger = logging.getLogger(__name__)

MOST_CALLERS = 100_000
"""Buckets kept here; the one not used for longest gives way, and its caller begins with a full one again."""
BURST_SECONDS = 10

VARIABLE = "AMGAN_LIMITS"
SCHEMES = ("redis://", "rediss://")
INSTALL = "pip install 'throttled-py[redis]>=3.5,<4'"
ANSWER_SECONDS = 0.5
"""So long Redis is waited for; in a network of its own it takes a thousandth of that."""
AWAY_SECONDS = 5.0
"""After an answer that did not come it is left alone for so long."""


class Allowance:
    """Lets so many pictures a second through for each caller."""

    def __init__(self, pictures_per_second: int, largest_call: int, shared: str | None = None) -> None:
        """Make the buckets.

        Args:
            pictures_per_second: For each caller; 0 lets everything through.
            largest_call: Pictures of the largest call, which a full bucket must hold.
            shared: Address of the Redis that holds the buckets of several servers; None for those of this one. A
                password in it is never shown.

        Raises:
            ConfigError: it is no such address, does not answer, or its driver is not installed.
        """
        self._own: Throttled | None = None
        self._shared: Throttled | None = None
        self._burst = 0
        self._away_until = 0.0
        # Of its own: in those that all share, votes and jobs may be waiting for their database.
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="limits")
        store = None if shared is None else _redis(shared)
        if pictures_per_second:
            self._burst = max(BURST_SECONDS * pictures_per_second, largest_call)
            quota = rate_limiter.per_sec(pictures_per_second, self._burst)
            limited = partial(Throttled, using=RateLimiterType.TOKEN_BUCKET.value, quota=quota, key_prefix="amgan")
            self._own = limited(store=MemoryStore(options={"MAX_SIZE": MOST_CALLERS}))
            self._shared = None if store is None else limited(store=store)

    def take(self, caller: str, pictures: int) -> None:
        """Take pictures out of a caller's bucket.

        Raises:
            BusyError: there are not so many in it.
        """
        result = self._count(caller, pictures)
        if result is not None and result.limited:
            problem = "you have asked for more pictures than this server gives one caller; try again soon"
            raise BusyError(problem, max(1.0, result.state.retry_after))

    def give_back(self, caller: str, pictures: int) -> None:
        """Put pictures back that were taken and then not drawn."""
        # A bucket that overflows by it is cut to its size at the next look.
        self._count(caller, -pictures)

    async def take_soon(self, caller: str, pictures: int) -> None:
        """`take`, which holds up nobody else while Redis is asked."""
        await self._elsewhere(self.take, caller, pictures)

    async def give_back_soon(self, caller: str, pictures: int) -> None:
        """`give_back`, likewise."""
        await self._elsewhere(self.give_back, caller, pictures)

    async def take_at_most_all(self, caller: str, pictures: int) -> None:
        """Take pictures out of a caller's bucket, or what a full one holds if that is less: for what has no parts.

        Raises:
            BusyError: there are not so many in it.
        """
        await self.take_soon(caller, min(pictures, self._burst))

    async def _elsewhere(self, work: Callable[[str, int], None], caller: str, pictures: int) -> None:
        if self._shared is None:
            work(caller, pictures)
        else:
            await asyncio.get_running_loop().run_in_executor(self._threads, work, caller, pictures)

    def _count(self, caller: str, pictures: int) -> RateLimitResult | None:
        """Take pictures out of a bucket, or put them back if there are less than none; None without buckets."""
        caller = caller or "unknown"
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                result = self._shared.limiter.limit(caller, pictures)
            except StoreUnavailableError as error:
                if not self._away_until:
                    logger.warning("Redis does not answer (%s); each server counts for itself", _reason(error))
                self._away_until = time.monotonic() + AWAY_SECONDS
            else:
                if self._away_until:
                    logger.warning("Redis answers again; all servers count together")
                self._away_until = 0.0
                return result
        return None if self._own is None else self._own.limiter.limit(caller, pictures)


def _redis(address: str) -> BaseStore:
    """The store at an address.

    Raises:
        ConfigError: there is none.
    """
    name = _named(address)
    try:
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise ConfigError(f"{VARIABLE} needs one more package: {INSTALL}") from error
    options = {
        "SOCKET_TIMEOUT": ANSWER_SECONDS,
        "SOCKET_CONNECT_TIMEOUT": ANSWER_SECONDS,
        "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 1)},  # once: a connection of long ago may be gone
        "REUSE_CONNECTION": False,
    }
    try:
        store = RedisStore(address, options)
        store.exists("amgan")
    except StoreUnavailableError as error:
        raise ConfigError(f"{VARIABLE}: {name:.100} does not answer ({_reason(error):.300})") from error
    return store


def _named(address: str) -> str:
    """An address without its user and password."""
    try:
        parts = urlsplit(address)
        if address.startswith(SCHEMES) and parts.hostname and re.fullmatch(r"(/\d*)?", parts.path):
            return f"{parts.scheme}://{parts.hostname}:{parts.port or 6379}{parts.path}"
    except ValueError:
        pass  # its own words quote the address, with the password
    # Not from an error of the library, which would say more.
    raise ConfigError(f"{VARIABLE} must be the address of a Redis, redis://:password@host:port/number")


def _reason(error: StoreUnavailableError) -> str:
    return one_line(error.__cause__ or error)
