"""The batch limit: the smallest size that pays, and none that keeps everyone waiting."""

from __future__ import annotations

import pytest

from amgan.engine import batch_limit
from amgan.engine.batch_limit import CANDIDATES, LONGEST_SECONDS, measured_limit
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
    monkeypatch.setattr(batch_limit, "_seconds", lambda renderer, size: seconds_of(size))
    assert measured_limit(tiny_model().sampler.renderer) == limit
    assert seconds_of(limit) <= LONGEST_SECONDS or limit == 1


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_a_real_renderer_is_measured(labeling):
    assert measured_limit(tiny_model(labeling=labeling).sampler.renderer) in CANDIDATES


def test_a_bad_moment_does_not_make_small_batches(monkeypatch):
    calls = []

    def seconds(renderer, size):
        calls.append(size)
        return 0.004 + 0.00005 * size + (0.1 if len(calls) in (2, 3, 12) else 0)

    monkeypatch.setattr(batch_limit, "_seconds", seconds)
    assert measured_limit(tiny_model().sampler.renderer) == 256
