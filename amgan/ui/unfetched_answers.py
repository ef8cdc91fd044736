"""Answers of events that nobody fetches: only so many are kept, and those not for ever.

Gradio keeps the answer of an event, a sheet has some 300 kB, until somebody reads the stream of its session; who only
posts events would fill the memory.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import gradio as gr

MOST_OF_SESSION, MOST_OF_ADDRESS, MOST = 64, 64, 128
"""Answers at once that are not fetched yet, some 40 MB. A page that opens asks for eight, and reads each at once."""
KEPT_SECONDS = 60.0
NONE = -1
"""Fewer than any number of answers: sessions without one are forgotten, too."""


@dataclass
class _Session:
    address: str
    since: float
    readers: int = 0


class UnfetchedAnswers:
    """Counts the answers that sessions have not fetched, and forgets those that nobody comes for.

    When there are too many, the sessions that have waited longest without a reader make room, so that whoever only
    posts events loses his own answers and shuts nobody out.
    """

    def __init__(self, page: gr.Blocks, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with none.

        Args:
            page: Whose answers they are.
            clock: Seconds.
        """
        self._queue = page._queue
        self._clock = clock
        # In the order of their last event.
        self._sessions: dict[str, _Session] = {}

    def has_room(self, address: str, session: str = "") -> bool:
        """Whether one more event may come from an address, and for a session if it is known yet."""
        old = self._clock() - KEPT_SECONDS
        self._forget([name for name, known in self._sessions.items() if known.since < old], NONE)
        of_address = [name for name, known in self._sessions.items() if known.address == address]
        return (
            self._count([session]) < MOST_OF_SESSION
            and self._forget(of_address, MOST_OF_ADDRESS - 1)
            and self._forget(list(self._sessions), MOST - 1)
        )

    def add(self, session: str, address: str) -> None:
        """An event was taken for a session."""
        known = self._sessions.pop(session, None) or _Session(address, 0.0)
        known.since = self._clock()
        self._sessions[session] = known

    def is_asked(self, session: str) -> bool:
        """Whether a session waits for anything."""
        return bool(self._queue.pending_event_ids_session.get(session))

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
            # Each call of an endpoint is a session: what is over is not looked through at every later one.
            if not (known.readers or self.is_asked(session)):
                self._drop(session)

    def _count(self, sessions: Iterable[str]) -> int:
        """Answers that were not fetched.

        Gradio takes an event from the one set when it is answered, and from the other when the answer is read.
        """
        pending, at_work = self._queue.pending_event_ids_session, self._queue.event_ids_to_events
        return sum(len(pending.get(session, set()) - at_work.keys()) for session in sessions)

    def _forget(self, sessions: list[str], most: int) -> bool:
        """Forget the first of some sessions until they have at most so many answers; False if that cannot be.

        Sessions that somebody reads stay, and those for which something is at work, which would find no place for its
        answer.
        """
        count = self._count(sessions)
        if count > most:
            at_work = {event.session_hash for event in self._queue.event_ids_to_events.values()}
            for session in sessions:
                if count <= most:
                    break
                if not self._sessions[session].readers and session not in at_work:
                    count -= self._count([session])
                    self._drop(session)
        return count <= most

    def _drop(self, session: str) -> None:
        self._sessions.pop(session, None)
        # Gradio lets go of neither by itself.
        self._queue.pending_messages_per_session.pop(session, None)
        self._queue.pending_event_ids_session.pop(session, None)
