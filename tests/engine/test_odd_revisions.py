"""Misses are believed for a while, and a Hub that is away is left alone for a moment."""

from __future__ import annotations

from amgan.engine.hub_entry import AWAY_SECONDS, MISSING_SECONDS, MOST_MISSING, OddRevisions


class Clock:
    now = 5.0

    def __call__(self) -> float:
        return self.now


def test_a_miss_is_believed_for_a_while() -> None:
    clock = Clock()
    odd = OddRevisions(clock)
    assert not odd.is_missing("v1")
    odd.note_missing("v1")
    clock.now += MISSING_SECONDS - 1
    assert odd.is_missing("v1")
    assert not odd.is_missing("v2")
    odd.note_missing("v1")
    clock.now += 2
    assert odd.is_missing("v1")
    clock.now += MISSING_SECONDS
    assert not odd.is_missing("v1")


def test_misses_are_bounded_and_the_oldest_go() -> None:
    odd = OddRevisions(Clock())
    for number in range(MOST_MISSING + 3):
        odd.note_missing(str(number))
    assert [odd.is_missing(str(number)) for number in (0, 2, 3, MOST_MISSING + 2)] == [False, False, True, True]


def test_a_hub_that_is_away_is_left_alone_for_a_moment() -> None:
    clock = Clock()
    odd = OddRevisions(clock)
    assert not odd.is_away
    odd.note_away()
    assert odd.is_away
    clock.now += AWAY_SECONDS
    assert not odd.is_away
