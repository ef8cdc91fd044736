"""Which pictures a job has: every one once, in one order, whatever the chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_SEED
from amgan.bulk.names import CHUNK_PICTURES, MAX_SEEDS_EACH, PictureNames
from amgan.errors import RequestError
from tests.bulk.jobs import NAMES, job
from tests.models import message

LABELS = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 700), min_size=1)


@given(LABELS, st.integers(0, 10))
def test_the_classes_one_after_the_other_each_from_the_first_seed(labels, seed):
    names = PictureNames(job(labels=labels, seed=seed), NAMES)
    expected = [(seed + place, number) for number, name in enumerate(NAMES) for place in range(labels.get(name, 0))]
    assert [(name.seeds[0], name.label) for name in names] == expected
    assert len(names) == len(expected)


@given(st.one_of(LABELS, st.integers(1, 2000)))
def test_chunks_are_the_whole_in_order(wanted):
    names = PictureNames(job(labels=wanted) if isinstance(wanted, dict) else job(n=wanted), NAMES)
    chunks = [names.chunk(number) for number in range(names.chunks)]
    assert [name for chunk in chunks for name in chunk] == list(names)
    assert all(len(chunk) == CHUNK_PICTURES for chunk in chunks[:-1])
    assert 1 <= len(chunks[-1]) <= CHUNK_PICTURES


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(1, 60), min_size=1), st.sampled_from([0, MAX_SEED - 100]))
def test_no_seed_is_ever_tried_for_two_pictures_of_a_class(labels, seed):
    tried = [(other, name.label) for name in PictureNames(job(labels=labels, seed=seed), NAMES) for other in name.seeds]
    assert len(tried) == len(set(tried))
    assert all(0 <= other <= MAX_SEED for other, _ in tried)
    if seed == 0:
        assert len(tried) == MAX_SEEDS_EACH * sum(labels.values())


def test_any_class_has_one_seed_each():
    assert [list(name.seeds) for name in PictureNames(job(n=3, seed=5), NAMES)] == [[5], [6], [7]]


def test_the_order_in_which_classes_are_named_changes_nothing():
    one = job(labels={NAMES[0]: 2, NAMES[2]: 3})
    other = job(labels={NAMES[2]: 3, NAMES[0]: 2})
    assert list(PictureNames(one, NAMES)) == list(PictureNames(other, NAMES))


def test_names_are_few_numbers_however_many_pictures():
    names = PictureNames(job(labels={NAMES[0]: 40_000_000, NAMES[1]: 60_000_000}), NAMES)
    assert names.chunks == 100_000_000 // CHUNK_PICTURES
    assert (names[99_999_999].seeds[0], names[99_999_999].label) == (59_999_999, 1)
    with pytest.raises(IndexError):
        names[100_000_000]


@pytest.mark.parametrize("name", ["Boat", "1.0", "-1"])
def test_an_unknown_class_is_one_line(name):
    with pytest.raises(RequestError) as caught:
        PictureNames(job(labels={name: 1}), NAMES)
    assert "this model has Sneaker, T-shirt/top" in message(caught.value)
