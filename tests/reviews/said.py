"""Votes in short: a letter for each item, and the review that they are of."""

from __future__ import annotations

from amgan.reviews.report.confidence_use import ConfidenceUse
from amgan.reviews.review_spec import ReviewSpec
from amgan.reviews.store.store import Review
from amgan.reviews.vote import Vote

VERDICTS = {"k": "keep", "r": "reject", "-": "skip", "u": "undo", "a": "a", "b": "b", "=": "same"}

SETTABLE = {("shoes", "0123abcd"): ConfidenceUse(predicts=True, own=0.0)}
"""The model of `random_reviews.picture` has a least confidence to set."""


def said(texts: dict[str, str], seconds: float = 3, **changes: object) -> list[Vote]:
    """Votes of reviewers, by token, in turns: a letter an item, k(eep), r(eject), 1 to 5, a, b, =, -, or a blank."""
    votes = []
    for reviewer, text in texts.items():
        for item, letter in enumerate(text):
            if letter != " ":
                number = len(votes)
                verdict = VERDICTS.get(letter, letter)
                votes.append(
                    Vote(f"vote-{number:06}", item, reviewer, verdict, at=1000 + seconds * number, **changes)  # type: ignore[arg-type]
                )
    return votes


def dealt(text: str, people: int = 3) -> dict[str, str]:
    """The same letters, each said by the next one of so many people."""
    return {
        f"reviewer-{person}": "".join(letter if n % people == person else " " for n, letter in enumerate(text))
        for person in range(people)
    }


def stored(spec: ReviewSpec) -> Review:
    """A review as a store would give it."""
    return Review("review-id", "the-key", 1_764_000_000.0, None, spec)
