from __future__ import annotations

from amgan.cli.benchmark.timing import MIN_ROUNDS, time_in_turns


def test_candidates_take_turns_after_one_call_to_warm_up():
    calls = []
    times = time_in_turns({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, seconds=0.0)
    assert calls == ["a", "b"] * (MIN_ROUNDS + 1)
    assert set(times) == {"a", "b"}
    assert all(taken > 0 for taken in times.values())
