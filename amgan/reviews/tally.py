"""Which votes count: of each reviewer and item the last one, unless it was taken back."""

from __future__ import annotations

from collections.abc import Iterable

from amgan.reviews.vote import Vote


def counted(votes: Iterable[Vote]) -> list[Vote]:
    """The votes that count, in the order of their items and then of their reviewers.

    Args:
        votes: All votes of one review, in the order in which they were received.
    """
    last: dict[tuple[int, str], Vote] = {}
    for vote in votes:
        last[vote.item, vote.reviewer] = vote
    return [last[place] for place in sorted(last) if last[place].verdict != "undo"]
