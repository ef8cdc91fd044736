"""A class is found by its name first, then by its number, and by nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.networks.config import MAX_CLASSES
from amgan.sampling.class_names import ClassNames
from tests.models import message

NAMES = ("Bag", "Ankle boot", "Café", "Straße", "İz")
DIGITS = ("1", "0", "7", "hat")
CASES = ("bag", "Bag", "hat", "Cafe\u0301", "Caf\u00e9", " cap", "cap")


@pytest.mark.parametrize(
    ("names", "label", "number"),
    [
        (NAMES, "Bag", 0), (NAMES, "bag", 0), (NAMES, " BAG\n", 0), (NAMES, "ankle BOOT", 1), (NAMES, 1, 1),
        (NAMES, "1", 1), (NAMES, " 1 ", 1), (NAMES, "01", 1), (NAMES, "Cafe\u0301", 2), (NAMES, "CAFE\u0301", 2),
        (NAMES, "STRASSE", 3), (NAMES, "i\u0307z", 4),
        # Where names are numbers, a number is a name.
        (DIGITS, "1", 0), (DIGITS, "0", 1), (DIGITS, "7", 2), (DIGITS, 1, 0), (DIGITS, 0, 1), (DIGITS, 7, 2),
        (DIGITS, " 7 ", 2), (DIGITS, "HAT", 3),
        # What is written exactly so wins, then what has the same letters.
        (CASES, "bag", 0), (CASES, "Bag", 1), (CASES, " Bag ", 1), (CASES, "HAT", 2), (CASES, "Cafe\u0301", 3),
        (CASES, "Caf\u00e9", 4), (CASES, " cap", 5), (CASES, "cap", 6),
    ],
)  # fmt: skip
def test_what_a_class_may_be_called(names, label, number):
    assert ClassNames(names).number(label) == number


@pytest.mark.parametrize(
    ("names", "label", "said"),
    [
        (NAMES, "Hat", "no class 'Hat'; this model has Bag, Ankle boot"),
        (NAMES, "ANKLEBOOT", "no class 'ANKLEBOOT'; did you mean 'Ankle boot'?"),
        (NAMES, "", "no class ''"), (NAMES, "  ", "no class '  '"), (NAMES, "²", "no class '²'"),
        (NAMES, "٣", "no class '٣'"), (NAMES, "-1", "no class '-1'"), (NAMES, "1.0", "no class '1.0'"),
        (NAMES, "9" * 5000, "no class '999"), (NAMES, "5", "no class number 5; this model has 0 to 4"),
        (NAMES, -1, "no class number -1"), (NAMES, 10**50, "no class number of so many digits"),
        (NAMES, True, "no class True"), (NAMES, 1.0, "no class 1.0"), (NAMES, None, "no class None"),
        (DIGITS, "3", "no class '3'"), (DIGITS, "2", "no class '2'"), (DIGITS, 2, "no class '2'"),
        (DIGITS, -1, "no class '-1'"), (DIGITS, 10**50, "no class number of so many digits"),
        (CASES, "BAG", "class 'BAG' may be 'bag' or 'Bag'; write it as it is"),
        (CASES, "CAFÉ", "class 'CAFÉ' may be"), (CASES, "CAP", "class 'CAP' may be ' cap' or 'cap'"),
    ],
)  # fmt: skip
def test_what_no_class_is_called(names, label, said):
    with pytest.raises(RequestError) as caught:
        ClassNames(names).number(label)
    assert said in message(caught.value)


def test_a_name_that_another_model_has_is_no_number():
    assert ClassNames(NAMES).number("bag", by_number=False) == 0
    with pytest.raises(RequestError, match="no class '1'"):
        ClassNames(NAMES).number("1", by_number=False)


FRUIT = ClassNames(
    ("apple", "なし", "plum", "4"),
    [
        {"apple": "りんご", "plum": "すもも", "4": "いちご"},
        {"apple": "なし", "plum": "Pflaume", "4": "Apfel"},
        {"apple": "Apfel"},
    ],
)


@pytest.mark.parametrize(
    ("label", "number"),
    [("りんご", 0), (" りんご ", 0), ("pflaume", 2), ("すもも", 2), ("いちご", 3), ("なし", 1), ("4", 3)],
)
def test_what_a_class_is_called_elsewhere_is_found_after_the_own_names(label, number):
    assert FRUIT.number(label) == number
    assert FRUIT.number(label, by_number=False) == number


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Apfel", "class 'Apfel' may be 'apple' or '4'; write it as it is"), ("pflaumen", "did you mean 'plum'?"),
        ("melon", "this model has apple, なし"), ("3", "no class '3'"),
    ],
)  # fmt: skip
def test_what_several_are_called_elsewhere_is_none_and_own_names_are_offered(label, said):
    with pytest.raises(RequestError) as caught:
        FRUIT.number(label)
    assert said in message(caught.value)


def test_a_number_goes_before_what_a_class_is_called_elsewhere():
    classes = ClassNames(("a", "b", "c"), [{"a": "2", "c": "7"}])
    assert [classes.number(label) for label in ("2", 2, "7")] == [2, 2, 2]


@given(st.text(max_size=8), st.sampled_from([NAMES, DIGITS, CASES]))
def test_any_text_is_one_class_or_a_sentence(text, names):
    classes = ClassNames(names)
    if len(found := classes.meant(text)) == 1:
        (number,) = found
        assert classes.number(text) == number
        spelt = unicodedata.normalize("NFD", text.strip()).casefold()
        assert spelt == unicodedata.normalize("NFD", names[number].strip()).casefold() or int(text) == number
    else:
        with pytest.raises(RequestError) as caught:
            classes.number(text)
        message(caught.value)


@given(st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=9, unique=True))
def test_every_class_is_called_by_its_own_name(names):
    assert [ClassNames(names).number(name) for name in names] == list(range(len(names)))
    if not any(name.strip().isdecimal() for name in names):
        assert [ClassNames(names).number(number) for number in range(len(names))] == list(range(len(names)))


def test_the_largest_model_offers_a_class_as_well():
    names = tuple(f"class of things {number:05}" for number in range(MAX_CLASSES))
    assert ClassNames(names).near("clas of things 00777") == ["class of things 00777"]
