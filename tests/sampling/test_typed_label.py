"""A class as typed is a name first, then a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.sampling.sampler import typed_label

NAMES = ("Bag", "7", "hat")


@pytest.mark.parametrize(
    ("text", "label"),
    [("Bag", "Bag"), ("bag", "bag"), ("7", "7"), (" 7 ", " 7 "), ("2", 2), (" 2 ", 2), ("02", 2), ("9", 9),
     ("-1", "-1"), ("1.0", "1.0"), ("", ""), ("²", "²"), ("٣", "٣"), ("9" * 5000, "9" * 5000)],
)  # fmt: skip
def test_examples(text, label):
    assert typed_label(text, NAMES) == label


@given(st.text(max_size=8))
def test_any_text_is_a_label(text):
    label = typed_label(text, NAMES)
    assert label == text or (isinstance(label, int) and int(text) == label)
