"""The engine of a ZeroGPU Space, where a GPU is lent for the length of a call: only what draws asks for one."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import torch

from amgan.engine.zero_gpu import on_gpu
from amgan.sampling.recipes import Points, Recipe, Rendered, follow, render_points
from amgan.sampling.rendering import Precision, Renderer

logger = logging.getLogger(__name__)

T = TypeVar("T")

SECONDS = 20
"""How long a loan may last; a sheet takes less than one, but the first loan of a process brings the nets as well."""


class LendingEngine:
    """An `Engine` that draws each set of points on a lent GPU, and on the CPU what cannot be drawn there.

    The platform can put nets on its GPU only if that was asked for before the page was launched, in the thread that
    imported `spaces`. So models that come later, such as a newer revision from the Hub, are drawn on the CPU. So is
    everything for a visitor whose share of GPU time is used up. The arithmetic is the same in both places.
    """

    def __init__(self, renderers: Sequence[Renderer]) -> None:
        """Put nets where the lent GPU finds them; to be called in the main thread, before the page is launched.

        Args:
            renderers: Those that shall draw on the GPU; they stay on the CPU as well.
        """
        copies: list[Renderer] = []

        # Runs in a process of its own, which has the copies, but to which a renderer could not be sent.
        def draw(
            number: int, latents: np.ndarray, classes: np.ndarray | None, precision: Precision | None, judged: bool
        ) -> Rendered:
            # OpenMP's other threads are in the process that this one was forked from: to wait for them here hangs.
            torch.set_num_threads(1)
            weights = None if classes is None else torch.from_numpy(classes)
            return render_points(copies[number], Points(torch.from_numpy(latents), weights, precision, judged))

        # First, as this is what lets torch take "cuda" for a device.
        self._draw_on_loan = on_gpu(draw, SECONDS)
        copies.extend(renderer.on(torch.device("cuda")) for renderer in renderers)
        self._numbers = WeakKeyDictionary({renderer: number for number, renderer in enumerate(renderers)})
        self._cpu = threading.Lock()

    async def draw(self, recipe: Recipe[T], renderer: Renderer, pictures: int, caller: str = "") -> T:
        """See `Engine`. The call's context goes into the thread: by it the platform knows whose time is charged."""
        return await asyncio.to_thread(self.draw_in_background, recipe, renderer)

    def draw_in_background(self, recipe: Recipe[T], renderer: Renderer) -> T:
        """See `Engine`."""
        return follow(recipe, renderer, self._render)

    def _render(self, renderer: Renderer, points: Points) -> Rendered:
        number = self._numbers.get(renderer)
        if number is not None and len(points):
            classes = None if points.classes is None else points.classes.numpy()
            try:
                return self._draw_on_loan(number, points.latents.numpy(), classes, points.precision, points.judged)
            except Exception as error:  # the platform has many
                logger.warning("no GPU drew this, so the CPU does: %s", error)
        with self._cpu:
            return render_points(renderer, points)
