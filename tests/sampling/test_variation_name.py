"""Names of variations: written one way, read back the same, and nothing else is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_SEED, MAX_STEPS
from amgan.errors import RequestError
from amgan.sampling.variation_name import (
    MOST_CHARACTERS,
    Step,
    Variation,
    check_picture_seed,
    file_word,
    picture_seeds,
    root_seed,
    trail,
    variations_of,
)
from tests.models import message

LONGEST = str(Variation(MAX_SEED, (Step(100, MAX_SEED),) * MAX_STEPS))


@given(
    st.integers(0, MAX_SEED),
    st.lists(st.tuples(st.integers(1, 100), st.integers(1, MAX_SEED)), min_size=1, max_size=MAX_STEPS),
)
def test_a_name_says_all_of_it(seed, steps):
    variation = Variation(seed, tuple(Step(*step) for step in steps))
    name = str(variation)
    assert Variation.named(name) == variation
    assert check_picture_seed(name) == name
    assert root_seed(name) == seed
    *before, itself = trail(name)
    assert itself == name
    assert name in variations_of(before[-1], steps[-1][0], [steps[-1][1]])


def test_a_trail_begins_at_the_seed():
    assert trail("7~12-3~25-1") == [7, "7~12-3", "7~12-3~25-1"]
    assert trail(7) == [7]


def test_part_of_a_files_name_is_short_and_of_one_picture_only():
    assert [file_word(7), file_word("7~12-3")] == ["7", "7~12-3"]
    words = {file_word(name) for name in variations_of(LONGEST.rpartition("~")[0], 12, range(1, 50))}
    assert len(words) == 49
    assert max(map(len, words)) <= 60


def test_the_longest_name_is_one():
    assert len(LONGEST) == MOST_CHARACTERS
    assert check_picture_seed(LONGEST) == LONGEST


@pytest.mark.parametrize(
    "name",
    [
        "~", "7~", "~12-3", "7~12", "7~12-", "7~-3", "7~12-3~", "7~12-3-4", "7~12_3", " 7~12-3", "7~12-3\n", "7~1.5-3",
        "-7~12-3", "7~+1-3", "\uff17~12-3", "7~0-3", "07~12-3", "7~012-3", "7~12-03", "7~101-3", "7~12-0",
        f"7~12-{MAX_SEED + 1}", f"{MAX_SEED + 1}~12-3",
        LONGEST + "~12-3", "7" + "~12-3" * (MAX_STEPS + 1), "7~" + "9" * 100_000, "~" * 100_000,
    ],
)  # fmt: skip
def test_nothing_else_is_a_name(name):
    with pytest.raises(RequestError) as caught:
        check_picture_seed(name)
    assert len(message(caught.value)) < 200


def test_pictures_count_on():
    assert list(picture_seeds(7, 3)) == [7, 8, 9]
    assert list(picture_seeds("7~12-3", 3)) == ["7~12-3", "7~12-4", "7~12-5"]
    assert picture_seeds("7~12-3", 10**8)[10**8 - 1] == "7~12-100000002"
    assert picture_seeds("7~12-3~12-9", 4)[1:3] == ["7~12-3~12-10", "7~12-3~12-11"]


@pytest.mark.parametrize(("first", "what"), [(MAX_SEED - 1, "seed"), (f"7~12-{MAX_SEED - 1}", "number")])
def test_pictures_count_on_to_the_last_number(first, what):
    assert len(picture_seeds(first, 2)) == 2
    with pytest.raises(RequestError, match=f"3 pictures from .* on would pass the largest {what}, 4294967295"):
        picture_seeds(first, 3)
