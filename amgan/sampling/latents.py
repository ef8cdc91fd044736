"""Seeds as streams of latents: the same numbers whatever the batch, the device or the number of processes."""

from __future__ import annotations

import torch
from torch import Tensor

from amgan.bounds import check_seed


class LatentStream:
    """The latents z_0, z_1, ... of one seed: consecutive blocks of `latent_dim` normals of one CPU generator.

    One call of `torch.randn` a block, since a longer call would give other numbers.
    """

    def __init__(self, seed: int, latent_dim: int) -> None:
        self._generator = torch.Generator().manual_seed(check_seed(seed))
        self._latent_dim = latent_dim

    def _next(self) -> Tensor:
        return torch.randn(self._latent_dim, generator=self._generator, dtype=torch.float32, device="cpu")

    def take(self, count: int) -> Tensor:
        """The next `count` latents, fp32 (count, latent_dim)."""
        blocks = [self._next() for _ in range(count)]
        return torch.stack(blocks) if blocks else torch.empty(0, self._latent_dim)

    def skip(self, count: int) -> None:
        """Pass over the next `count` latents."""
        for _ in range(count):
            self._next()


def latent_at(seed: int, draw: int, latent_dim: int) -> Tensor:
    """Latent z_draw (draw 0, 1, ...) of a seed's stream, fp32 (latent_dim,)."""
    stream = LatentStream(seed, latent_dim)
    stream.skip(draw)
    return stream.take(1)[0]


def class_of_seed(seed: int, num_classes: int) -> int:
    """The class a predefined model draws for a seed when none is asked.

    From a generator of its own, so that the picture's latent stays z_0 with or without a class asked.
    """
    generator = torch.Generator().manual_seed(check_seed(seed) ^ 0x5EED)
    return int(torch.randint(num_classes, (), generator=generator))
