"""What batches of each size cost, and how many pictures to draw at once: the fewest at which the device is fast."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping
from dataclasses import fields

import torch

from amgan.sampling.recipes import Points, render_points
from amgan.sampling.rendering import Renderer, batch_size

CANDIDATES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
WORTH = 0.98
"""A smaller batch is taken if it reaches this part of the best speed: those who wait get their pictures sooner."""
ROUNDS = 4
"""Sizes take turns so many times, and the best of each counts: another program may be busy during one of them."""
LONGEST_SECONDS = 0.25
"""A batch that takes longer is not tried: whoever comes next would wait for all of it."""
MEANING = ("class_names", "confidence", "resize")
"""Of a config, what says nothing of how long a picture takes."""


class BatchCost:
    """The seconds that a device takes for batches of an architecture."""

    def __init__(self, seconds: Mapping[int, float]) -> None:
        """From a measurement.

        Args:
            seconds: By size of batch, 1 among them.
        """
        self._seconds = dict(seconds)
        self._sizes = sorted(self._seconds)
        fastest = max(size / taken for size, taken in self._seconds.items())
        self.limit = next(size for size in self._sizes if size / self._seconds[size] >= WORTH * fastest)
        """The fewest pictures at once that pay."""

    def seconds(self, pictures: int) -> float:
        """What so many cost, 0 or more, drawn by the sizes that were measured as a renderer would."""
        taken = 0.0
        while pictures > 0:
            size = batch_size(pictures, self._sizes)
            taken, pictures = taken + self._seconds[size], pictures - size
        return taken

    def saved(self, waiting: int, expected: int) -> float:
        """The seconds that it saves to draw so many together with those that are expected, not one after the other."""
        return self.seconds(waiting) + self.seconds(expected) - self.seconds(waiting + expected)


def measured_cost(renderer: Renderer) -> BatchCost:
    """Measure the sizes in CANDIDATES on the renderer's device; takes about a second."""
    render_points(renderer, _probe(renderer, 1))  # prepares the renderer, which is not to be counted
    best: dict[int, float] = {}
    for size in CANDIDATES:
        best[size] = _seconds(renderer, size)
        if 2 * best[size] > LONGEST_SECONDS:
            break
    for _ in range(ROUNDS - 1):
        best = {size: min(seconds, _seconds(renderer, size)) for size, seconds in best.items()}
    return BatchCost(best)


def architecture(renderer: Renderer) -> Hashable:
    """All that a limit depends on, in plain values: models that are equal in it share one measurement."""
    config = renderer.config
    shape = tuple((field.name, getattr(config, field.name)) for field in fields(config) if field.name not in MEANING)
    return shape, config.num_classes, renderer.device.type, renderer.precision


def _seconds(renderer: Renderer, size: int) -> float:
    points = _probe(renderer, size)
    started = time.perf_counter()
    render_points(renderer, points)
    return time.perf_counter() - started


def _probe(renderer: Renderer, size: int) -> Points:
    config = renderer.config
    latents = torch.randn(size, config.latent_dim, generator=torch.Generator().manual_seed(0))
    classes = torch.eye(config.num_classes)[torch.arange(size) % config.num_classes] if config.is_predefined else None
    return Points(latents, classes)
