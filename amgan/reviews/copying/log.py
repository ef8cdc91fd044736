"""Writes what is new in a store to append-only files of lines, which a copy of the store consists of."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from amgan.errors import UnknownReviewError
from amgan.private_files import open_private
from amgan.reviews.copying.event_line import Cast, Closing, Deletion, Event, Reopening, Turning, to_line
from amgan.reviews.copying.read_back import Copied
from amgan.reviews.store.store import ReviewStore

FILE_BYTES = 1_000_000
"""A file that has reached this is left alone, because one that grew is uploaded whole again."""
APPEND_BYTES = 20_000_000
"""About so much is written at most at once: one commit is made of it."""
_AT_ONCE = 1000


class VoteLog:
    """The files of one process; several processes may copy one store, each to files of its own.

    Used by one thread at a time.
    """

    def __init__(self, store: ReviewStore, folder: Path, copied: Copied) -> None:
        """Begin a log.

        Args:
            store: What is copied.
            folder: Where its files are written; it is there.
            copied: What other files hold already, which is not written again. Its votes are forgotten once no longer
                needed.
        """
        self._store = store
        self._folder = folder
        self._copied = copied
        self._number = 0
        self._name = uuid4().hex
        self._part = 0

    def append_new(self) -> bool:
        """Write what is not written yet, of very much only a part.

        Returns:
            Whether there was anything.

        Raises:
            OSError: it could not be written; the next call writes it again.
        """
        written = 0
        while written < APPEND_BYTES:
            # In this order: a vote that is there has its review there.
            votes = self._store.votes_after(self._number, _AT_ONCE)
            for event in self._new_reviews():
                written += self._write(event)
            written += sum(
                self._write(Cast(review, vote))
                for _, review, vote in votes
                if (review, vote.id) not in self._copied.votes
            )
            self._number = votes[-1][0] if votes else self._number
            if len(votes) < _AT_ONCE:
                self._copied.votes.clear()  # all later ones are new
                break
        return written > 0

    def _new_reviews(self) -> Iterator[Event]:
        for review_id in self._store.turns():
            if review_id not in self._copied.reviews:
                with contextlib.suppress(UnknownReviewError):  # deleted just now
                    yield self._store.review(review_id)
                    self._copied.reviews.add(review_id)
        for turning in self._turnings():
            if turning not in self._copied.turnings:
                yield turning
                self._copied.turnings.add(turning)

    def _turnings(self) -> Iterator[Turning]:
        for review_id, turns in self._store.turns().items():
            if turns.closed is not None:
                yield Closing(review_id, turns.closed)
            if turns.reopened is not None:
                yield Reopening(review_id, turns.reopened)
        for review_id, at in self._store.deletions().items():
            yield Deletion(review_id, at)

    def _write(self, event: Event) -> int:
        line = to_line(event)
        try:
            with open_private(self._folder / f"{self._name}-{self._part:04}.jsonl", "ab") as file:
                file.write(line)
                size = file.tell()
        except OSError:
            self._part += 1  # this one may end in half a line
            raise
        if size >= FILE_BYTES:
            self._part += 1
        return len(line)
