"""Pictures whose class their seed does not have come from another seed; the others stay as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bulk.drawing import draw_chunk
from amgan.bulk.names import MAX_SEEDS_EACH, PictureNames
from amgan.errors import ClassSearchError
from tests.bulk.jobs import NAMES, StandIn, job
from tests.models import message


def drawn(draw, count=20, first=0, last=None):
    names = list(PictureNames(job(labels={"Sneaker": count}), NAMES))[first:last]
    return draw_chunk(draw, names, 1.0, None)


def test_a_chunk_without_misses_is_one_call():
    draw = StandIn()
    pictures, samples = drawn(draw)
    assert draw.calls == 1
    assert [sample.seed for sample in samples] == list(range(20))
    assert np.array_equal(pictures, [draw.picture(seed, 0) for seed in range(20)])


@given(st.sets(st.integers(0, 39), max_size=25), st.integers(1, 19))
def test_a_missing_one_takes_its_own_next_seed(missing, cut):
    draw = StandIn(missing=[(seed, 0) for seed in missing])
    pictures, samples = drawn(draw)
    expected = [next(seed for seed in range(place, 160, 20) if seed not in missing) for place in range(20)]
    assert [sample.seed for sample in samples] == expected
    assert np.array_equal(pictures, [draw.picture(seed, 0) for seed in expected])
    parts = [drawn(draw, last=cut), drawn(draw, first=cut)]
    assert np.array_equal(np.concatenate([part for part, _ in parts]), pictures)
    assert [sample for _, part in parts for sample in part] == samples


def test_a_class_that_is_not_to_be_had_ends_after_few_calls():
    draw = StandIn(missing=[(seed, 0) for seed in range(2000)])
    with pytest.raises(ClassSearchError) as caught:
        drawn(draw, count=200)
    assert message(caught.value) == "no class 0 in seed 0 (7 other seeds had none either, so the job ends here)"
    # 200, 100, 50, 25, 12, 6, 3, 1, and the other seeds of that one.
    assert draw.calls == 8 + MAX_SEEDS_EACH - 1
