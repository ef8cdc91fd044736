"""What G's pictures lack in variety within their classes, as a term of its loss.

D looks at each picture by itself, and one good picture again and again looks right to it. The term compares how far
generated and real pictures of a batch lie from the mean of their class in what D sees of them, roughly where, and is 0
for what varies as much as in real pictures. It is not the paper's.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from amgan.training.class_means import class_means

SIDE = 4
"""What D sees is looked at as so many times as many means."""

SMALLEST_VARIANCE = 1e-6


def lack_of_variety(
    fakes: tuple[Tensor, ...], targets: Tensor, real: tuple[Tensor, ...], labels: Tensor, kinds: int
) -> Tensor:
    """How far generated pictures vary less within their classes than real ones, a scalar from 0 to 1.

    Args:
        fakes: What D sees of generated pictures, each (N, channels, side, side), with G's graph.
        targets: Their classes, int64 (N,).
        real: What it sees of real ones, each (M, channels, side, side).
        labels: Their classes, int64 (M,); those below 0 have none, and are left out.
        kinds: K, the number of classes.
    """
    lacks = []
    for own, other in zip(fakes, real):
        deviation, wanted = _deviation(own, targets, kinds), _deviation(other, labels, kinds)
        lacks.append((1 - deviation / wanted).clamp(min=0).mean())
    return torch.stack(lacks).mean()


def _deviation(maps: Tensor, classes: Tensor, kinds: int) -> Tensor:
    """Of each number around the mean of its class, over all classes."""
    numbers = F.adaptive_avg_pool2d(maps.float(), SIDE).flatten(1)
    means, counts = class_means(numbers, classes, kinds)
    squares = ((numbers - means[classes.clamp(min=0)]) * (classes >= 0).unsqueeze(1)).square().sum(dim=0)
    return (squares / (counts - 1).clamp(min=0).sum().clamp(min=1) + SMALLEST_VARIANCE).sqrt()
