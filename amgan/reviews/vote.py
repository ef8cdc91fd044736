"""What one reviewer says of one picture or pair, what that means on the review's scale, and which votes count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from amgan.bounds import MAX_ITEMS, check_whole
from amgan.errors import RequestError
from amgan.reviews.review_spec import ReviewSpec
from amgan.sampling.picture_row import check_text

Verdict = Literal["keep", "reject", "1", "2", "3", "4", "5", "a", "b", "same", "skip", "undo"]
"""On the scale "keep": keep, reject; on "stars": 1 to 5; of pairs: a, b or same. On each: skip, and undo, which takes
back what the reviewer said of the item."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

MAX_COMMENT = 500
MAX_REVIEWER_NAME = 60

TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
"""An id, a key or a reviewer's token, whole."""

LEAST_STARS = 4
"""So many stars are a picture that one would keep."""


@dataclass(frozen=True)
class Vote:
    """One row of the log of votes; checked when it is made. The last one of a reviewer on an item counts.

    Attributes:
        id: Chosen at random by the reviewer's browser: the same vote sent twice counts once.
        item: Number of the item in the review, from 0.
        reviewer: Chosen at random by the reviewer's browser, and kept there.
        verdict: What is said.
        comment: Free text, perhaps empty.
        name: The name that the reviewer gave, perhaps empty.
        at: When it was received, in seconds since 1970.
    """

    id: str
    item: int
    reviewer: str
    verdict: Verdict
    comment: str = ""
    name: str = ""
    at: float = 0.0

    def __post_init__(self) -> None:
        """Check every field but `verdict` against the scale, which `check_vote` does.

        Raises:
            RequestError: naming the field and what is allowed.
        """
        for field in ("id", "reviewer"):
            value = getattr(self, field)
            if not isinstance(value, str) or not TOKEN.fullmatch(value):
                raise RequestError(f"{field} must be 8 to 64 letters, digits, - or _")
        check_whole(self.item, "item", 0, MAX_ITEMS - 1)
        if self.verdict not in VERDICTS:
            raise RequestError(f"verdict must be one of {', '.join(VERDICTS)}, not {self.verdict!r:.40}")
        for field, most in (("comment", MAX_COMMENT), ("name", MAX_REVIEWER_NAME)):
            if getattr(self, field) != "":
                check_text(field, getattr(self, field), most)


def possible_verdicts(spec: ReviewSpec) -> tuple[Verdict, ...]:
    """What can be said on the review's scale, beside skip and undo."""
    if spec.is_pairs:
        return ("a", "b", "same")
    return ("keep", "reject") if spec.scale == "keep" else ("1", "2", "3", "4", "5")


def check_vote(vote: Vote, spec: ReviewSpec) -> None:
    """Compare a vote with the review that it is for.

    Raises:
        RequestError: there is no such item, or its scale has no such verdict.
    """
    if vote.item >= len(spec.items):
        raise RequestError(f"item must be a number from 0 to {len(spec.items) - 1}, not {vote.item}")
    allowed = (*possible_verdicts(spec), "skip", "undo")
    if vote.verdict not in allowed:
        raise RequestError(f"verdict must be one of {', '.join(allowed)}, not {vote.verdict}")


def counted(votes: Iterable[Vote]) -> list[Vote]:
    """The votes that count, in the order of their items and then of their reviewers.

    Args:
        votes: All votes of one review, in the order in which they were received.
    """
    last: dict[tuple[int, str], Vote] = {}
    for vote in votes:
        last[vote.item, vote.reviewer] = vote
    return [last[place] for place in sorted(last) if last[place].verdict != "undo"]


def keeps(vote: Vote) -> bool | None:
    """Whether a vote on a single picture is for keeping it; None if it does not say."""
    if vote.verdict in ("keep", "reject"):
        return vote.verdict == "keep"
    return int(vote.verdict) >= LEAST_STARS if vote.verdict.isdigit() else None


def stars(vote: Vote) -> int | None:
    """The stars that a vote gives, None if none."""
    return int(vote.verdict) if vote.verdict.isdigit() else None


def prefers_b(vote: Vote) -> bool | None:
    """Whether a vote on a pair is for the second picture; None for "same" and for no opinion."""
    return vote.verdict == "b" if vote.verdict in ("a", "b") else None
