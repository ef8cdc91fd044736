"""Timing several things against each other on a noisy machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

import torch

MIN_ROUNDS = 5


def time_in_turns(candidates: Mapping[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Median seconds of a call of each candidate, called in turns until each had `seconds` and `MIN_ROUNDS` calls."""
    for call in candidates.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    while any(sum(taken) < seconds or len(taken) < MIN_ROUNDS for taken in times.values()):
        for name, call in candidates.items():
            synchronize()
            started = time.perf_counter()
            call()
            synchronize()
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(taken) for name, taken in times.items()}


def synchronize() -> None:
    """Wait until the accelerator, if there is one, has done what it was given."""
    if torch.accelerator.is_available():
        torch.accelerator.synchronize()


def device() -> torch.device:
    """Where the measurements run: the accelerator if there is one."""
    return torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")  # type: ignore[return-value]
