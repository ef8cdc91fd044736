"""What takes long, for coroutines: in threads of its own, few at a time, and once for all who want the same."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from amgan.errors import BusyError

T = TypeVar("T")

MOST_LOADING = 8
"""So many models are fetched or loaded at once; each is a thread, which may wait for the Hub."""


class Loadings(Generic[T]):
    """Those that are under way, for the coroutines of any event loop."""

    def __init__(self, most: int = MOST_LOADING) -> None:
        self._most = most
        self._running: dict[Hashable, asyncio.Future[T]] = {}

    async def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """What `load` gives, in a thread; who asks for a key that is being loaded waits for that one.

        Raises:
            BusyError: too many others are being loaded.
        """
        loop = asyncio.get_running_loop()
        running = self._running.get((loop, key))
        if running is None:
            if len(self._running) >= self._most:
                raise BusyError("too many models are being loaded; try again soon")
            running = self._running[loop, key] = in_thread(load)
            running.add_done_callback(lambda done: self._running.pop((loop, key)))
        # One who gives up does not stop the loading that others wait for.
        return await asyncio.shield(running)


def in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Do something in a thread of its own, which does not hold up the end of the program as a pool's threads would."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]
        else:
            future.set_exception(error)
            future.exception()  # known, even if nobody waits any more

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="loading", daemon=True).start()
    return future
