"""A start for G: pictures that differ as much as real ones, roughly looked at.

With a D on frozen features G's first gradients point one way for all latents, and G soon draws one picture whatever its
latent; each by itself looks right to D. The term here is 0 as soon as coarse colours vary as much as those of real
pictures, so that it soon leaves the objective to itself. It is not the paper's.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

SIDES = (4, 16)
"""Pictures are looked at as so many times as many mean colours."""

SMALLEST_VARIANCE = 1e-6


def lack_of_variety(fakes: Tensor, images: Tensor) -> Tensor:
    """How far the colours of generated pictures vary less than those of real ones, a scalar from 0 to 1.

    Args:
        fakes: Generated pictures (N, C, size, size), with G's graph.
        images: Real ones, (M, C, size, size).
    """
    lacks = []
    for side in SIDES:
        own, real = (_deviation(F.adaptive_avg_pool2d(batch.float(), side)) for batch in (fakes, images))
        lacks.append((1 - own / real).clamp(min=0).mean())
    return torch.stack(lacks).mean()


def _deviation(colours: Tensor) -> Tensor:
    return (colours.var(dim=0) + SMALLEST_VARIANCE).sqrt()
