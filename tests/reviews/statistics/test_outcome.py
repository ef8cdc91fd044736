"""Targets: three states, by the votes so far and by the interval, and what would settle them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.statistics.outcome import (
    LEAST_PICTURES,
    LEAST_REVIEWERS,
    MOST_NEEDED,
    Need,
    Outcome,
    State,
    every,
    outcome,
    still_needed,
)
from amgan.reviews.statistics.share import Share, pooled, share, wilson_interval

shares = st.integers(1, 300).flatmap(lambda count: st.builds(Share, st.integers(0, count), st.just(count)))
MET, LOST = Outcome(True, True), Outcome(False, True)
HOPED, FEARED = Outcome(True, False), Outcome(False, False)


@pytest.mark.parametrize(
    ("share", "target", "expected"),
    [
        (Share(95, 100), 0.6, MET),
        (Share(18, 29), 0.6, HOPED),
        (Share(12, 29), 0.6, LOST),
        (Share(16, 29), 0.6, FEARED),
        (Share(3, 5), 0.6, HOPED),
        (Share(5, 5), 1.0, HOPED),
        (Share(5, 5), 0.5, MET),
        # The interval is from 0.51 on, but four pictures are too few.
        (Share(4, 4), 0.5, HOPED),
        (pooled([Share(20, 20)] * 4), 0.3, HOPED),
        (pooled([Share(0, 20)] * 4), 0.6, FEARED),
        # As ten votes would, although there are 200.
        (pooled([Share(20, 20)] * 10), 0.8, HOPED),
        (pooled([Share(20, 20)] * 10), 0.7, MET),
        (Share(0, 9), 0.0, MET),
    ],
)
def test_a_target(share, target, expected):
    assert outcome(share, target) == expected


@pytest.mark.parametrize("people", [1, 2, 3, 9])
def test_nothing_is_certain_on_the_taste_of_one_or_two(people):
    by = [f"reviewer-{number}" for number in range(people)]
    kept, rejected = (pooled(share(hits, 1, [by[n % people]]) for n in range(40)) for hits in (1, 0))
    assert kept.people == rejected.people == rejected.others.people == people
    assert outcome(kept, 0.6) == Outcome(True, people >= LEAST_REVIEWERS)
    assert outcome(rejected, 0.6) == Outcome(False, people >= LEAST_REVIEWERS)
    if people < LEAST_REVIEWERS:
        assert still_needed(kept, 0.6) == Need(LEAST_REVIEWERS - people, "person")


@given(shares, st.floats(0, 1))
def test_certain_means_that_the_whole_interval_is_on_that_side(share, target):
    found = outcome(share, target)
    assert found.so_far == (share.value >= target)
    if found.certain:
        assert all((end >= target) == found.so_far for end in share.interval)
    assert (found.state is State.OPEN) == (not found.certain)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([MET, MET], State.MET),
        ([MET, LOST, HOPED, None], State.NOT_MET),
        ([MET, HOPED], State.OPEN),
        ([MET, FEARED], State.OPEN),
        ([MET, None], State.OPEN),
        ([], State.OPEN),
    ],
)
def test_a_target_for_every_class(outcomes, state):
    assert every(outcomes) is state


@given(shares, st.floats(0.05, 0.95))
def test_so_much_more_of_the_same_would_tell(share, target):
    need = still_needed(share, target)
    if need is None:
        assert abs(share.value - target) < 0.1
        return
    # Votes of which nothing else is known are of people and on pictures of their own.
    if need.noun == "person":
        assert share.count + need.count == LEAST_REVIEWERS
        return
    assert need.noun == "picture"
    assert need.count <= MOST_NEEDED
    count = share.count + need.count
    assert count >= LEAST_PICTURES
    low, high = wilson_interval(share.value * count, count)
    assert not low <= target <= high


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=1, max_size=30), st.floats(0.05, 0.95))
def test_what_is_certain_needs_nothing_and_what_is_needed_is_more(pictures, target):
    liked = pooled(Share(min(hits, of), of) for hits, of in pictures)
    if not outcome(liked, target).certain and (need := still_needed(liked, target)) is not None:
        assert need.count >= 1


def test_pictures_are_asked_for_where_votes_would_not_do():
    alike = pooled([Share(20, 20)] * 8 + [Share(0, 20)] * 2)
    assert still_needed(alike, 0.6).noun == "picture"
    # Four pictures tell nothing, however many judge them; one more is the least.
    assert still_needed(pooled([Share(20, 20)] * 4), 0.3) == Need(1, "picture")
    # Where votes on one picture differ as much as any, more of them will do.
    need = still_needed(pooled([Share(2, 3)] * 10), 0.6)
    assert need.noun == "vote"
    assert need.count > 100
