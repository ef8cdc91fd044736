"""Means, spreads, and what they decide."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.comparison.paper import Claim
from amgan.comparison.plan import Variant
from amgan.comparison.results import spread_of, spreads
from amgan.comparison.verdicts import Verdict, check_claim
from tests.comparison.made import result

AM, LABEL, GAN = (Variant(name, "dynamic") for name in ("am-gan", "labelgan", "gan"))
HIGHER = Claim("more", "inception_score", True, ((AM, LABEL),))
LOWER = Claim("less", "inception_score", False, ((AM, LABEL),))


def told(one, other):
    return {AM: {"inception_score": spread_of(one)}, LABEL: {"inception_score": spread_of(other)}}


def test_mean_and_deviation():
    spread = spread_of([1.0, 2.0, 3.0])
    assert (spread.mean, spread.deviation, spread.runs) == (2.0, 1.0, 3)
    assert spread.error == pytest.approx(1 / math.sqrt(3))
    assert str(spread) == "2.000 ± 1.000"
    alone = spread_of([0.5])
    assert (alone.mean, alone.deviation, alone.error, str(alone)) == (0.5, None, None, "0.500")


def test_spreads_over_the_seeds_of_each_variant():
    runs = [result("am-gan", inception=8.0), result("am-gan", seed=1, inception=9.0), result("gan", am=None)]
    found = spreads(runs)
    assert found[AM]["inception_score"].mean == 8.5
    assert found[AM]["ms_ssim"].mean == 0.4
    assert found[AM]["am_score_entropy"].mean == 0.2
    assert "am_score" not in found[GAN]
    assert set(found) == {AM, GAN}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([5.0, 5.1], [4.0, 4.1], Verdict.HOLDS),
        ([4.0, 4.1], [5.0, 5.1], Verdict.FAILS),
        ([5.0, 4.0], [4.0, 4.9], Verdict.LEANS),
        ([4.0, 4.9], [5.0, 4.0], Verdict.LEANS_AGAINST),
        ([5.0], [4.0], Verdict.LEANS),
        ([4.0], [5.0, 5.0], Verdict.LEANS_AGAINST),
        ([4.0, 4.0], [4.0, 4.0], Verdict.LEANS_AGAINST),
    ],
)
def test_a_difference_counts_beyond_two_standard_errors(one, other, expected):
    assert check_claim(HIGHER, told(one, other)).verdict is expected


values = st.lists(st.floats(0, 10), min_size=1, max_size=4)


@given(values, values)
def test_more_of_one_is_less_of_the_other(one, other):
    opposite = {
        Verdict.HOLDS: Verdict.FAILS,
        Verdict.FAILS: Verdict.HOLDS,
        Verdict.LEANS: Verdict.LEANS_AGAINST,
        Verdict.LEANS_AGAINST: Verdict.LEANS,
    }
    numbers = told(one, other)
    if spread_of(one).mean != spread_of(other).mean:
        assert check_claim(LOWER, numbers).verdict is opposite[check_claim(HIGHER, numbers).verdict]


def test_the_worst_comparison_decides_and_missing_ones_leave_it_open():
    both = Claim("more", "inception_score", True, ((AM, LABEL), (AM, GAN)))
    numbers = told([5.0, 5.1], [4.0, 4.1])
    assert check_claim(both, numbers).verdict is None
    assert check_claim(both, numbers).missing == 1
    numbers[GAN] = {"inception_score": spread_of([5.0])}
    assert check_claim(both, numbers).verdict is Verdict.LEANS
    numbers[GAN] = {"inception_score": spread_of([6.0, 6.1])}
    assert check_claim(both, numbers).verdict is Verdict.FAILS
    del numbers[LABEL]
    assert check_claim(both, numbers).verdict is Verdict.FAILS  # whatever the other says
    assert check_claim(both, {}).verdict is None
