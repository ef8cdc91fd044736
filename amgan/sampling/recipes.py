"""Recipes: how a request becomes pictures, written once for every way of running the nets.

A recipe is a generator that yields the points whose pictures it needs next and gets them back. It never runs a net
itself, so the same recipe is followed by a plain loop (`follow`) or by a batcher that serves many callers at once, and
a long one, such as the search for a class, can be interrupted between two of its points.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from torch import Tensor

from amgan.sampling.rendering import Precision, Renderer

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Points:
    """Latents whose pictures are wanted.

    Attributes:
        latents: fp32 (N, latent_dim) on the CPU.
        classes: For predefined labeling the class weights, fp32 (N, K); else None.
        precision: Another arithmetic than the renderer's own.
        judged: Whether D is to be asked about the pictures.
    """

    latents: Tensor
    classes: Tensor | None = None
    precision: Precision | None = None
    judged: bool = True

    def __len__(self) -> int:
        """N."""
        return len(self.latents)


@dataclass(frozen=True, eq=False)
class Rendered:
    """The pictures of N points, on the CPU.

    Attributes:
        pictures: uint8 (N, H, W, C).
        class_probabilities: D's softmax over the K classes, fp64 (N, K); empty, (0, K), if it was not asked.
        real_probability: D's probability of "real", fp64 (N,); empty if it was not asked.
    """

    pictures: np.ndarray
    class_probabilities: np.ndarray
    real_probability: np.ndarray


Recipe = Generator[Points, Rendered, T]


def render_points(renderer: Renderer, points: Points) -> Rendered:
    """Run the nets for some points.

    Raises:
        RequestError: points that do not fit the model.
    """
    pictures = renderer.render(points.latents, points.classes, points.precision)
    judgement = renderer.judge(pictures if points.judged else pictures[:0])
    return Rendered(
        pictures.cpu().numpy(),
        judgement.class_probabilities.cpu().numpy(),
        judgement.real_probability.cpu().numpy(),
    )


def follow(recipe: Recipe[T], renderer: Renderer, render: Callable[[Renderer, Points], Rendered] = render_points) -> T:
    """Follow a recipe to its end in the caller's thread.

    Args:
        recipe: What is to be drawn.
        renderer: The nets of its model.
        render: Runs them for some points.

    Raises:
        AmganError: whatever the recipe raises.
    """
    try:
        points = next(recipe)
        while True:
            points = recipe.send(render(renderer, points))
    except StopIteration as end:
        result: T = end.value
        return result
