"""Points on their way through the batcher: whose they are, what is drawn of them, and how the answer gets back."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import time
from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import torch

from amgan.engine.fair_queue import Share
from amgan.sampling.recipes import Points, Rendered
from amgan.sampling.rendering import Renderer

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Ticket:
    """Points of one caller, on their way to becoming pictures.

    Attributes:
        renderer: The nets of their model.
        points: What is to be drawn.
        future: Whoever asked waits for it.
        loop: The event loop of an asyncio future; None for another one.
        queued_at: When it came, on the clock of `time.perf_counter`.
        parts: What is drawn of it, by its first row.
        drawn: How many pictures that are.
        answer: All of them, once they are put together.
        error: Why there is no answer.
    """

    renderer: Renderer
    points: Points
    future: asyncio.Future[Rendered] | concurrent.futures.Future[Rendered]
    loop: asyncio.AbstractEventLoop | None
    queued_at: float = field(default_factory=time.perf_counter)
    parts: dict[int, Rendered] = field(default_factory=dict)
    drawn: int = 0
    answer: Rendered | None = None
    error: BaseException | None = None

    @property
    def group(self) -> Hashable:
        """Tickets of equal groups may be drawn together."""
        points = self.points
        return self.renderer, points.precision or self.renderer.precision, points.judged

    def is_wanted(self) -> bool:
        """Whether somebody still waits for it."""
        return not self.future.cancelled() and self.error is None

    def join(self) -> None:
        """Put the answer together, in the thread that drew the last of it: for the event loop it would be long."""
        try:
            self.answer = _joined([part for _, part in sorted(self.parts.items())])
        except BaseException as error:  # such as no memory
            logger.exception("pictures could not be put together")
            self.error = error

    def resolve(self) -> None:
        """Give the answer to who waits for it, in the thread where the future lives."""
        # It may be cancelled between the look and the answer.
        with contextlib.suppress(asyncio.InvalidStateError, concurrent.futures.InvalidStateError):
            if self.future.done():
                return
            if self.error is not None:
                self.future.set_exception(self.error)
            elif self.answer is not None:
                self.future.set_result(self.answer)


def merged(shares: list[Share[Ticket]]) -> Points:
    """The points of several shares of one group, as one batch."""
    first = shares[0].item.points
    if len(shares) == 1 and shares[0].stop - shares[0].start == len(first):
        return first
    latents = torch.cat([share.item.points.latents[share.start : share.stop] for share in shares])
    classes = None
    if first.classes is not None:
        parts = [share.item.points.classes for share in shares]
        classes = torch.cat([part[share.start : share.stop] for part, share in zip(parts, shares) if part is not None])
    return Points(latents, classes, first.precision, first.judged)


def cut(rendered: Rendered, start: int, stop: int) -> Rendered:
    """Rows `start` to `stop` - 1 of a batch."""
    if start == 0 and stop == len(rendered.pictures):
        return rendered
    rows = slice(start, stop)
    return Rendered(rendered.pictures[rows], rendered.class_probabilities[rows], rendered.real_probability[rows])


def _joined(parts: list[Rendered]) -> Rendered:
    if len(parts) == 1:
        return parts[0]
    return Rendered(
        np.concatenate([part.pictures for part in parts]),
        np.concatenate([part.class_probabilities for part in parts]),
        np.concatenate([part.real_probability for part in parts]),
    )


def resolve_all(tickets: list[Ticket]) -> None:
    """Answer the tickets, with one call into each event loop, however many of its callers wait."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[Ticket]] = {}
    for ticket in tickets:
        by_loop.setdefault(ticket.loop, []).append(ticket)
    for loop, of_loop in by_loop.items():
        if loop is None:
            _resolve_each(of_loop)
        elif not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # closed just now
                loop.call_soon_threadsafe(_resolve_each, of_loop)


def _resolve_each(tickets: list[Ticket]) -> None:
    for ticket in tickets:
        ticket.resolve()
