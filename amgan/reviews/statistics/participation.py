"""Who took part in a review, how long it took them, and what they wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amgan.reviews.vote import Vote, counted

PAUSE_SECONDS = 60.0
"""A longer gap between two votes is a break, of which so much is counted."""


@dataclass(frozen=True)
class Reviewer:
    """One reviewer's part.

    Attributes:
        name: The name last given; if none was, their number by the order of first votes.
        votes: Items judged.
        skips: Items skipped.
        seconds: Time between their votes, a break counted as `PAUSE_SECONDS`.
    """

    name: str | int
    votes: int
    skips: int
    seconds: float


@dataclass(frozen=True)
class Comment:
    """What somebody wrote of an item; text from strangers.

    Attributes:
        item: Number of the item.
        verdict: What the vote said.
        text: The comment.
        name: The reviewer, as in `Reviewer`.
    """

    item: int
    verdict: str
    text: str
    name: str | int


def reviewers_of(votes: Sequence[Vote]) -> dict[str, Reviewer]:
    """Each reviewer's part by their token, in the order of their first votes.

    Args:
        votes: All votes, in the order in which they were received.
    """
    own: dict[str, list[Vote]] = {}
    for vote in votes:
        own.setdefault(vote.reviewer, []).append(vote)
    return {token: _reviewer(number, mine) for number, (token, mine) in enumerate(own.items(), 1)}


def comments_of(votes: Sequence[Vote]) -> tuple[Comment, ...]:
    """The comments of the votes that count, by item.

    Args:
        votes: All votes, in the order in which they were received.
    """
    names = {token: reviewer.name for token, reviewer in reviewers_of(votes).items()}
    return tuple(
        Comment(vote.item, vote.verdict, vote.comment.strip(), names[vote.reviewer])
        for vote in counted(votes)
        if vote.comment.strip()
    )


def _reviewer(number: int, votes: Sequence[Vote]) -> Reviewer:
    name = next((vote.name.strip() for vote in reversed(votes) if vote.name.strip()), number)
    standing = counted(votes)
    skips = sum(vote.verdict == "skip" for vote in standing)
    seconds = sum(min(max(b.at - a.at, 0.0), PAUSE_SECONDS) for a, b in zip(votes, votes[1:]))
    return Reviewer(name, len(standing) - skips, skips, seconds)
