"""MS-SSIM for small pictures, by the authors' procedure: how alike two pictures are, 1 if equal.

Five scales without resizing, a window that shrinks with the picture, and the absolute covariance (paper, section on
MS-SSIM, and the authors' code). High means between pictures of one class betray a generator that collapsed there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from amgan.metrics.metric import Metric, Seen, rounded

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW = 11
WINDOW_STD = 1.5
LUMINANCE = (0.01 * 255) ** 2
CONTRAST = (0.03 * 255) ** 2
CHUNK = 256
KEPT_OF_A_CLASS = 100
"""Pictures of each class that are kept, the first ones of a stream."""
FEWEST_PAIRS = 100
"""A class of fewer pairs stays out of the largest and the mean: a few pictures that happen to be alike would be a
collapse."""


def ms_ssim(first: Tensor, second: Tensor) -> Tensor:
    """MS-SSIM of pairs of pictures.

    Args:
        first: uint8 (N, C, size, size), size at least 16.
        second: Of the same shape.

    Returns:
        float64 (N,), each above 0 and at most 1.
    """
    if first.shape != second.shape or first.dim() != 4 or min(first.shape[2:]) < 2 ** (len(WEIGHTS) - 1):
        raise ValueError(f"pairs must be (N, C, size, size) of one shape, not {first.shape} and {second.shape}")
    parts = [_ms_ssim(a.double(), b.double()) for a, b in zip(first.split(CHUNK), second.split(CHUNK))]
    return torch.cat(parts) if parts else torch.empty(0, dtype=torch.float64)


def random_pairs(pictures: int, pairs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Different pairs of different pictures, drawn at random.

    Args:
        pictures: How many pictures there are.
        pairs: How many pairs to draw; all there are, if that is fewer.
        generator: The source of randomness.

    Returns:
        Two index tensors, int64 (P,).
    """
    first, second = torch.triu_indices(pictures, pictures, offset=1)
    chosen = torch.randperm(len(first), generator=generator)[:pairs]
    return first[chosen], second[chosen]


def _ms_ssim(first: Tensor, second: Tensor) -> Tensor:
    product = torch.ones(len(first), dtype=torch.float64, device=first.device)
    for scale, weight in enumerate(WEIGHTS):
        luminance, contrast = _ssim_terms(first, second)
        last = scale == len(WEIGHTS) - 1
        product = product * (luminance * contrast if last else contrast).mean(dim=(1, 2, 3)) ** weight
        if not last:
            first, second = F.avg_pool2d(first, 2), F.avg_pool2d(second, 2)
    return product


def _ssim_terms(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    n, channels, height, width = first.shape
    # All five maps in one convolution, every channel apart.
    maps = torch.cat([first, second, first * first, second * second, first * second]).flatten(0, 1)[:, None]
    for side, dim in ((height, 2), (width, 3)):
        window = _window(min(WINDOW, side)).to(maps)
        maps = F.conv2d(maps, window.view(1, 1, *((-1, 1) if dim == 2 else (1, -1))))
    mean1, mean2, square1, square2, product = maps.unflatten(0, (5, n, channels)).squeeze(3)
    luminance = (2 * mean1 * mean2 + LUMINANCE) / (mean1**2 + mean2**2 + LUMINANCE)
    covariance = (product - mean1 * mean2).abs()
    variances = (square1 - mean1**2) + (square2 - mean2**2)
    return luminance, (2 * covariance + CONTRAST) / (variances + CONTRAST)


def _window(size: int) -> Tensor:
    places = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    weights = torch.exp(-(places**2) / (2 * (size * WINDOW_STD / WINDOW) ** 2))
    return weights / weights.sum()


class ClassKeeper:
    """The first pictures of each class of a stream, for MS-SSIM."""

    def __init__(self, num_classes: int) -> None:
        self._parts: list[list[Tensor]] = [[] for _ in range(num_classes)]
        self._kept = [0] * num_classes

    def add(self, images: Tensor, classes: Tensor) -> None:
        """Keep what is still wanted of uint8 pictures (N, C, size, size) of these classes, int64 (N,)."""
        for number in classes.unique().tolist():
            wanted = KEPT_OF_A_CLASS - self._kept[number]
            if wanted > 0:
                chosen = images[classes == number][:wanted].clone()
                self._parts[number].append(chosen)
                self._kept[number] += len(chosen)

    def class_ms_ssim(self, pairs: int, seed: int) -> tuple[Tensor, list[int]]:
        """Mean MS-SSIM over random pairs of each class, float64 (K,), and how many pairs that were."""
        means, counts = [], []
        for parts in self._parts:
            images = torch.cat(parts) if parts else torch.empty(0)
            first, second = random_pairs(len(images), pairs, torch.Generator().manual_seed(seed))
            counts.append(len(first))
            means.append(float(ms_ssim(images[first], images[second]).mean()) if len(first) else math.nan)
        return torch.tensor(means, dtype=torch.float64), counts


def ms_ssim_summary(means: Tensor, pairs: Sequence[int], names: Sequence[str], asked: int) -> dict[str, Any]:
    """MS-SSIM over the classes that have pairs enough.

    Args:
        means: Mean MS-SSIM of each class, float64 (K,).
        pairs: Of how many pairs that is, for each class.
        names: Of the classes.
        asked: Pairs that were asked of each class; where these are fewer than `FEWEST_PAIRS`, they are enough.

    Returns:
        JSON-ready: the mean, the largest and its class, None without any class, and the names of those left out.
    """
    fewest = min(FEWEST_PAIRS, asked)
    enough = torch.tensor(pairs) >= fewest
    largest = int(means.where(enough, -1.0).argmax()) if enough.any() else None
    return {
        "mean": rounded(float(means[enough].mean())),
        "largest": None if largest is None else rounded(float(means[largest])),
        "largest_class": None if largest is None else names[largest],
        "fewest_pairs": fewest,
        "left_out": [name for name, kept in zip(names, enough.tolist()) if not kept],
    }


def measure(seen: Seen) -> dict[str, Any]:
    """MS-SSIM of what was seen, JSON-ready."""
    return {"ms_ssim": ms_ssim_summary(seen.class_ms_ssim, seen.pairs, seen.class_names, seen.pairs_asked)}


def classes_left_out(scores: dict[str, Any]) -> list[str]:
    """The classes that had too few pictures for MS-SSIM.

    Raises:
        KeyError, TypeError: the scores do not hold what they should.
    """
    # Scores of an earlier version do not say it, and leave none out.
    return list(scores["ms_ssim"].get("left_out", []))


def _left_out(section: dict[str, Any]) -> str:
    real = section.get("real")
    counts = [len(classes_left_out(section["scores"])), len(classes_left_out(real)) if real else 0]
    said = [f"{count} of {who}" for count, who in zip(counts, ("the model's", "the real ones'")) if count]
    return f"classes left out for too few pictures: {', '.join(said)}" if said else ""


METRICS = (
    Metric(
        "ms_ssim", "MS-SSIM, largest class mean", "near real",
        "How alike two pictures of the class are that has least variety. Far above real ones it has collapsed; below "
        "them the pictures may be noise.", lambda scores: scores["ms_ssim"]["largest"], note=_left_out,
    ),
    Metric(
        "ms_ssim_mean", "MS-SSIM, mean over classes", "near real", "The same over all classes.",
        lambda scores: scores["ms_ssim"]["mean"], note=_left_out,
    ),
)  # fmt: skip
