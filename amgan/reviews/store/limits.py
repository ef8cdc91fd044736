"""What one store of reviews takes, so that nobody fills it: how many reviews, votes and reviewers, and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amgan.data.reasons import Reason
from amgan.errors import BusyError, ReviewClosedError
from amgan.reviews.store.rows import (
    count_new_reviewers,
    count_open,
    count_reviews,
    count_votes,
    count_votes_since,
    last_time,
)
from amgan.reviews.vote import Vote
from amgan.statements import Statements

_MINUTE = 60.0
_RETRY_SECONDS = 15.0
_DAY = 86_400.0


@dataclass(frozen=True)
class ReviewLimits:
    """What one store takes.

    Attributes:
        reviews: Most reviews that are open and were made, or opened again, within `days`.
        days: After so many days an open review takes nobody's room: whoever made it may have forgotten it.
        stored: Most reviews in all.
        votes: Most votes of one review, with those that were changed later.
        votes_per_minute: Most votes of one reviewer in a minute.
        reviewers_per_minute: Most new reviewers of one review in a minute; reviewers choose their own tokens.
    """

    reviews: int = 1000
    days: float = 30.0
    stored: int = 20_000
    votes: int = 500_000
    votes_per_minute: int = 240
    reviewers_per_minute: int = 60

    def check_new_review(self, db: Statements, now: float) -> None:
        """Whether there may be one more review.

        Raises:
            BusyError: there may not.
        """
        if count_reviews(db) >= self.stored:
            raise BusyError(Reason("many_stored_reviews", {"most": str(self.stored)}))
        self.check_open(db, now)

    def check_open(self, db: Statements, now: float) -> None:
        """Whether one more review may be open.

        Raises:
            BusyError: it may not.
        """
        if count_open(db, now - self.days * _DAY) >= self.reviews:
            raise BusyError(Reason("many_open_reviews", {"most": str(self.reviews)}))

    def is_full(self, db: Statements, review_id: str) -> bool:
        """Whether a review has all the votes that it takes."""
        return count_votes(db, review_id) >= self.votes

    def check_votes(self, db: Statements, review_id: str, votes: Sequence[Vote], now: float) -> None:
        """Whether a review may have these new votes as well.

        Raises:
            ReviewClosedError: it has all that it takes.
            BusyError: not yet.
        """
        if votes and count_votes(db, review_id) + len(votes) > self.votes:
            raise ReviewClosedError(f"this review has its {self.votes} votes and takes no more")
        reviewers = {vote.reviewer for vote in votes}
        for reviewer in reviewers:
            mine = sum(vote.reviewer == reviewer for vote in votes)
            if mine + count_votes_since(db, review_id, reviewer, now - _MINUTE) > self.votes_per_minute:
                raise BusyError(f"more than {self.votes_per_minute} votes in a minute; wait a little", _RETRY_SECONDS)
        self._check_reviewers(db, review_id, reviewers, now)

    def _check_reviewers(self, db: Statements, review_id: str, reviewers: set[str], now: float) -> None:
        new = sum(last_time(db, review_id, reviewer) is None for reviewer in reviewers)
        if not new:
            return
        if new + count_new_reviewers(db, review_id, now - _MINUTE) > self.reviewers_per_minute:
            problem = f"more than {self.reviewers_per_minute} new reviewers in a minute; wait a little"
            raise BusyError(problem, _RETRY_SECONDS)
