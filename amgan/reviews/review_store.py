"""Reviews and their votes in one SQLite file: nothing to set up, and an acknowledged vote is on the disk."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from amgan.errors import BusyError, ConfigError, RequestError, ReviewClosedError, UnknownReviewError
from amgan.recent import Recent
from amgan.reviews.review_spec import ReviewSpec
from amgan.reviews.vote import Vote, check_vote

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reviews (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, created REAL NOT NULL, closed REAL, spec TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS votes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, review TEXT NOT NULL REFERENCES reviews (id), id TEXT NOT NULL,
    item INTEGER NOT NULL, reviewer TEXT NOT NULL, verdict TEXT NOT NULL, comment TEXT NOT NULL, name TEXT NOT NULL,
    at REAL NOT NULL, UNIQUE (review, id)
);
CREATE INDEX IF NOT EXISTS votes_of_reviewer ON votes (review, reviewer, at);
"""
_WAIT_SECONDS = 20
_ID_BYTES = 12
_KEY_BYTES = 18

MOST_SPECS = 32
"""So many of what reviews ask, which never changes, are kept in memory: those used last."""


@dataclass(frozen=True)
class ReviewLimits:
    """What one store takes.

    Attributes:
        reviews: Most reviews.
        votes: Most votes of one review, with those that were changed later.
        votes_per_minute: Most votes of one reviewer in a minute.
    """

    reviews: int = 1000
    votes: int = 500_000
    votes_per_minute: int = 240


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
    """Reviews and votes; several threads and several processes may use the same file.

    Votes are only ever added. Which of them count is for `amgan.reviews.tally` to say.
    """

    def __init__(
        self, path: str | Path, limits: ReviewLimits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Open the file, or make it.

        Raises:
            ConfigError: it cannot be made, or is no such file.
        """
        self._limits = limits or ReviewLimits()
        self._clock = clock
        self._lock = threading.RLock()
        # A large one takes a tenth of a second to read, and every vote and every picture asks for it.
        self._specs = Recent[ReviewSpec](MOST_SPECS)
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=_WAIT_SECONDS, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            # A vote that was acknowledged must also survive a power cut.
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"reviews cannot be kept in {Path(path).name:.100} ({error}); name another file"
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def create(self, spec: ReviewSpec) -> Review:
        """Add a review.

        Raises:
            BusyError: there are too many already.
        """
        review = Review(secrets.token_urlsafe(_ID_BYTES), secrets.token_urlsafe(_KEY_BYTES), self._clock(), None, spec)
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if self._db.execute("SELECT count(*) FROM reviews").fetchone()[0] >= self._limits.reviews:
                raise BusyError(f"there are {self._limits.reviews} reviews already; no more can be made here")
            self._insert(review)
        return review

    def review(self, review_id: str) -> Review:
        """The review of that id.

        Raises:
            UnknownReviewError: there is none.
        """
        with self._lock:
            row = self._db.execute(f"{_SELECT_REVIEW} WHERE id = ?", (review_id,)).fetchone()
        if row is None:
            raise UnknownReviewError("there is no such review; the link may be cut off")
        name, key, created, closed, text = row
        return Review(name, key, created, closed, self._specs.get(name, lambda: ReviewSpec.from_json(text)))

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
        with self._lock:
            rows = self._db.execute(f"{_SELECT_REVIEW} ORDER BY created DESC, id").fetchall()
        return [_review(row) for row in rows]

    def close_review(self, review_id: str) -> Review:
        """Let a review take no more votes. Closing it again changes nothing.

        Raises:
            UnknownReviewError: there is none.
        """
        with self._lock, self._db:
            self._db.execute(
                "UPDATE reviews SET closed = ? WHERE id = ? AND closed IS NULL", (self._clock(), review_id)
            )
            return self.review(review_id)

    def add(self, review_id: str, votes: Sequence[Vote]) -> None:
        """Add votes, all or none; when this returns they are on the disk. One that is there already stays as it was.

        Their `at` is set to now.

        Raises:
            UnknownReviewError: there is no such review.
            ReviewClosedError: it takes no more votes.
            RequestError: a vote does not fit the review, or is another one's id.
            BusyError: too many votes of the reviewer within a minute, or of the review in all.
        """
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            review = self.review(review_id)
            new: dict[str, Vote] = {}
            for vote in votes:
                check_vote(vote, review.spec)
                kept = new.get(vote.id) or self._kept(review_id, vote.id)
                if kept is None:
                    new[vote.id] = replace(vote, at=self._next_time(review_id, vote.reviewer))
                elif (kept.reviewer, kept.item, kept.verdict) != (vote.reviewer, vote.item, vote.verdict):
                    raise RequestError("id is that of another vote; choose a new one at random for every vote")
            if new and review.closed is not None:
                raise ReviewClosedError("this review is closed and takes no more votes")
            self._check_rates(review_id, list(new.values()))
            self._insert_votes(review_id, new.values())

    def votes(self, review_id: str) -> list[Vote]:
        """All votes of a review, in the order in which they were received."""
        with self._lock:
            rows = self._db.execute(f"{_SELECT_VOTE} WHERE review = ? ORDER BY at, number", (review_id,)).fetchall()
        return [Vote(*row) for row in rows]

    def votes_of(self, review_id: str, reviewer: str) -> list[Vote]:
        """Those of one reviewer."""
        with self._lock:
            rows = self._db.execute(
                f"{_SELECT_VOTE} WHERE review = ? AND reviewer = ? ORDER BY at, number", (review_id, reviewer)
            ).fetchall()
        return [Vote(*row) for row in rows]

    def votes_after(self, number: int, most: int) -> list[tuple[int, str, Vote]]:
        """Votes of all reviews in the order in which they were stored: what a copy still lacks.

        Args:
            number: That of the last vote which is known already; 0 for none.
            most: So many at most.

        Returns:
            For each its number, which only ever grows, the id of its review, and the vote.
        """
        with self._lock:
            rows = self._db.execute(
                "SELECT number, review, id, item, reviewer, verdict, comment, name, at FROM votes"
                " WHERE number > ? ORDER BY number LIMIT ?",
                (number, most),
            ).fetchall()
        return [(stored, review, Vote(*row)) for stored, review, *row in rows]

    def closings(self) -> dict[str, float | None]:
        """When each review was closed, by its id; None while it takes votes."""
        with self._lock:
            return dict(self._db.execute("SELECT id, closed FROM reviews ORDER BY created, id"))

    def merge(self, review: Review, votes: Iterable[Vote]) -> None:
        """Take over a review and votes from a copy, as they are; what is here already stays."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._insert(review)
            if review.closed is not None:
                self._db.execute(
                    "UPDATE reviews SET closed = ? WHERE id = ? AND closed IS NULL", (review.closed, review.id)
                )
            self._insert_votes(review.id, votes)

    def _insert(self, review: Review) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO reviews (id, key, created, closed, spec) VALUES (?, ?, ?, ?, ?)",
            (review.id, review.key, review.created, review.closed, review.spec.to_json()),
        )

    def _insert_votes(self, review_id: str, votes: Iterable[Vote]) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO votes (review, id, item, reviewer, verdict, comment, name, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((review_id, v.id, v.item, v.reviewer, v.verdict, v.comment, v.name, v.at) for v in votes),
        )

    def _kept(self, review_id: str, vote_id: str) -> Vote | None:
        row = self._db.execute(f"{_SELECT_VOTE} WHERE review = ? AND id = ?", (review_id, vote_id)).fetchone()
        return None if row is None else Vote(*row)

    def _next_time(self, review_id: str, reviewer: str) -> float:
        # The last vote counts, also when the clock was put back since the one before.
        (last,) = self._db.execute(
            "SELECT max(at) FROM votes WHERE review = ? AND reviewer = ?", (review_id, reviewer)
        ).fetchone()
        return max(self._clock(), last or 0.0)

    def _check_rates(self, review_id: str, votes: Sequence[Vote]) -> None:
        count = "SELECT count(*) FROM votes WHERE review = ?"
        (total,) = self._db.execute(count, (review_id,)).fetchone()
        if total + len(votes) > self._limits.votes:
            raise BusyError(f"this review has its {self._limits.votes} votes and takes no more")
        now = self._clock()
        for reviewer in {vote.reviewer for vote in votes}:
            mine = sum(vote.reviewer == reviewer for vote in votes)
            (lately,) = self._db.execute(
                f"{count} AND reviewer = ? AND at > ?", (review_id, reviewer, now - 60)
            ).fetchone()
            if mine + lately > self._limits.votes_per_minute:
                error = BusyError(f"more than {self._limits.votes_per_minute} votes in a minute; wait a little")
                error.retry_after = 15.0
                raise error


_SELECT_REVIEW = "SELECT id, key, created, closed, spec FROM reviews"
_SELECT_VOTE = "SELECT id, item, reviewer, verdict, comment, name, at FROM votes"


def _review(row: tuple[str, str, float, float | None, str]) -> Review:
    review_id, key, created, closed, spec = row
    return Review(review_id, key, created, closed, ReviewSpec.from_json(spec))
