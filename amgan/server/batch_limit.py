"""How many pictures to draw at once: the fewest at which the device is about as fast as it gets."""

from __future__ import annotations

import time

import torch

from amgan.recipes import Points, render_points
from amgan.rendering import Renderer

CANDIDATES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
WORTH = 0.98
"""A smaller batch is taken if it reaches this part of the best speed: those who wait get their pictures sooner."""
SECONDS_A_CANDIDATE = 0.1
LONGEST_SECONDS = 0.25
"""A batch that takes longer is not tried: whoever comes next would wait for all of it."""


def measured_limit(renderer: Renderer) -> int:
    """Measure the sizes in CANDIDATES on the renderer's device; takes about a second."""
    render_points(renderer, _probe(renderer, 1))  # prepares the renderer, which is not to be counted
    rates: dict[int, float] = {}
    for size in CANDIDATES:
        seconds = _seconds(renderer, size)
        rates[size] = size / seconds
        # Beyond the best already, or the next one would be too long.
        if rates[size] < 0.8 * max(rates.values()) or 2 * seconds > LONGEST_SECONDS:
            break
    return next(size for size, rate in rates.items() if rate >= WORTH * max(rates.values()))


def _seconds(renderer: Renderer, size: int) -> float:
    points = _probe(renderer, size)
    best, spent = float("inf"), 0.0
    while spent < SECONDS_A_CANDIDATE:
        started = time.perf_counter()
        render_points(renderer, points)
        seconds = time.perf_counter() - started
        spent += seconds
        best = min(best, seconds)
    return best


def _probe(renderer: Renderer, size: int) -> Points:
    config = renderer.config
    latents = torch.randn(size, config.latent_dim, generator=torch.Generator().manual_seed(0))
    classes = torch.eye(config.num_classes)[torch.arange(size) % config.num_classes] if config.is_predefined else None
    return Points(latents, classes)
