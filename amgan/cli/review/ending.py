"""``review close``, ``review reopen`` and ``review delete``."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from amgan.cli.review.opening import NamedReview, reading_store
from amgan.console import say
from amgan.reviews.text import count, terminal_line


@dataclass(frozen=True)
class ReviewCloseCommand(NamedReview):
    """Let a review take no more votes; its results stay."""


@dataclass(frozen=True)
class ReviewReopenCommand(NamedReview):
    """Let a closed review take votes again."""


@dataclass(frozen=True)
class ReviewDeleteCommand(NamedReview):
    """Remove a review with its votes and comments for good. A copy on the Hub keeps the lines of what was there."""


def run_review_close(command: ReviewCloseCommand, console: Console) -> None:
    """Close it.

    Raises:
        AmganError: there is no such review, or the file cannot be used.
    """
    with reading_store(command.reviews) as store:
        review = store.close_review(command.id)
    say(console, f"{review.id} is closed: {terminal_line(review.spec.title)}")


def run_review_reopen(command: ReviewReopenCommand, console: Console) -> None:
    """Open it again.

    Raises:
        AmganError: there is no such review, too many are open, or the file cannot be used.
    """
    with reading_store(command.reviews) as store:
        review = store.reopen_review(command.id)
    say(console, f"{review.id} takes votes: {terminal_line(review.spec.title)}")


def run_review_delete(command: ReviewDeleteCommand, console: Console) -> None:
    """Delete it.

    Raises:
        AmganError: there is no such review, or the file cannot be used.
    """
    with reading_store(command.reviews) as store:
        votes = store.counts(command.id)[1]
        store.delete(command.id)
    say(console, f"{command.id} is deleted with {count(votes, 'vote')}")
