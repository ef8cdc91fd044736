"""This browser's reviews: what it remembers is taken back, anything else is nothing, and every text is text."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from amgan.ui.review_cards import MOST_LISTED, Card, cards_html, cards_of, remembered
from amgan.ui.words import ENGLISH
from tests.reviews.random_reviews import review_of

pairs = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), unique=True, max_size=20)


@given(pairs)
def test_a_memory_comes_back(mine: list[tuple[str, str]]) -> None:
    assert remembered(json.dumps(mine)) == mine


def test_as_many_as_are_listed_are_taken_back() -> None:
    store = ReviewStore(":memory:")
    made = store.create(review_of(1))
    mine = [(f"{number:0{len(made.id)}}", made.key) for number in range(MOST_LISTED + 1)]
    assert remembered(json.dumps(mine)) == mine[:MOST_LISTED]
    store.close()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=9))
def test_any_memory_is_pairs_of_texts(content: object) -> None:
    for mine in (content, json.dumps(content), str(content)):
        assert all(isinstance(part, str) for pair in remembered(mine) for part in pair)


def test_votes_that_count_are_counted_and_strangers_keys_open_nothing() -> None:
    store = ReviewStore(":memory:")
    first, second = store.create(review_of(3)), store.create(review_of(3))
    votes = [
        Vote("vote-0001", 0, "reviewer-1", "keep"), Vote("vote-0002", 0, "reviewer-1", "reject"),
        Vote("vote-0003", 1, "reviewer-1", "skip"), Vote("vote-0004", 0, "reviewer-2", "keep"),
        Vote("vote-0005", 1, "reviewer-2", "keep"), Vote("vote-0006", 1, "reviewer-2", "undo"),
    ]  # fmt: skip
    store.add(first.id, votes)
    mine = [(first.id, first.key), (second.id, first.key), ("unknown", ""), (second.id, second.key)]
    assert cards_of(store, mine) == [Card(store.review(first.id), 2, 2), Card(second, 0, 0)]
    store.close()


def test_a_title_is_text_never_markup() -> None:
    store = ReviewStore(":memory:")
    made = store.create(review_of(1, '<img src=x onerror="alert(1)">'))
    for review in (made, store.close_review(made.id)):
        html = cards_html([Card(review, 0, 0)], ENGLISH)
        assert "<img" not in html
        assert "&lt;img src=x" in html
    assert ENGLISH.no_reviews in cards_html([], ENGLISH)
    store.close()
