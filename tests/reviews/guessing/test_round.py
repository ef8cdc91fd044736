"""Rounds of guesses: a token says nothing of its pictures, and no other than the server's own is taken."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.reviews.guessing.round import GUESSES, MOST_SECONDS, Rounds
from tests.models import message
from tests.reviews.store.store_parts import Clock


def test_a_round_comes_back_and_shows_the_same():
    clock = Clock()
    rounds = Rounds(b"secret", clock)
    token = rounds.begin("me/mine ü", "0123")
    again = Rounds(b"secret", clock)
    begun = again.read(token)
    assert (begun.model, begun.revision) == ("me/mine ü", "0123")
    assert again.shown(begun, 50) == rounds.shown(begun, 50)
    # With another secret the same round shows others: who has the token alone knows nothing.
    assert Rounds(b"other", clock).shown(begun, 50) != rounds.shown(begun, 50)
    clock.now += MOST_SECONDS + 1
    with pytest.raises(RequestError, match="too long ago"):
        rounds.read(token)


def test_half_are_real_and_none_comes_twice():
    rounds = Rounds(b"secret")
    shown = [rounds.shown(rounds.read(rounds.begin("m", "r")), 12) for _ in range(300)]
    for one in shown:
        assert len(one) == len(set(one)) == GUESSES
        assert all(0 <= picture.number < 12 for picture in one)
    # Of 3,000 tosses of a coin, within five standard deviations; at every place.
    assert abs(sum(picture.is_real for one in shown for picture in one) - 1500) < 5 * 27.4
    for place in range(GUESSES):
        assert abs(sum(one[place].is_real for one in shown) - 150) < 5 * 8.7


@given(st.text(max_size=200))
def test_other_tokens_are_refused(token):
    with pytest.raises(RequestError) as caught:
        Rounds(b"secret").read(token)
    message(caught.value)


def test_a_token_cannot_be_changed():
    rounds = Rounds(b"secret")
    token = rounds.begin("m", "r")
    text, digest = token.split(".")
    fields = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    changed = base64.urlsafe_b64encode(json.dumps([*fields[:2], "other", "r"]).encode()).decode().rstrip("=")
    for forged in (
        f"{changed}.{digest}",
        f"{text}.{'0' * 32}",
        f"{text}.{digest[:-1]}",
        text,
        f"{token}\n",
        token.upper(),
    ):
        with pytest.raises(RequestError):
            rounds.read(forged)
    assert Rounds(b"secret").read(token) == rounds.read(token)
