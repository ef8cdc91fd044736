"""Reads copies of a store back into a store: every review and vote once, however often and in what order they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby, islice
from pathlib import Path

from amgan.errors import RequestError, UnknownReviewError
from amgan.reviews.copying.event_line import Cast, Closing, Deletion, Event, Reopening, Turning, from_line, lines_of
from amgan.reviews.store.rows import Turns
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote, check_vote

_AT_ONCE = 1000


@dataclass
class Copied:
    """What the copies hold.

    Attributes:
        reviews: Ids of reviews.
        turnings: When reviews were closed, opened again or deleted.
        votes: Votes by the ids of their review and of their own.
        skipped: How many lines said nothing that the store could take.
    """

    reviews: set[str] = field(default_factory=set)
    turnings: set[Turning] = field(default_factory=set)
    votes: set[tuple[str, str]] = field(default_factory=set)
    skipped: int = 0


def read_back(files: Sequence[Path], store: ReviewStore) -> Copied:
    """Merge the lines of files into a store; what is there already stays.

    A vote may stand in another file than its review, so the reviews come first. Of deleted ones nothing comes back.
    Lines that are malformed, or do not fit their review, are skipped and counted.

    Raises:
        OSError: a file cannot be read.
    """
    copied = Copied()
    for event in _events(files):
        if event is None:
            copied.skipped += 1
        elif isinstance(event, Review):
            try:
                store.merge(event, [])
            except RequestError:  # longer with the fields that it leaves out
                copied.skipped += 1
            else:
                copied.reviews.add(event.id)
        elif isinstance(event, Deletion):
            store.merge_deletion(event.review, event.at)
            copied.turnings.add(event)
    deleted = store.deletions()
    events = (e for e in _events(files) if isinstance(e, (Cast, Closing, Reopening)) and e.review not in deleted)
    while some := list(islice(events, _AT_ONCE)):
        for review_id, of_review in groupby(sorted(some, key=lambda event: event.review), lambda event: event.review):
            _merge(review_id, list(of_review), store, copied)
    return copied


def _merge(review_id: str, events: list[Cast | Closing | Reopening], store: ReviewStore, copied: Copied) -> None:
    try:
        review = store.review(review_id)
    except UnknownReviewError:
        copied.skipped += len(events)
        return
    votes = [event.vote for event in events if isinstance(event, Cast)]
    fitting = [vote for vote in votes if _fits(vote, review)]
    store.merge(review, fitting, _turns(events))
    copied.skipped += len(votes) - len(fitting)
    copied.votes.update((review_id, vote.id) for vote in fitting)
    copied.turnings.update(event for event in events if not isinstance(event, Cast))


def _turns(events: list[Cast | Closing | Reopening]) -> Turns:
    return Turns(
        max((event.at for event in events if isinstance(event, Closing)), default=None),
        max((event.at for event in events if isinstance(event, Reopening)), default=None),
    )


def _events(files: Sequence[Path]) -> Iterator[Event | None]:
    for file in files:
        with file.open("rb") as opened:
            for line in lines_of(opened):
                try:
                    yield from_line(line)
                except RequestError:
                    yield None


def _fits(vote: Vote, review: Review) -> bool:
    try:
        check_vote(vote, review.spec)
    except RequestError:
        return False
    return True


class Filling(Enum):
    """Whether a store holds all that it is going to hold from elsewhere."""

    BEGUN = "begun"
    """It is being read back for the first time."""
    FAILED = "failed"
    """It could not be read back so far, and is tried again."""
    DONE = "done"
    """It was read back once; what is not there is nowhere."""
