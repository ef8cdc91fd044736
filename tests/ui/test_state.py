# ruff: noqa: RUF001 - wide digits are what this is about
"""What is typed into the page's fields, or sent in their place, is a state or a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_SEED
from amgan.errors import RequestError
from amgan.ui.checks import state_of, value_of
from amgan.ui.links import fields_of, from_text
from amgan.ui.state import BatchState, EndState, MorphState, PageState, ReviewState, SampleState, VariationsState
from amgan.ui.words import ENGLISH
from tests.models import message

STATES = (PageState, SampleState, VariationsState, EndState, MorphState, BatchState, ReviewState)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), (" 12 ", 12), ("012", 12), (12, 12), ("１２", 12), ("１２０００", 12000), ("12 000", 12000),
     ("12,000", 12000), ("１２，０００", 12000), ("１２、０００", 12000), ("１２\u3000０００", 12000),
     ("1 234 567", 1234567), ("12\u00a0000", 12000), ("12\u202f000", 12000), ("12'000", 12000)],
)  # fmt: skip
def test_whole_numbers_as_people_type_them(typed: Any, number: int) -> None:
    for state, name in ((SampleState, "seed"), (BatchState, "count"), (BatchState, "seed")):
        assert value_of(state, name, typed, ENGLISH) == number
    assert from_text(f"?tab=batch&n={typed}")[0].batch.count == number


@pytest.mark.parametrize(
    "typed",
    ["", " ", "1.5", "-1", "1,5", "12 00", "1 2", "1,2345", "²", "٣", "①", "一二", "x", "9" * 13, 1.0, True, None,
     [1], {}],
)  # fmt: skip
def test_what_is_no_whole_number(typed: Any) -> None:
    with pytest.raises(RequestError, match="The seed must be a whole number from 0 to 4294967295, not “") as caught:
        value_of(SampleState, "seed", typed, ENGLISH)
    message(caught.value)


@pytest.mark.parametrize(
    ("state", "name", "typed", "value"),
    [(BatchState, "confidence", "０．９", 0.9), (BatchState, "confidence", "０。９", 0.9),
     (BatchState, "confidence", "", None), (BatchState, "confidence", "\u3000", None),
     (BatchState, "confidence", 0, 0.0), (SampleState, "truncation", 1, 1.0), (SampleState, "truncation", "0.5", 0.5),
     (ReviewState, "target", "７０％", 70.0), (ReviewState, "target", "70 %", 70.0), (ReviewState, "target", " ", None),
     (ReviewState, "target", 100, 100.0)],
)  # fmt: skip
def test_numbers_as_people_type_them(state: type, name: str, typed: Any, value: float | None) -> None:
    assert value_of(state, name, typed, ENGLISH) == value


@pytest.mark.parametrize(
    ("state", "values", "said"),
    [
        (SampleState, {"count": 0}, "The number of pictures must be 1 – 64, not “0”."),
        (SampleState, {"truncation": 3}, "The truncation must be a number above 0 and at most 2, not “3”."),
        (SampleState, {"truncation": ""}, "The truncation must be"),
        (SampleState, {"truncation": True}, "The truncation must be"),
        (SampleState, {"seed": MAX_SEED, "count": 2}, "no 2 pictures from 4294967295 on; the last seed is 4294967295"),
        (VariationsState, {"seed": 1, "alikeness": "same"}, "How alike must be close, near, far, not “same”."),
        (MorphState, {"frames": 1}, "The number of frames must be a whole number from 2 to 128, not “1”."),
        (MorphState, {"frames": 3, "through": (EndState(3), EndState(4))}, "from 4 to 128, not “3”"),
        (MorphState, {"method": "arc"}, "The path must be slerp, lerp, not “arc”."),
        (MorphState, {"speed": None}, "The speed must be slow, normal, fast, not “None”."),
        (BatchState, {"count": 10**9}, "must be a whole number from 1 to 100000000, not “1000000000”."),
        (BatchState, {"format": "png"}, "The file must be zip, parquet, npz, not “png”."),
        (BatchState, {"confidence": "1"}, "How sure the model must be is a number from 0 to below 1, not “1”."),
        (BatchState, {"confidence": "nan"}, "How sure the model must be"),
        (ReviewState, {"target": "101"}, "The goal must be a number from 0 to 100, not “101”."),
        (ReviewState, {"title": "x" * 121}, "The title may have 120 characters."),
        (ReviewState, {"question": "x" * 301}, "The question may have 300 characters."),
        (ReviewState, {"scale": "thumbs"}, "The answers must be keep, stars, not “thumbs”."),
    ],
)
def test_what_is_not_possible_is_said_in_the_page_s_words(state: type, values: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError) as caught:
        state_of(state, ENGLISH, **values)
    assert said in message(caught.value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(st.sampled_from([field for state in STATES for field in fields_of(state)]), anything)
def test_whatever_is_sent_is_a_value_or_a_sentence(field: Any, value: Any) -> None:
    state = next(state for state in STATES if field in fields_of(state))
    try:
        value_of(state, field.name, value, ENGLISH)
    except RequestError as error:
        assert str(error).strip()  # noqa: PT017
