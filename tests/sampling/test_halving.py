"""Whatever cannot be drawn is alone in the end, and all stays in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amgan.sampling.halving import Halving


@given(st.integers(0, 40), st.sets(st.integers(0, 39)))
def test_every_item_comes_once_in_order_and_a_bad_one_alone(count: int, bad: set[int]) -> None:
    seen: list[int] = []
    parts = Halving(range(count))
    for part in parts:
        if bad.isdisjoint(part) or not parts.halve():
            assert bad.isdisjoint(part) or len(part) == 1
            seen += part
    assert seen == list(range(count))
