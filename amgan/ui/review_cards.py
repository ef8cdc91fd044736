"""Reviews as the page shows them: this browser's own, each with its links and how far it is."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from amgan.errors import UnknownReviewError
from amgan.reviews.store.store import Review, ReviewStore
from amgan.ui import checks
from amgan.ui.parts import part
from amgan.ui.words import Words

MOST_LISTED = 400
"""So many reviews of a browser are listed, the newest; it remembers the others."""
MAX_MEMORY = 50_000


@dataclass(frozen=True)
class Card:
    """A review of this browser.

    Attributes:
        review: The review.
        reviewers: How many have voted.
        votes: How many votes count, those that skip a picture left out.
    """

    review: Review
    reviewers: int
    votes: int


def remembered(mine: Any) -> list[tuple[str, str]]:
    """Ids and keys of reviews that a browser remembers, the newest first; its memory may be anything."""
    pairs = [
        (pair[0], pair[1])
        for pair in checks.remembered(mine, MAX_MEMORY)
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
    ]
    return list(dict.fromkeys(pairs))[:MOST_LISTED]


def cards_of(store: ReviewStore, pairs: list[tuple[str, str]]) -> list[Card]:
    """The reviews of a browser that are there, in its order."""
    cards = []
    for review_id, key in pairs:
        with contextlib.suppress(UnknownReviewError):
            review = store.owned(review_id, key)
            cards.append(Card(review, *store.counts(review_id)))
    return cards


def cards_html(cards: list[Card], words: Words) -> str:
    """The list."""
    return part("reviews", words, [_row(card, words) for card in cards])


def _row(card: Card, words: Words) -> dict[str, Any]:
    review, spec = card.review, card.review.spec
    count = (words.review_pairs if spec.is_pairs else words.review_pictures).format(count=len(spec.items))
    text = words.review_no_votes
    if card.votes:
        text = words.review_votes.format(reviewers=card.reviewers, votes=f"{card.votes:,}")
    if review.closed is not None:
        text = words.review_closed.format(votes=text)
    return {"review": review, "count": count, "text": text}
