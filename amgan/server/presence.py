"""Nothing is drawn for a client that has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

T = TypeVar("T")

PATIENCE_SECONDS = 0.2
"""Only who waits longer is watched: to watch costs as much as to answer."""


class ClientGoneError(Exception):
    """Nobody is there any more to take the answer."""


async def while_present(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do the work, unless the client hangs up before it is done.

    Raises:
        ClientGoneError: it did; the work was cancelled.
    """
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    watcher: asyncio.Task[None] | None = None
    gone = False

    async def cancel_when_gone() -> None:
        nonlocal gone
        while (await request.receive())["type"] != "http.disconnect":
            pass
        gone = True
        if task is not None:
            task.cancel()

    def watch() -> None:
        nonlocal watcher
        watcher = loop.create_task(cancel_when_gone())

    timer = loop.call_later(PATIENCE_SECONDS, watch)
    try:
        return await work
    except asyncio.CancelledError as cancelled:
        if not gone:
            raise
        if task is not None and hasattr(task, "uncancel"):  # Python 3.11 counts
            task.uncancel()
        raise ClientGoneError from cancelled
    finally:
        timer.cancel()
        if watcher is not None:
            watcher.cancel()
