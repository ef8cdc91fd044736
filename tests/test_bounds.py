"""Each bound stands once: what a check lets through is what the type does, and what it refuses it says in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from amgan import bounds
from amgan.bounds import MAX_SEED, Check, check_confidence, check_seed, check_seeds, check_truncation, check_whole
from amgan.console import flag
from amgan.errors import ConfigError, RequestError
from tests.models import message


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (bounds.Seed, "a whole number from 0 to 4294967295"),
        (bounds.Truncation, "a number above 0, at most 2"),
        (bounds.Confidence, "a number from 0 to below 1"),
        (bounds.Share, "a number from 0 to 1"),
        (bounds.Frames, "a whole number from 2 to 1000"),
        (bounds.Items, "a whole number from 1 to 2000"),
        (bounds.AtLeastOne, "at least 1"),
        (bounds.Positive, "a number above 0"),
        (bounds.NotNegative, "a number from 0"),
    ],
)
@pytest.mark.parametrize("value", [-1, 0, 0.5, 1, 2, 1000, 2000, 2**32, 10**400, -0.0, float("nan"), float("inf")])
def test_a_check_is_its_type_in_words(kind, words, value):
    try:
        expected = TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        with pytest.raises(RequestError) as caught:
            Check(kind, "it")(value)
        assert f"it must be {words}, not " in message(caught.value)
    else:
        assert Check(kind, "it")(value) == expected


@pytest.mark.parametrize("value", [True, "1", None, [1], b"1", 1j])
@pytest.mark.parametrize("check", [check_seed, check_truncation, check_confidence])
def test_what_is_no_number(check, value):
    with pytest.raises(RequestError) as caught:
        check(value)
    message(caught.value)


def test_numbers_of_other_libraries_become_plain_ones():
    assert type(check_seed(np.uint32(MAX_SEED))) is int
    assert type(check_truncation(np.float64(0.5))) is float
    assert type(check_truncation(1)) is float


def test_the_caller_says_what_it_is_called_and_what_is_raised():
    with pytest.raises(ConfigError, match="the default must be a number from 0 to below 1, not 1"):
        check_confidence(1, "the default", ConfigError)


@dataclass(frozen=True)
class Options:
    """Numbers with bounds, one without, and what is no number."""

    count: bounds.Count = 0
    share: bounds.Share | None = None
    free: int = -1
    text: str | None = "-1"


def test_the_numbers_of_a_dataclass_are_asked_what_their_types_say():
    bounds.check_fields(Options())
    bounds.check_fields(Options(count=np.int64(3), share=1))
    for wrong in (Options(count=-1), Options(share=1.5), Options(share="1"), Options(count=None)):
        with pytest.raises(
            ConfigError, match=r"^--(count must be at least 0|share must be a number from 0 to 1), not "
        ):
            bounds.check_fields(wrong, flag)


def test_bounds_that_depend_on_something():
    assert check_whole(np.int64(3), "frames", 3, 5) == 3
    with pytest.raises(RequestError, match="frames must be a whole number from 3 to 5, not 2"):
        check_whole(2, "frames", 3, 5)
    assert check_seeds(MAX_SEED, 1) == range(MAX_SEED, MAX_SEED + 1)
    with pytest.raises(RequestError, match="2 pictures from seed 4294967295 on would pass the largest seed"):
        check_seeds(MAX_SEED, 2)
