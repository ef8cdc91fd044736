"""How much of a model is looked at when it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from amgan.errors import RequestError
from amgan.sampling.latents import MAX_SEED


@dataclass(frozen=True)
class EvaluationSettings:
    """How much is looked at.

    Attributes:
        pictures: Any-class pictures, of consecutive seeds.
        asked: Pictures of asked classes in all, equally many of each; 0 for none.
        seed: The first seed, and the start of all random choices.
        pairs: Pairs of pictures of each class for MS-SSIM.
    """

    pictures: int = 10_000
    asked: int = 1000
    seed: int = 0
    pairs: int = 200

    def check(self) -> None:
        """Check what could not be measured.

        Raises:
            RequestError: naming it and what it must be.
        """
        for name, value, low in (("n", self.pictures, 10), ("asked", self.asked, 0), ("pairs", self.pairs, 1)):
            if value < low:
                raise RequestError(f"{name} must be at least {low}, not {value}")
        if not 0 <= self.seed <= MAX_SEED - self.pictures:
            raise RequestError(f"the first seed must be from 0 to {MAX_SEED - self.pictures}, not {self.seed}")
