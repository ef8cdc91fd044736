"""What estimates count with: a busy moment does not spoil it for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from amgan.errors import BusyError
from amgan.ui import model_rates
from amgan.ui.model_rates import AGAIN_SECONDS, PICTURES, ModelRates
from tests.models import tiny_model


class Clock:
    """Time that passes only while something is drawn, or when told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.seconds = 1.0
        self.drawn = 0
        self.full = False

    def perf_counter(self) -> float:
        return self.now

    monotonic = perf_counter

    async def draw(self, recipe: Any, renderer: Any, caller: str = "", pictures: int = 1) -> None:
        if self.full:
            raise BusyError("full")
        self.drawn += 1
        self.now += self.seconds


def test_the_best_moment_counts_and_a_busy_one_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, model = Clock(), tiny_model()
    monkeypatch.setattr(model_rates, "time", clock)
    rates = ModelRates(clock)  # type: ignore[arg-type]

    def rate() -> float:
        return asyncio.run(rates.rate("shoes", model, "me"))

    clock.full = True
    with pytest.raises(BusyError):
        rate()
    clock.full, clock.seconds = False, 8.0
    assert rate() == PICTURES / 8
    assert (rate(), clock.drawn) == (PICTURES / 8, 2)
    clock.now += AGAIN_SECONDS
    clock.seconds = 2.0
    assert (rate(), clock.drawn) == (PICTURES / 2, 4)
    clock.now += AGAIN_SECONDS
    clock.full = True
    assert rate() == PICTURES / 2
    clock.full, clock.seconds = False, 8.0
    clock.now += AGAIN_SECONDS
    assert rate() == PICTURES / 2
