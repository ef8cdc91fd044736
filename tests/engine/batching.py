"""Points to draw, and a renderer that waits until it may."""

from __future__ import annotations

import threading

import numpy as np
import torch

from amgan.sampling.recipes import Points


class Gate:
    """A renderer's `render` that waits until it may go on, and notes the size of each batch."""

    def __init__(self, renderer, monkeypatch):
        self.sizes, self._open, self.entered = [], threading.Event(), threading.Event()
        self._render = renderer.render
        monkeypatch.setattr(renderer, "render", self.render)

    def render(self, latents, *rest):
        self.entered.set()
        assert self._open.wait(20)
        self.sizes.append(len(latents))
        return self._render(latents, *rest)

    def open(self):
        self._open.set()


def points(seed, count):
    return Points(torch.randn(count, 5, generator=torch.Generator().manual_seed(seed)))


def same(rendered, expected):
    return all(
        np.array_equal(getattr(rendered, part), getattr(expected, part))
        for part in ("pictures", "class_probabilities", "real_probability")
    )
