"""Who wins of pairs: the exact sign test over pairs, its symmetry, and votes that find both as good."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.statistics.preference import SURE, Preference, Winner, preference, side, sign_test
from amgan.reviews.statistics.share import Share, share

numbers = st.integers(0, 300)


@pytest.mark.parametrize(
    ("first", "second", "chance"),
    [(0, 0, 1), (1, 0, 1), (3, 3, 1), (4, 0, 0.125), (5, 0, 0.0625), (6, 0, 0.03125), (8, 2, 0.109375), (2000, 0, 0)],
)
def test_the_sign_test_by_hand(first, second, chance):
    assert sign_test(first, second) == sign_test(second, first) == pytest.approx(chance)


@given(st.integers(0, 60))
def test_it_is_wrong_as_seldom_as_it_says(count):
    # Over all splits of pairs that fall by chance alone, exactly.
    wrong = sum(
        comb(count, b) for b in range(count + 1) if Preference(count - b, b, count, 0, 3).winner != Winner.NEITHER
    )
    assert wrong / 2**count < SURE


@given(numbers, numbers, numbers, numbers)
def test_either_side_wins_alike_and_none_where_most_find_both_as_good(a, b, choices, same):
    found, turned = Preference(a, b, choices, same, 3), Preference(b, a, choices, same, 3)
    other = {Winner.A: Winner.B, Winner.B: Winner.A, Winner.NEITHER: Winner.NEITHER}
    assert turned.winner is other[found.winner]
    assert found.winner is Winner.NEITHER or same <= choices
    more = found.pairs_needed
    if more is not None:
        assert more >= 1
        assert found.winner is Winner.NEITHER


def test_four_of_four_are_too_few_and_six_are_not():
    assert Preference(0, 4, 4, 0, 3).winner is Winner.NEITHER
    assert Preference(0, 4, 4, 0, 3).pairs_needed == 2
    assert Preference(0, 6, 6, 6, 3).winner is Winner.B
    assert Preference(6, 0, 6, 0, 3).winner is Winner.A
    assert Preference(0, 6, 6, 7, 3).winner is Winner.NEITHER
    assert Preference(0, 6, 6, 7, 3).pairs_needed is None
    assert Preference(3, 3, 6, 0, 3).pairs_needed is None


def test_nobody_wins_on_the_taste_of_one_or_two():
    for people, winner in ((1, Winner.NEITHER), (2, Winner.NEITHER), (3, Winner.B)):
        by = [f"reviewer-{number}" for number in range(people)]
        found = preference((share(1, 1, [by[n % people]]), 0) for n in range(12))
        assert (found.people, found.ahead, found.winner) == (people, Winner.B, winner)
        assert found.people_needed == 3 - people
        assert found.pairs_needed is None  # more pairs would not help


def test_votes_on_one_pair_count_once():
    # 60 choices for b, but of three pairs.
    found = preference([(Share(20, 20), 0)] * 3 + [(Share(1, 2), 3), (None, 4), (None, 0)])
    assert found == Preference(0, 3, 62, 7, 62)
    assert found.winner is Winner.NEITHER


def test_a_pair_falls_to_the_side_with_more_choices():
    assert [side(one) for one in (Share(2, 3), Share(1, 3), Share(1, 2), None)] == [
        Winner.B, Winner.A, Winner.NEITHER, Winner.NEITHER,
    ]  # fmt: skip
