"""SingleFlightLRU: what was used last stays, each value is made once, and nobody waits for another key."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.engine.single_flight_lru import SingleFlightLRU


@given(most=st.integers(1, 4), asked=st.lists(st.integers(0, 6), max_size=40))
def test_it_keeps_what_a_list_in_order_of_use_keeps(most: int, asked: list[int]) -> None:
    recent, expected = SingleFlightLRU[int](most), OrderedDict[int, int]()
    for number, key in enumerate(asked):
        if key not in expected:
            expected[key] = number
        expected.move_to_end(key)
        while len(expected) > most:
            expected.popitem(last=False)
        assert recent.get(key, lambda made=number: made) == expected[key]


def test_many_ask_and_one_makes() -> None:
    recent, made, ready = SingleFlightLRU[object](2), [], threading.Event()

    def make() -> object:
        ready.wait(10)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(recent.get, "key", make) for _ in range(4)]
        # The key that is being made holds up no other.
        assert recent.get("other", lambda: 1) == 1
        ready.set()
        assert {id(future.result()) for future in found} == {id(made[0])}
    assert len(made) == 1


def test_what_failed_is_tried_again() -> None:
    recent = SingleFlightLRU[int](2)
    with pytest.raises(ZeroDivisionError):
        recent.get("key", lambda: 1 // 0)
    assert recent.get("key", lambda: 2) == 2
