"""Reviews as the page shows them: this browser's own, each with its links and how far it is."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from html import escape
from typing import Any

from amgan.errors import UnknownReviewError
from amgan.reviews.store.store import Review, ReviewStore
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
    try:
        found = json.loads(mine) if isinstance(mine, str) and len(mine) < MAX_MEMORY else []
    except (ValueError, RecursionError):
        return []
    pairs = [
        (pair[0], pair[1])
        for pair in (found if isinstance(found, list) else [])
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
    items = "".join(_card_html(card, words) for card in cards)
    content = f'<ul class="ag-jobs">{items}</ul>' if items else f"<p>{escape(words.no_reviews)}</p>"
    return f"<h2>{escape(words.reviews)}</h2>{content}"


def _card_html(card: Card, words: Words) -> str:
    review, spec = card.review, card.review.spec
    count = (words.review_pairs if spec.is_pairs else words.review_pictures).format(count=len(spec.items))
    text = words.review_no_votes
    if card.votes:
        text = words.review_votes.format(reviewers=card.reviewers, votes=f"{card.votes:,}")
    if review.closed is not None:
        text = f"{words.review_closed}. {text}"
    link = f"review/{review.id}"
    results = f"{link}/results?key={review.key}"
    see = _link(results, words.review_results)
    if review.closed is None:
        close = _button("end", review, words.review_close, words.review_close_sure)
        actions = [_link(link, words.review_now), _copy(link, words), see, close]
    else:
        forget = _button("forget", review, words.review_forget, words.review_forget_sure)
        actions = [see, _button("reopen", review, words.review_reopen), forget]
    return (
        f'<li class="ag-job" data-review="{escape(review.id)}"><b>{escape(spec.title)}</b> '
        f'<small>{escape(count)}</small><p>{escape(text)}</p><div class="ag-row">{"".join(actions)}</div></li>'
    )


def _link(address: str, text: str) -> str:
    # A page of its own: who made the review goes on here afterwards.
    return f'<a class="ag-button" href="{escape(address)}" target="_blank" rel="noopener">{escape(text)}</a>'


def _copy(address: str, words: Words) -> str:
    return (
        f'<button type="button" class="ag-button" data-ag="copy" data-path="{escape(address)}" '
        f'data-done="{escape(words.copied)}">{escape(words.copy_link)}</button>'
    )


def _button(action: str, review: Review, text: str, sure: str = "") -> str:
    # What it asks before it acts is to be heard as well.
    asks = f' data-sure="{escape(sure)}" aria-live="polite"' if sure else ""
    return (
        f'<button type="button" class="ag-button" data-ag="{action}" data-review="{escape(review.id)}"{asks}>'
        f"{escape(text)}</button>"
    )
