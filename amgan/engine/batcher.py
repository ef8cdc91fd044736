"""The batcher: one thread for each device draws for everybody, as many pictures at once as happen to be waiting."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Protocol, cast
from weakref import WeakKeyDictionary

import torch

from amgan.engine.batch_cost import BatchCost, architecture, measured_cost
from amgan.engine.fair_queue import FairQueue, Share
from amgan.engine.gathering import Gathering
from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.engine.ticket import Ticket, cut, merged, resolve_all
from amgan.errors import BusyError
from amgan.sampling.recipes import Points, Rendered, render_points
from amgan.sampling.rendering import Renderer

logger = logging.getLogger(__name__)

QUEUE_PICTURES = 8192
MOST_MEASURED = 100
"""What batches of so many architectures cost is kept."""


class Observer(Protocol):
    """Is told what a batcher does; called from its threads."""

    def batch_done(self, pictures: int, seconds: float, waits: Sequence[float]) -> None:
        """A batch was drawn in so many seconds; its items had waited so many."""
        ...

    def batch_failed(self) -> None:
        """A batch could not be drawn."""
        ...


class Unobserved:
    """An observer that keeps nothing."""

    def batch_done(self, pictures: int, seconds: float, waits: Sequence[float]) -> None:
        """See `Observer`."""

    def batch_failed(self) -> None:
        """See `Observer`."""


class Batcher:
    """Draws points on one or several devices.

    While a device is busy the next batch gathers by itself; see `Gathering` for how long an idle one waits. A batch is
    split and merged at the largest size that pays, measured once for an architecture, and the renderer pads it to the
    sizes it has proven.
    """

    def __init__(
        self,
        devices: Sequence[torch.device] | None = None,
        capacity: int = QUEUE_PICTURES,
        observer: Observer | None = None,
    ) -> None:
        """Start the threads.

        Args:
            devices: A thread for each; None for one, on whatever device the renderers are.
            capacity: Pictures that may wait before callers are refused.
            observer: Is told of every batch.
        """
        self._queue = FairQueue[Ticket](capacity)
        self._condition = threading.Condition()
        self._observer = observer or Unobserved()
        self._gathering = Gathering()
        self._costs: WeakKeyDictionary[Renderer, BatchCost] = WeakKeyDictionary()
        # Outlives the renderers: a model that left memory and comes back must not stop everyone for a second again.
        self._measured = SingleFlightLRU[BatchCost](MOST_MEASURED)
        self._rate = 0.0
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, args=(device,), name=f"device-{number}", daemon=True)
            for number, device in enumerate(devices or [None])
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Pictures in the queue that somebody waits for, those in the background left out."""
        with self._condition:
            self._queue.purge(Ticket.is_wanted)
            return len(self._queue)

    def submit(
        self, renderer: Renderer, points: Points, caller: str, admitted: bool, to_come: int = 0
    ) -> asyncio.Future[Rendered]:
        """Queue points from a coroutine; to cancel the future takes back what was not drawn yet.

        Args:
            renderer: The model's nets.
            points: What is to be drawn.
            caller: Whose it is.
            admitted: They belong to a request that was let in before.
            to_come: Pictures that its request will ask for later; room is kept for them until `release`.

        Raises:
            BusyError: too much is waiting.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Rendered] = loop.create_future()
        self._put(Ticket(renderer, points, future, loop), caller, admitted=admitted, to_come=to_come)
        return future

    def release(self, to_come: int) -> None:
        """Give back the room that was kept for a request which is over."""
        with self._condition:
            self._queue.release(to_come)

    def submit_in_background(self, renderer: Renderer, points: Points) -> concurrent.futures.Future[Rendered]:
        """Queue points from any thread, to be drawn when nobody waits."""
        future: concurrent.futures.Future[Rendered] = concurrent.futures.Future()
        self._put(Ticket(renderer, points, future, None), "", background=True)
        return future

    def close(self) -> None:
        """Stop the threads after the batches they are at; what still waits gets a BusyError."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join()
        error = BusyError("the server is stopping; try again soon")
        left = []
        while shares := self._queue.take(lambda group: 1_000_000, Ticket.is_wanted):
            for share in shares:
                share.item.error = error
                left.append(share.item)
        resolve_all(left)

    def _put(
        self, ticket: Ticket, caller: str, background: bool = False, admitted: bool = False, to_come: int = 0
    ) -> None:
        if not len(ticket.points):
            # Nothing for the device to do, but the answer has the model's shapes.
            ticket.answer = render_points(ticket.renderer, ticket.points)
            ticket.resolve()
            return
        with self._condition:
            try:
                if self._stopping:
                    raise BusyError("the server is stopping; try again soon")
                count, group = len(ticket.points), ticket.group
                self._queue.put(ticket, count, group, caller, background, admitted, to_come, Ticket.is_wanted)
            except BusyError as error:
                rate = len(self._threads) * self._rate
                error.retry_after = max(1.0, len(self._queue) / rate) if rate else None
                raise
            if not background:
                self._gathering.came(count, time.perf_counter())
            self._condition.notify()

    def _work(self, device: torch.device | None) -> None:
        renderers: WeakKeyDictionary[Renderer, Renderer] = WeakKeyDictionary()
        while True:
            shares: list[Share[Ticket]] = []
            try:
                with self._condition:
                    self._condition.wait_for(lambda: self._stopping or not self._queue.is_empty)
                    while not self._stopping and (seconds := self._patience()):
                        self._condition.wait(seconds)
                    if self._stopping:
                        return
                    shares = self._queue.take(self._limit_of, Ticket.is_wanted)
                    if not self._queue.is_empty:
                        # One call woke one thread, but may have brought work for several.
                        self._condition.notify()
                if shares:
                    self._draw(shares, device, renderers)
            except BaseException as error:
                # Without this thread nobody would draw here, and who waits would wait for ever.
                logger.exception("drawing met what nobody thought of")
                for share in shares:
                    share.item.error = error
                resolve_all([share.item for share in shares])

    def _cost_of(self, group: Hashable) -> BatchCost | None:
        return self._costs.get(cast(tuple[Renderer, str, bool], group)[0])

    def _limit_of(self, group: Hashable) -> int:
        cost = self._cost_of(group)
        return cost.limit if cost else 1

    def _patience(self) -> float:
        """Seconds to wait for more of what waits now, with the lock held."""
        group = self._queue.only_group
        cost = None if group is None else self._cost_of(group)
        return self._gathering.patience(len(self._queue), cost, time.perf_counter()) if cost else 0.0

    def _draw(
        self, shares: list[Share[Ticket]], device: torch.device | None, copies: WeakKeyDictionary[Renderer, Renderer]
    ) -> None:
        started = time.perf_counter()
        tickets = [share.item for share in shares]
        try:
            own = tickets[0].renderer
            renderer = own
            if device is not None and (device != own.device or len(self._threads) > 1):
                if own not in copies:
                    copies[own] = own.on(device)
                renderer = copies[own]
            if own not in self._costs:
                self._costs[own] = self._measured.get(architecture(renderer), partial(measured_cost, renderer))
            rendered = render_points(renderer, merged(shares))
        except BaseException as error:
            if len(shares) > 1:
                # Only the one that is at fault, or too large for the device together with others, shall fail.
                for share in shares:
                    self._draw([share], device, copies)
                return
            logger.exception("a batch could not be drawn")
            self._tell(self._observer.batch_failed)
            tickets[0].error = error
            resolve_all(tickets)
            return
        done, start = [], 0
        with self._condition:  # another device may draw of the same tickets
            for share in shares:
                stop = start + share.stop - share.start
                ticket = share.item
                ticket.parts[share.start] = cut(rendered, start, stop)
                ticket.drawn += stop - start
                start = stop
                if ticket.drawn == len(ticket.points):
                    done.append(ticket)
            self._gathering.answered(sum(len(ticket.points) for ticket in done if ticket.loop), time.perf_counter())
        for ticket in done:
            ticket.join()
        resolve_all(done)
        seconds = time.perf_counter() - started
        self._rate = start / seconds if not self._rate else 0.9 * self._rate + 0.1 * start / seconds
        waits = [started - ticket.queued_at for ticket in tickets]
        self._tell(lambda: self._observer.batch_done(start, seconds, waits))

    def _tell(self, observation: Callable[[], None]) -> None:
        try:
            observation()
        except Exception:
            # Whoever counts must not stop the device.
            logger.exception("the batcher's observer failed")
