"""Answers of events that nobody fetches: only so many are kept, and those not for ever.

Gradio keeps the answer of an event, a sheet has some 300 kB, until somebody reads the stream of its session; who only
posts events would fill the memory.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import gradio as gr

MOST_OF_SESSION, MOST_OF_ADDRESS, MOST = 16, 64, 512
"""Events at once whose answers are not fetched yet. A page that opens posts some eight, and reads all of them."""
KEPT_SECONDS = 60.0


@dataclass
class _Session:
    address: str
    events: int
    readers: int
    since: float


class UnfetchedAnswers:
    """Counts the events of sessions whose answers were not fetched, and forgets the answers after a while."""

    def __init__(self, page: gr.Blocks, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with none.

        Args:
            page: Whose answers they are.
            clock: Seconds.
        """
        self._page = page
        self._clock = clock
        self._sessions: dict[str, _Session] = {}
        self._of_address: Counter[str] = Counter()

    def has_room(self, address: str, session: str = "") -> bool:
        """Whether one more event may come from an address, and for a session if it is known yet."""
        self._forget_old()
        known = self._sessions.get(session)
        return (
            (known is None or known.events < MOST_OF_SESSION)
            and self._of_address[address] < MOST_OF_ADDRESS
            and self._of_address.total() < MOST
        )

    def add(self, session: str, address: str) -> None:
        """An event was taken for a session."""
        known = self._sessions.setdefault(session, _Session(address, 0, 0, 0.0))
        known.events += 1
        known.since = self._clock()
        self._of_address[known.address] += 1

    @contextlib.contextmanager
    def reading(self, session: str) -> Iterator[None]:
        """Within, somebody reads the answers of a session."""
        known = self._sessions.get(session)
        if known is None:
            yield
            return
        known.readers += 1
        try:
            yield
        finally:
            known.readers -= 1
            known.since = self._clock()
            if not known.readers and not self._page._queue.pending_event_ids_session.get(session):
                self._forget(session)

    def _forget_old(self) -> None:
        """Of sessions that nobody reads, and for which nothing is at work any more."""
        old = self._clock() - KEPT_SECONDS
        late = [name for name, known in self._sessions.items() if not known.readers and known.since < old]
        if late:
            at_work = {event.session_hash for event in self._page._queue.event_ids_to_events.values()}
            for session in late:
                if session not in at_work:
                    self._forget(session)

    def _forget(self, session: str) -> None:
        known = self._sessions.pop(session, None)
        if known is not None:
            self._of_address[known.address] -= known.events
            self._of_address += Counter()  # addresses of none go
        # Gradio lets go of neither by itself.
        self._page._queue.pending_messages_per_session.pop(session, None)
        self._page._queue.pending_event_ids_session.pop(session, None)
