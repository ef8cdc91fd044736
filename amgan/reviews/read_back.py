"""Reads copies of a store back into a store: every review and vote once, however often and in what order they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from pathlib import Path

from amgan.errors import RequestError, UnknownReviewError
from amgan.reviews.event_line import Cast, Closing, Event, from_line, lines_of
from amgan.reviews.review_store import Review, ReviewStore
from amgan.reviews.vote import Vote, check_vote

_AT_ONCE = 1000


@dataclass
class Copied:
    """What the copies hold.

    Attributes:
        reviews: Ids of reviews.
        closed: Ids of reviews of which the end is there too.
        votes: Votes by the ids of their review and of their own.
        skipped: How many lines said nothing that the store could take.
    """

    reviews: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    votes: set[tuple[str, str]] = field(default_factory=set)
    skipped: int = 0


def read_back(files: Sequence[Path], store: ReviewStore) -> Copied:
    """Merge the lines of files into a store; what is there already stays.

    A vote may stand in another file than its review, so the reviews come first. Lines that are malformed, or do not
    fit their review, are skipped and counted.

    Raises:
        OSError: a file cannot be read.
    """
    copied = Copied()
    for event in _events(files):
        if event is None:
            copied.skipped += 1
        elif isinstance(event, Review):
            store.merge(event, [])
            copied.reviews.add(event.id)
    events = (event for event in _events(files) if isinstance(event, (Cast, Closing)))
    while some := list(islice(events, _AT_ONCE)):
        for review_id, of_review in groupby(sorted(some, key=lambda event: event.review), lambda event: event.review):
            _merge(review_id, list(of_review), store, copied)
    return copied


def _merge(review_id: str, events: list[Cast | Closing], store: ReviewStore, copied: Copied) -> None:
    try:
        review = store.review(review_id)
    except UnknownReviewError:
        copied.skipped += len(events)
        return
    votes = [event.vote for event in events if isinstance(event, Cast)]
    fitting = [vote for vote in votes if _fits(vote, review)]
    closings = [event.at for event in events if isinstance(event, Closing)]
    store.merge(replace(review, closed=min(closings, default=None)), fitting)
    copied.skipped += len(votes) - len(fitting)
    copied.votes.update((review_id, vote.id) for vote in fitting)
    if closings:
        copied.closed.add(review_id)


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
