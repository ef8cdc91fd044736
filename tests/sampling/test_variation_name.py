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
    moved,
    picture_seeds,
    root_seed,
    trail,
    unmoved,
    variations_of,
)
from tests.models import message

LONGEST = str(Variation(MAX_SEED, (Step(100, MAX_SEED, is_along=True),) * MAX_STEPS))


@given(
    st.integers(0, MAX_SEED),
    st.lists(st.tuples(st.integers(1, 100), st.integers(1, MAX_SEED), st.booleans()), min_size=1, max_size=MAX_STEPS),
)
def test_a_name_says_all_of_it(seed, steps):
    variation = Variation(seed, tuple(Step(*step) for step in steps))
    name = str(variation)
    assert Variation.named(name) == variation
    assert check_picture_seed(name) == name
    assert root_seed(name) == seed
    *before, itself = trail(name)
    assert itself == name
    percent, number, is_along = steps[-1]
    assert name in (
        [moved(before[-1], {number: percent})] if is_along else variations_of(before[-1], percent, [number])
    )
    assert moved(*unmoved(name)) == name


@given(
    st.sampled_from([7, "7~12-3", "7~12-3~30-d5~25-1"]),
    st.dictionaries(st.integers(1, MAX_SEED), st.integers(0, 100), max_size=5),
)
def test_a_picture_is_moved_along_directions_and_back(name, moves):
    there = moved(name, moves)
    assert check_picture_seed(there) == there
    assert unmoved(there) == (name, {number: percent for number, percent in moves.items() if percent})


def test_moves_are_the_last_steps_along_different_directions():
    assert unmoved(7) == (7, {})
    assert unmoved("7~12-3") == ("7~12-3", {})
    assert unmoved("7~12-3~30-d5~10-d6") == ("7~12-3", {5: 30, 6: 10})
    assert unmoved("7~30-d5~10-d6~20-d5") == ("7~30-d5", {6: 10, 5: 20})
    assert str(Variation(7, (Step(30, 5, is_along=True),))) == moved(7, {5: 30}) == "7~30-d5"


def test_a_move_is_checked():
    for moves in ({0: 30}, {MAX_SEED + 1: 30}, {5: 101}, {5: -1}):
        with pytest.raises(RequestError):
            moved(7, moves)
    with pytest.raises(RequestError, match="1 to 32 steps"):
        moved("7" + "~12-3" * MAX_STEPS, {5: 30})


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
        "7~30-d", "7~30-d0", "7~30-d05", "7~30-D5", "7~30-dd5", "7~30d-5", "7~d30-5", "7~0-d5", "7~101-d5", "7~30-5d",
        f"7~30-d{MAX_SEED + 1}",
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
    assert list(picture_seeds("7~12-3~30-d5", 3)) == ["7~12-3~30-d5", "7~12-3~31-d5", "7~12-3~32-d5"]
    assert picture_seeds("7~1-d5", 100)[99] == "7~100-d5"


@pytest.mark.parametrize(("first", "what"), [(MAX_SEED - 1, "seed"), (f"7~12-{MAX_SEED - 1}", "number")])
def test_pictures_count_on_to_the_last_number(first, what):
    assert len(picture_seeds(first, 2)) == 2
    with pytest.raises(RequestError, match=f"3 pictures from .* on would pass the largest {what}, 4294967295"):
        picture_seeds(first, 3)


def test_pictures_along_a_direction_count_on_to_its_end():
    with pytest.raises(RequestError, match="12 pictures from variation 7~90-d5 on would pass 100 per cent"):
        picture_seeds("7~90-d5", 12)
