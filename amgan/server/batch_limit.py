"""How many pictures to draw at once: the fewest at which the device is about as fast as it gets."""

from __future__ import annotations

import time

import torch

from amgan.recipes import Points, render_points
from amgan.rendering import Renderer

CANDIDATES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
WORTH = 0.95
"""A smaller batch is taken if it reaches this part of the best speed: those who wait get their pictures sooner."""
SECONDS_A_CANDIDATE = 0.03


def measured_limit(renderer: Renderer) -> int:
    """Measure the sizes in CANDIDATES on the renderer's device; takes well under a second for small nets."""
    render_points(renderer, _probe(renderer, 1))  # prepares the renderer, which is not to be counted
    rates: dict[int, float] = {}
    for size in CANDIDATES:
        rates[size] = _rate(renderer, size)
        if rates[size] < 0.8 * max(rates.values()):
            break  # beyond the best already
    return next(size for size, rate in rates.items() if rate >= WORTH * max(rates.values()))


def _rate(renderer: Renderer, size: int) -> float:
    points = _probe(renderer, size)
    best, spent = 0.0, 0.0
    while spent < SECONDS_A_CANDIDATE:
        started = time.perf_counter()
        render_points(renderer, points)
        seconds = time.perf_counter() - started
        spent += seconds
        best = max(best, size / seconds)
    return best


def _probe(renderer: Renderer, size: int) -> Points:
    config = renderer.config
    latents = torch.randn(size, config.latent_dim, generator=torch.Generator().manual_seed(0))
    classes = torch.eye(config.num_classes)[torch.arange(size) % config.num_classes] if config.is_predefined else None
    return Points(latents, classes)
