"""What one store of reviews takes, so that nobody fills it: how many reviews, votes and reviewers, and how fast."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from amgan.errors import BusyError
from amgan.reviews.vote import Vote

_MINUTE = 60.0
_RETRY_SECONDS = 15.0
_COUNT_OPEN = (
    "SELECT count(*) FROM reviews LEFT JOIN reopenings ON reopenings.review = reviews.id"
    " WHERE closed IS NULL OR closed < reopenings.at"
)
_COUNT_NEW_REVIEWERS = """
SELECT count(DISTINCT reviewer) FROM votes AS lately WHERE review = :review AND at > :since AND NOT EXISTS (
    SELECT 1 FROM votes WHERE review = :review AND reviewer = lately.reviewer AND at <= :since
)
"""


@dataclass(frozen=True)
class ReviewLimits:
    """What one store takes.

    Attributes:
        reviews: Most reviews that are open.
        votes: Most votes of one review, with those that were changed later.
        votes_per_minute: Most votes of one reviewer in a minute.
        reviewers_per_minute: Most new reviewers of one review in a minute; reviewers choose their own tokens.
    """

    reviews: int = 1000
    votes: int = 500_000
    votes_per_minute: int = 240
    reviewers_per_minute: int = 60

    def check_reviews(self, db: sqlite3.Connection) -> None:
        """Whether one more review may be open.

        Raises:
            BusyError: it may not.
        """
        (total,) = db.execute(_COUNT_OPEN).fetchone()
        if total >= self.reviews:
            raise BusyError(f"there are {self.reviews} open reviews already; close one before making another")

    def check_votes(self, db: sqlite3.Connection, review_id: str, votes: Sequence[Vote], now: float) -> None:
        """Whether a review may have these new votes as well.

        Raises:
            BusyError: it may not, or not yet.
        """
        count = "SELECT count(*) FROM votes WHERE review = ?"
        (total,) = db.execute(count, (review_id,)).fetchone()
        if total + len(votes) > self.votes:
            raise BusyError(f"this review has its {self.votes} votes and takes no more")
        reviewers = {vote.reviewer for vote in votes}
        for reviewer in reviewers:
            mine = sum(vote.reviewer == reviewer for vote in votes)
            (lately,) = db.execute(
                f"{count} AND reviewer = ? AND at > ?", (review_id, reviewer, now - _MINUTE)
            ).fetchone()
            if mine + lately > self.votes_per_minute:
                raise _later(f"more than {self.votes_per_minute} votes in a minute; wait a little")
        self._check_reviewers(db, review_id, reviewers, now)

    def _check_reviewers(self, db: sqlite3.Connection, review_id: str, reviewers: set[str], now: float) -> None:
        known = "SELECT EXISTS (SELECT 1 FROM votes WHERE review = ? AND reviewer = ?)"
        new = sum(not db.execute(known, (review_id, reviewer)).fetchone()[0] for reviewer in reviewers)
        if not new:
            return
        (lately,) = db.execute(_COUNT_NEW_REVIEWERS, {"review": review_id, "since": now - _MINUTE}).fetchone()
        if new + lately > self.reviewers_per_minute:
            raise _later(f"more than {self.reviewers_per_minute} new reviewers in a minute; wait a little")


def _later(message: str) -> BusyError:
    error = BusyError(message)
    error.retry_after = _RETRY_SECONDS
    return error
