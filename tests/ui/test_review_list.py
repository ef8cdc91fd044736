"""The list of a browser's reviews: its handlers leave the browser's memory alone, and hold up nobody by the store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote
from amgan.ui.page import build_page
from amgan.ui.words import ENGLISH
from tests.reviews.random_reviews import review_of


class Watched(ReviewStore):
    """A store that notes which of its methods were called where an event loop runs, and which at all."""

    on_loop: list[str]
    called: list[str]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.on_loop, self.called = [], []

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name.startswith("_") or not callable(value):
            return value
        self.called.append(name)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return value
        # A method that is only handed to a thread is taken, not called, there.
        return lambda *args: (self._note(name), value(*args))[1]

    def _note(self, name: str) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        self.on_loop.append(name)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watched]:
    opened = Watched(tmp_path / "reviews.sqlite")
    yield opened
    opened.close()


Call = Callable[..., str]


@pytest.fixture
def call(weights: Path, store: Watched) -> Call:
    """Calls a handler of the list by its name, as a browser does that remembers some reviews."""
    page = build_page(Shelf(weights), DirectEngine(), reviews=store)

    def call(name: str, mine: list[Review], *ids: str) -> str:
        (handler, *_) = [
            function.fn for function in page.fns.values() if getattr(function.fn, "__name__", "") == name
            and "ReviewList" in getattr(function.fn, "__qualname__", "")
        ]  # fmt: skip
        assert handler is not None
        memory = json.dumps([[review.id, review.key] for review in mine])
        events = [gr.EventData(None, {"id": review_id}) for review_id in ids]
        store.on_loop.clear()
        store.called.clear()
        # Two values: nothing of the memory comes back.
        message, html = asyncio.run(handler(memory, *events))
        assert "ag-message" not in message
        return html

    return call


def test_the_list_counts_votes_without_reading_them(call: Call, store: Watched) -> None:
    review = store.create(review_of(2))
    store.add(review.id, [Vote("vote-0001", 0, "reviewer-1", "keep"), Vote("vote-0002", 1, "reviewer-1", "skip")])
    assert ENGLISH.review_votes.format(reviewers=1, votes=1) in call("looked", [review])
    assert "votes" not in store.called
    assert "counts" in store.called


def test_a_review_is_closed_and_opened_by_who_knows_its_key_off_the_event_loop(call: Call, store: Watched) -> None:
    mine, other = store.create(review_of(2)), store.create(review_of(2))
    closed = ENGLISH.review_closed.format(votes=ENGLISH.review_no_votes)
    assert closed in call("ended", [mine], mine.id)
    assert store.on_loop == []
    assert {"owned", "close_review"} <= set(store.called)
    assert store.review(mine.id).closed is not None
    assert closed not in call("reopened", [mine], mine.id)
    assert store.on_loop == []
    assert store.review(mine.id).closed is None
    guessed = Review(other.id, mine.key, 0.0, None, other.spec)
    for name in ("ended", "reopened"):
        assert ENGLISH.no_reviews in call(name, [guessed], other.id)
        call(name, [mine], other.id)
        call(name, [], mine.id)
        call(name, [Review("gone", "key", 0.0, None, mine.spec)], "gone")
    assert [store.review(review.id).closed for review in (mine, other)] == [None, None]


def test_only_some_buttons_ask_before_they_act(call: Call, store: Watched) -> None:
    review = store.create(review_of(1))
    opened = call("looked", [review])
    assert opened.count("data-sure") == 1
    assert ENGLISH.review_close_sure in opened
    closed = call("ended", [review], review.id)
    assert closed.count("data-sure") == 1
    assert ENGLISH.review_forget_sure in closed
