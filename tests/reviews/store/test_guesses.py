"""Guesses in the store: the first one counts, and nobody fills it."""

from __future__ import annotations

import pytest

from amgan.errors import BusyError, ReviewClosedError
from amgan.reviews.guessing.round import GUESSES, Round, Shown
from amgan.reviews.store import guesses
from amgan.reviews.store.store import ReviewStore
from tests.models import message
from tests.reviews.store.store_parts import NOON, Clock

SHOWN = Shown(False, 3)


def begun(name: str, model: str = "m", revision: str = "r") -> Round:
    return Round(name, int(NOON), model, revision)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    opened = ReviewStore(tmp_path / "reviews.sqlite", clock=clock)
    yield opened.guesses
    opened.close()


def test_the_first_guess_counts_after_a_restart_as_well(tmp_path):
    path = tmp_path / "reviews.sqlite"
    first = ReviewStore(path)
    secret = first.guesses.secret()
    assert first.guesses.add(begun("a"), 0, SHOWN, True) is True
    assert first.guesses.add(begun("a"), 0, SHOWN, False) is True
    first.close()
    again = ReviewStore(path)
    assert again.guesses.secret() == secret
    assert len(secret) == 32
    assert again.guesses.add(begun("a"), 0, SHOWN, False) is True
    assert again.guesses.add(begun("a"), 1, Shown(True, 3), False) is False
    kept = again.guesses.guesses("m", "r")
    assert {(guess.round, guess.shown, guess.said_real) for guess in kept} == {
        ("a", SHOWN, True), ("a", Shown(True, 3), False)
    }  # fmt: skip
    assert again.guesses.guesses("m", "other") == []
    again.close()


def test_a_flood_of_rounds_waits_and_rounds_that_began_go_on(store, clock):
    for number in range(guesses.MOST_ROUNDS):
        store.add(begun(f"round {number}"), 0, SHOWN, True)
    with pytest.raises(BusyError, match="in a minute") as caught:
        store.add(begun("one more"), 0, SHOWN, True)
    assert caught.value.retry_after
    message(caught.value)
    store.add(begun("round 0"), 1, SHOWN, True)
    store.add(begun("x", "another model"), 0, SHOWN, True)
    clock.now += 61
    store.add(begun("one more"), 0, SHOWN, True)


def test_a_model_takes_so_many(store, monkeypatch):
    monkeypatch.setattr(guesses, "MOST_GUESSES", 2 * GUESSES)
    for name in ("a", "b"):
        for place in range(GUESSES):
            store.add(begun(name), place, SHOWN, True)
    with pytest.raises(ReviewClosedError, match="takes no more"):
        store.add(begun("c"), 0, SHOWN, True)
    store.add(begun("c", revision="next"), 0, SHOWN, True)
