"""What batches cost: the smallest size that pays, none that keeps everyone waiting, what is saved together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.engine import batch_cost
from amgan.engine.batch_cost import CANDIDATES, LONGEST_SECONDS, BatchCost, measured_cost
from tests.models import tiny_model


@pytest.mark.parametrize(
    ("seconds_of", "limit"),
    [
        (lambda size: 0.001 * size, 1),  # nothing gained by batches
        (lambda size: 0.01, 256),  # as with a large GPU: a batch takes as long as a picture
        (lambda size: 0.004 + 0.00005 * size, 256),
        (lambda size: 0.001 * max(size, 8), 8),  # full at 8
        (lambda size: 0.05 + 0.004 * size, 32),  # gains up to the end, but 64 would take longer than allowed
        (lambda size: 1.0 * size, 1),  # even one takes too long
        (lambda size: 0.001 * size if size < 64 else 0.01 * size, 1),
    ],
)
def test_the_smallest_that_pays(monkeypatch, seconds_of, limit):
    monkeypatch.setattr(batch_cost, "_seconds", lambda renderer, size: seconds_of(size))
    assert measured_cost(tiny_model().sampler.renderer).limit == limit
    assert seconds_of(limit) <= LONGEST_SECONDS or limit == 1


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_a_real_renderer_is_measured(labeling):
    assert measured_cost(tiny_model(labeling=labeling).sampler.renderer).limit in CANDIDATES


def test_a_bad_moment_does_not_make_small_batches(monkeypatch):
    calls = []

    def seconds(renderer, size):
        calls.append(size)
        return 0.004 + 0.00005 * size + (0.1 if len(calls) in (2, 3, 12) else 0)

    monkeypatch.setattr(batch_cost, "_seconds", seconds)
    assert measured_cost(tiny_model().sampler.renderer).limit == 256


CPU = BatchCost({1: 10.0, 2: 20.0, 4: 19.0, 8: 34.0, 16: 64.0, 32: 122.0})
"""A second picture is drawn alone, a third fills a batch of four nearly enough; see `batch_size`."""


@pytest.mark.parametrize(
    ("pictures", "seconds"), [(0, 0), (1, 10), (2, 20), (3, 19), (4, 19), (5, 29), (6, 34), (8, 34), (9, 44), (40, 156)]
)
def test_a_number_of_pictures_costs_the_batches_that_it_is_cut_into(pictures, seconds):
    assert CPU.seconds(pictures) == seconds


def test_what_is_saved_together():
    assert CPU.saved(1, 1) == 0  # the second one is drawn alone
    assert CPU.saved(2, 1) == 11
    assert CPU.saved(4, 4) == 4
    assert CPU.saved(1, 7) == 10
    assert CPU.saved(32, 8) == 0
    assert CPU.saved(3, 0) == 0


@given(st.dictionaries(st.sampled_from(CANDIDATES), st.floats(1e-6, 1), min_size=1), st.integers(0, 600))
def test_any_number_has_a_cost(seconds, pictures):
    cost = BatchCost({1: 0.1} | seconds)
    assert cost.seconds(pictures) >= 0
    assert cost.limit in {1, *seconds}
    assert cost.seconds(cost.limit) == pytest.approx(({1: 0.1} | seconds)[cost.limit])
