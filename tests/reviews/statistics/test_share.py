"""Wilson's interval: published values, what defines it, and its symmetry."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.statistics.share import Z_95, Share, share, wilson_interval

counts = st.integers(1, 2000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count)))


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_values(hits, count, low, high):
    # R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    assert wilson_interval(hits, count) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(counts)
def test_its_ends_are_the_shares_just_z_deviations_away(pair):
    hits, count = pair
    low, high = wilson_interval(hits, count)
    assert 0 <= low <= hits / count <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            distance = abs(hits / count - end)
            assert distance == pytest.approx(Z_95 * math.sqrt(end * (1 - end) / count), abs=1e-9)


@given(counts)
def test_what_is_kept_and_what_is_not_mirror_each_other(pair):
    hits, count = pair
    low, high = wilson_interval(count - hits, count)
    assert wilson_interval(hits, count) == (pytest.approx(1 - high), pytest.approx(1 - low))


@given(counts)
def test_more_votes_of_the_same_share_tell_more(pair):
    hits, count = pair
    once, twice = wilson_interval(hits, count), wilson_interval(2 * hits, 2 * count)
    assert twice[1] - twice[0] < once[1] - once[0]


def test_a_share():
    found = Share(3, 4)
    assert found.value == 0.75
    assert (found.low, found.high) == found.interval == wilson_interval(3, 4)
    assert share(0, 0) is None
    for hits, count in ((1, 0), (-1, 4), (5, 4)):
        with pytest.raises(ValueError, match="is no share"):
            Share(hits, count)
