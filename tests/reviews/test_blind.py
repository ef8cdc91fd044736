"""Who sees what where: the same at every call, another for everyone, and evenly on both sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.reviews.blind import PAIR_ANSWERS, answer_of, order_for, picture_at, side_of_a, verdict_of
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.reviews.store.store import Review
from amgan.reviews.vote import possible_verdicts
from tests.models import message
from tests.reviews.random_reviews import picture, review_of, tokens

COUNT = 1000


def stored(spec, key="the-key-of-it"):
    return Review("review-01", key, 0.0, None, spec)


SINGLES = stored(review_of(COUNT))
PAIRS = stored(ReviewSpec("A or B", tuple(Item(picture(seed), picture(seed, model="b")) for seed in range(COUNT))))


@given(tokens)
def test_every_item_once_in_an_order_that_stays(reviewer):
    order = order_for(SINGLES, reviewer)
    assert sorted(order) == list(range(COUNT))
    assert order == order_for(SINGLES, reviewer)
    assert order != sorted(order)


def test_reviewers_and_reviews_differ():
    orders = [order_for(SINGLES, f"reviewer-{number}") for number in range(20)]
    assert len({tuple(order) for order in orders}) == 20
    assert order_for(stored(review_of(COUNT), "another-key"), "reviewer-0") != orders[0]


def test_each_side_as_often_as_the_other():
    """Of 20,000 fair throws the share is within 0.48 and 0.52 but for one time in a hundred million."""
    sides = {
        (reviewer, item): side_of_a(PAIRS, f"reviewer-{reviewer}", item)
        for reviewer in range(20)
        for item in range(COUNT)
    }
    assert 0.48 < sum(side == "left" for side in sides.values()) / len(sides) < 0.52
    for item in range(50):
        assert {sides[reviewer, item] for reviewer in range(20)} == {"left", "right"}
    # Who has one reviewer's sides knows nothing of another's, nor with another key.
    same = sum(sides[0, item] == sides[1, item] for item in range(COUNT)) / COUNT
    assert 0.4 < same < 0.6
    other = stored(PAIRS.spec, "another-key")
    assert 0.4 < sum(side_of_a(other, "reviewer-0", item) == sides[0, item] for item in range(COUNT)) / COUNT < 0.6


@given(tokens, st.integers(0, COUNT - 1))
def test_what_is_said_of_a_side_is_said_of_its_picture(reviewer, item):
    shown = {side: picture_at(PAIRS, reviewer, item, side) for side in ("left", "right")}
    pair = PAIRS.spec.items[item]
    assert {one.model for one in shown.values()} == {pair.a.model, pair.b.model}
    for side, one in shown.items():
        assert verdict_of(PAIRS, reviewer, item, side) == ("a" if one == pair.a else "b")
    for answer in PAIR_ANSWERS:
        verdict = verdict_of(PAIRS, reviewer, item, answer)
        assert verdict in (*possible_verdicts(PAIRS.spec), "skip", "undo")
        assert answer_of(PAIRS, reviewer, item, verdict) == answer


@pytest.mark.parametrize("answer", ["a", "b", "keep", "", "LEFT"])
def test_only_sides_are_answers_to_a_pair(answer):
    with pytest.raises(RequestError) as caught:
        verdict_of(PAIRS, "reviewer-0", 0, answer)
    assert "left, right, same" in message(caught.value)


@pytest.mark.parametrize("answer", ["keep", "reject", "3", "skip", "undo", "nonsense"])
def test_answers_to_single_pictures_are_verdicts_already(answer):
    assert verdict_of(SINGLES, "reviewer-0", 0, answer) == answer
    assert answer_of(SINGLES, "reviewer-0", 0, answer) == answer


def test_single_pictures_have_no_sides():
    with pytest.raises(RequestError, match="no sides"):
        picture_at(SINGLES, "reviewer-0", 0, "left")
