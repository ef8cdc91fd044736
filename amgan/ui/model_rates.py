"""How fast models draw, for estimates: measured now and then, as a moment when others draw tells too little."""

from __future__ import annotations

import time
from dataclasses import dataclass

from amgan.engine.engine import Engine
from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import BusyError
from amgan.model import AMGAN

PICTURES = 64
AGAIN_SECONDS = 120.0
MOST_KEPT = 64


@dataclass
class _Rate:
    best: float = 0.0
    measured: float = -AGAIN_SECONDS


class ModelRates:
    """Pictures a second of each model, on a device that has nothing else to do."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is measured yet."""
        self._engine = engine
        self._rates = SingleFlightLRU[_Rate](MOST_KEPT)

    async def rate(self, name: str, model: AMGAN, caller: str) -> float:
        """Pictures a second of this model: the best that was ever measured, as waiting for others is measured too.

        Raises:
            BusyError: too much is waiting to measure it for the first time.
        """
        kept = self._rates.get((name, model.revision), _Rate)
        if time.monotonic() - kept.measured >= AGAIN_SECONDS:
            try:
                for _ in range(2):  # the first one prepares the nets
                    began = time.perf_counter()
                    recipe = model.sampler.sample_recipe(range(PICTURES), [None] * PICTURES)
                    await self._engine.draw(recipe, model.sampler.renderer, PICTURES, caller)
                    kept.best = max(kept.best, PICTURES / (time.perf_counter() - began))
            except BusyError:
                if not kept.best:
                    raise
            kept.measured = time.monotonic()
        return kept.best
