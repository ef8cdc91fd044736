"""What a verdict says on the scale of its review: whether the picture is wanted, or which one of a pair."""

from __future__ import annotations

from amgan.reviews.vote import Vote

LEAST_STARS = 4
"""So many stars are a picture that one would keep."""


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
