"""Reviews and their votes, in one SQLite file with nothing to set up or in a database: an acknowledged vote is kept."""

from __future__ import annotations

import hmac
import math
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import RequestError, ReviewClosedError, UnknownReviewError
from amgan.reviews.review_spec import ReviewSpec
from amgan.reviews.store.guesses import GuessStore
from amgan.reviews.store.limits import ReviewLimits
from amgan.reviews.store.rows import (
    ReviewRow,
    Turns,
    all_turns,
    burials,
    bury,
    count_last,
    has_review,
    insert_review,
    insert_votes,
    is_buried,
    last_time,
    review_row,
    review_rows,
    turn,
    turns_of,
    vote_row,
    vote_rows,
    vote_rows_after,
)
from amgan.reviews.store.sqlite_file import ReviewFile
from amgan.reviews.vote import Vote, check_vote
from amgan.statements import Database

_ID_BYTES = 12
_KEY_BYTES = 18

MOST_SPECS = 32
"""So many of what reviews ask, which never changes, are kept in memory: those used last."""


@dataclass(frozen=True)
class Review:
    """A review that is stored.

    Attributes:
        id: Names it in its link; who knows it can vote.
        key: Who knows it as well can read the results and close the review.
        created: Seconds since 1970.
        closed: Likewise, or None while it takes votes.
        spec: What it asks.
    """

    id: str
    key: str
    created: float
    closed: float | None
    spec: ReviewSpec


class ReviewStore:
    """Reviews and votes; several threads and several processes may use the same file or database.

    Votes are only ever added, until their review is deleted. Which of them count is for `amgan.reviews.vote` to say.
    All methods raise a BusyError if another process does not let go of it, and a ReviewsAwayError if it cannot be used
    any more.

    Attributes:
        guesses: Guesses at what is real and what is made up, in the same place.
    """

    def __init__(
        self, place: str | Path | Database, limits: ReviewLimits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Open the file, or make it.

        Args:
            place: The SQLite file, or another database that is open; it is closed with the store.
            limits: What is taken.
            clock: Gives the seconds since 1970.

        Raises:
            ConfigError: it cannot be made, or is no such file.
        """
        self._limits = limits or ReviewLimits()
        self._clock = clock
        self._file: Database = ReviewFile(place) if isinstance(place, (str, Path)) else place
        self.guesses = GuessStore(self._file, clock)
        # A large one takes a tenth of a second to read, and every vote and every picture asks for it.
        self._specs = SingleFlightLRU[ReviewSpec](MOST_SPECS)

    def close(self) -> None:
        """Close the file or database."""
        self._file.close()

    def create(self, spec: ReviewSpec) -> Review:
        """Add a review.

        Raises:
            RequestError: its names are so long that it could not be read again, or its title or question is no line.
            BusyError: there are too many already, or too many open ones.
        """
        spec.check_lines()
        # In hex digits: no option of a command line begins so, and no messenger cuts off the end of such a link.
        review = Review(secrets.token_hex(_ID_BYTES), secrets.token_hex(_KEY_BYTES), self._clock(), None, spec)
        with self._file.writing() as db:
            self._limits.check_new_review(db, review.created)
            insert_review(db, *_row_of(review))
        return review

    def review(self, review_id: str) -> Review:
        """The review of that id.

        Raises:
            UnknownReviewError: there is none.
        """
        with self._file.reading() as db:
            row = review_row(db, review_id)
        if row is None:
            raise UnknownReviewError("there is no such review; the link may be cut off")
        return self._review(row)

    def owned(self, review_id: str, key: str) -> Review:
        """The review of that id, for someone who knows its key.

        Raises:
            UnknownReviewError: there is none, or it has another key.
        """
        review = self.review(review_id)
        if not hmac.compare_digest(review.key.encode(), key.encode(errors="replace")):
            raise UnknownReviewError("this is not the link to the results of the review; ask who made it")
        return review

    def reviews(self) -> list[Review]:
        """All reviews, the newest first."""
        with self._file.reading() as db:
            rows = review_rows(db)
        return [self._review(row) for row in rows]

    def close_review(self, review_id: str) -> Review:
        """Let a review take no more votes. Closing it again changes nothing.

        Raises:
            UnknownReviewError: there is none.
        """
        with self._file.writing() as db:
            if self.review(review_id).closed is None:
                last = turns_of(db, review_id).reopened
                turn(db, review_id, Turns(closed=max(self._clock(), last or 0.0)))
            return self.review(review_id)

    def reopen_review(self, review_id: str) -> Review:
        """Let a closed review take votes again. Of an open one nothing is changed.

        Raises:
            UnknownReviewError: there is none.
            BusyError: there are too many open ones already.
        """
        with self._file.writing() as db:
            closed = self.review(review_id).closed
            if closed is not None:
                self._limits.check_open(db, self._clock())
                turn(db, review_id, Turns(reopened=self._later_than(closed)))
            return self.review(review_id)

    def delete(self, review_id: str) -> None:
        """Remove a review with its votes and their comments. Its id is remembered, so that no copy brings it back.

        Raises:
            UnknownReviewError: there is none.
        """
        with self._file.writing() as db:
            if not has_review(db, review_id):
                raise UnknownReviewError("there is no such review; it may be deleted already")
            bury(db, review_id, self._clock())

    def add(self, review_id: str, votes: Sequence[Vote]) -> None:
        """Add votes, all or none; when this returns they are on the disk. One that is there already stays as it was.

        Their `at` is set to now.

        Raises:
            UnknownReviewError: there is no such review.
            ReviewClosedError: it takes no more votes: it is closed, or has as many as a review may have.
            RequestError: a vote does not fit the review, or is another one's id.
            BusyError: too many votes of the reviewer or new reviewers within a minute.
        """
        with self._file.writing() as db:
            review = self.review(review_id)
            new: dict[str, Vote] = {}
            last: dict[str, float] = {}
            for vote in votes:
                check_vote(vote, review.spec)
                kept = new.get(vote.id) or vote_row(db, review_id, vote.id)
                if kept is None:
                    before = last.get(vote.reviewer) or last_time(db, review_id, vote.reviewer)
                    last[vote.reviewer] = self._later_than(before)
                    new[vote.id] = replace(vote, at=last[vote.reviewer])
                elif (kept.reviewer, kept.item, kept.verdict) != (vote.reviewer, vote.item, vote.verdict):
                    raise RequestError("id is that of another vote; choose a new one at random for every vote")
            if new and review.closed is not None:
                raise ReviewClosedError("this review is closed and takes no more votes")
            self._limits.check_votes(db, review_id, list(new.values()), self._clock())
            insert_votes(db, review_id, new.values())

    def is_full(self, review_id: str) -> bool:
        """Whether a review has as many votes as a review may have, so that it takes no more."""
        with self._file.reading() as db:
            return self._limits.is_full(db, review_id)

    def votes(self, review_id: str) -> list[Vote]:
        """All votes of a review, in the order in which they were received."""
        with self._file.reading() as db:
            return vote_rows(db, review_id)

    def votes_of(self, review_id: str, reviewer: str) -> list[Vote]:
        """Those of one reviewer."""
        with self._file.reading() as db:
            return vote_rows(db, review_id, reviewer)

    def counts(self, review_id: str) -> tuple[int, int]:
        """How many reviewers judged something, and how many votes count, skips left out; without reading the votes."""
        with self._file.reading() as db:
            return count_last(db, review_id)

    def votes_after(self, number: int, most: int) -> list[tuple[int, str, Vote]]:
        """Votes of all reviews in the order in which they were stored: what a copy still lacks.

        Args:
            number: That of the last vote which is known already; 0 for none.
            most: So many at most.

        Returns:
            For each its number, which only ever grows, the id of its review, and the vote.
        """
        with self._file.reading() as db:
            return vote_rows_after(db, number, most)

    def turns(self) -> dict[str, Turns]:
        """When each review was last closed and opened again, by its id."""
        with self._file.reading() as db:
            return all_turns(db)

    def deletions(self) -> dict[str, float]:
        """When reviews were deleted, by their ids, in seconds since 1970."""
        with self._file.reading() as db:
            return burials(db)

    def merge(self, review: Review, votes: Iterable[Vote], turns: Turns | None = None) -> None:
        """Take over a review and votes from a copy, as they are; what is here already stays, what is deleted too.

        Args:
            review: The review.
            votes: Some of its votes.
            turns: When the copy says that it was closed and opened again, beside what the review itself says.
        """
        with self._file.writing() as db:
            if is_buried(db, review.id):
                return
            insert_review(db, *_row_of(review))
            turn(db, review.id, (turns or Turns()).with_later(Turns(closed=review.closed)))
            insert_votes(db, review.id, votes)

    def merge_deletion(self, review_id: str, at: float) -> None:
        """Take over from a copy that a review was deleted, whether it is here or not."""
        with self._file.writing() as db:
            bury(db, review_id, at)

    def _review(self, row: ReviewRow) -> Review:
        review_id, key, created, closed, reopened, text = row
        spec = self._specs.get(review_id, lambda: ReviewSpec.from_json(text))
        return Review(review_id, key, created, Turns(closed, reopened).closed_since, spec)

    def _later_than(self, last: float | None) -> float:
        # What comes later counts, also in the same moment or when the clock was put back since.
        return max(self._clock(), math.nextafter(last or 0.0, math.inf))


def _row_of(review: Review) -> tuple[str, str, float, float | None, str]:
    return review.id, review.key, review.created, review.closed, review.spec.to_json()
