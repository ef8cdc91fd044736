"""``review list``: the reviews of a file, one a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console

from amgan.cli.review.opening import reading_store
from amgan.console import say
from amgan.reviews.text import count, terminal_line


@dataclass(frozen=True)
class ReviewListCommand:
    """List the reviews, the newest first.

    Attributes:
        reviews: File that keeps them; what AMGAN_STATE or AMGAN_REVIEWS names, or one in the user's data folder, if not
            given.
        keys: Show the keys as well, which open the results to whoever has them.
    """

    reviews: Path | None = None
    keys: bool = False


def run_review_list(command: ReviewListCommand, console: Console) -> None:
    """Print one line a review.

    Raises:
        ConfigError: there is no such file.
    """
    with reading_store(command.reviews) as store:
        for review in store.reviews():
            day = datetime.fromtimestamp(review.created, timezone.utc).date().isoformat()
            items = review.spec.size_words
            votes = count(store.counts(review.id)[1], "vote")
            parts = [
                review.id,
                day,
                "closed" if review.closed else "open",
                items,
                votes,
                terminal_line(review.spec.title),
            ]
            if command.keys:
                parts.insert(1, review.key)
            say(console, "  ".join(parts))
