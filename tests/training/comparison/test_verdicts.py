"""Means, spreads, and what they decide."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.training.comparison.paper import Claim
from amgan.training.comparison.plan import Variant
from amgan.training.comparison.results import spread_of, spreads
from amgan.training.comparison.verdicts import Verdict, _verdict, check_claim, two_sided_95
from tests.training.comparison.made import result

AM, LABEL, GAN = (Variant(name, "dynamic") for name in ("am-gan", "labelgan", "gan"))
HIGHER = Claim("more", "inception_score", True, ((AM, LABEL),))
LOWER = Claim("less", "inception_score", False, ((AM, LABEL),))


def told(one, other, **more):
    """Runs of AM-GAN, LabelGAN and others with these Inception Scores."""
    of = {"am-gan": one, "labelgan": other, **more}
    return [
        result(name, seed=seed, inception=value) for name, values in of.items() for seed, value in enumerate(values)
    ]


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
    ("freedom", "expected"),
    [(0.9999999, 12.706), (1.0, 12.706), (1.9, 12.706), (2.0, 4.303), (11.0, 2.228), (1e9, 1.98)],
)
def test_the_quantile_is_that_of_no_more_degrees_of_freedom(freedom, expected):
    assert two_sided_95(freedom) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([5.0, 5.1, 5.05], [4.0, 4.1, 4.05], Verdict.HOLDS),
        ([4.0, 4.1, 4.05], [5.0, 5.1, 5.05], Verdict.FAILS),
        # Of two runs each it takes 4.3 errors, or up to 12.7 where one of them varies more than the other.
        ([5.0, 5.1], [4.0, 4.1], Verdict.HOLDS),
        ([5.0, 5.1], [4.7, 4.8], Verdict.LEANS),
        ([5.0, 5.0], [4.0, 4.3], Verdict.LEANS),
        ([4.7, 4.8], [5.0, 5.1], Verdict.LEANS_AGAINST),
        ([5.0, 4.0], [4.0, 4.9], Verdict.LEANS),
        ([5.0], [4.0], Verdict.SINGLE),
        ([4.0], [5.0, 5.0], Verdict.SINGLE_AGAINST),
        ([4.0, 4.0], [4.0, 4.0], Verdict.LEANS_AGAINST),
        ([4.5, 4.5], [4.0, 4.0], Verdict.HOLDS),
    ],
)
def test_a_difference_counts_beyond_chance(one, other, expected):
    assert check_claim(HIGHER, told(one, other)).verdict is expected


@pytest.mark.parametrize("runs", [2, 3, 5])
def test_equal_models_differ_for_certain_in_one_of_twenty_comparisons_at_most(runs):
    draw = random.Random(runs)
    verdicts = [
        _verdict(*(spread_of([draw.gauss(0, 1) for _ in range(runs)]) for _ in range(2)), higher=True)
        for _ in range(3000)
    ]
    assert sum(one in (Verdict.HOLDS, Verdict.FAILS) for one in verdicts) / len(verdicts) < 0.06


values = st.lists(st.floats(0, 10), min_size=1, max_size=4)


@given(values, values)
def test_more_of_one_is_less_of_the_other(one, other):
    opposite = {
        Verdict.HOLDS: Verdict.FAILS,
        Verdict.FAILS: Verdict.HOLDS,
        Verdict.LEANS: Verdict.LEANS_AGAINST,
        Verdict.LEANS_AGAINST: Verdict.LEANS,
        Verdict.SINGLE: Verdict.SINGLE_AGAINST,
        Verdict.SINGLE_AGAINST: Verdict.SINGLE,
    }
    runs = told(one, other)
    if spread_of(one).mean != spread_of(other).mean:
        assert check_claim(LOWER, runs).verdict is opposite[check_claim(HIGHER, runs).verdict]


def test_the_worst_comparison_decides_and_missing_ones_leave_it_open():
    both = Claim("more", "inception_score", True, ((AM, LABEL), (AM, GAN)))
    clear = ([5.0, 5.1], [4.0, 4.1])
    assert check_claim(both, told(*clear)).verdict is None
    assert check_claim(both, told(*clear)).missing == 1
    assert check_claim(both, told(*clear, gan=[5.0])).verdict is Verdict.SINGLE
    assert check_claim(both, told(*clear, gan=[6.0, 6.1])).verdict is Verdict.FAILS
    assert check_claim(both, told(clear[0], [], gan=[6.0, 6.1])).verdict is Verdict.FAILS  # whatever the other says
    assert check_claim(both, []).verdict is None


def test_the_largest_class_is_compared_over_the_classes_that_all_runs_have():
    claim = Claim("more", "ms_ssim", True, ((AM, LABEL),))
    runs = [
        result("am-gan", classes={"bag": 0.5, "boot": 0.4, "coat": 0.99}, ms_ssim=0.99),
        result("am-gan", seed=1, classes={"bag": 0.5, "boot": 0.6, "coat": None}, left_out=("coat",), ms_ssim=0.6),
        result("labelgan", classes={"bag": 0.3, "boot": 0.2, "coat": 0.7}, ms_ssim=0.7),
        result("labelgan", seed=1, classes={"bag": 0.2, "boot": 0.9, "coat": 0.1}, left_out=("boot",), ms_ssim=0.2),
    ]
    (compared,) = check_claim(claim, runs).compared
    assert compared.classes == 1
    assert [spread.mean for spread in compared.numbers] == [0.5, 0.25]
    nothing = result("labelgan", seed=2, classes={"bag": 0.1}, left_out=("bag",))
    assert check_claim(claim, [*runs, nothing]).missing == 1
