"""The judge's net: a small plain residual net over pictures of 32, 64 or 128 pixels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LAST_SIZE = 4
"""Side of the last feature maps; each halving on the way to it is one stage."""

MAX_WIDTH_FACTOR = 8


class JudgeNet(nn.Module):
    """Pictures to class logits: a 3x3 convolution, then one `Stage` for each halving down to 4x4, mean, linear."""

    batch = 250
    """Pictures that are judged at once."""

    mean: Tensor
    std: Tensor

    def __init__(self, num_classes: int, image_size: int, channels: int, width: int) -> None:
        super().__init__()
        widths = [width]
        for _ in range((image_size // LAST_SIZE).bit_length() - 1):
            widths.append(min(widths[-1] * 2, width * MAX_WIDTH_FACTOR))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("std", torch.ones(channels))
        self.stem = nn.Sequential(convolution(channels, width), nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        self.stages = nn.Sequential(*(Stage(low, high) for low, high in zip(widths, widths[1:])))
        self.logits = nn.Linear(widths[-1], num_classes)

    @property
    def learnt(self) -> nn.Module:
        """What a judge's folder holds: everything."""
        return self

    @property
    def num_features(self) -> int:
        """Number of the penultimate features."""
        return self.logits.in_features

    def features(self, images: Tensor) -> Tensor:
        """The penultimate features (N, F) of uint8 pictures (N, C, size, size), normalised as in training."""
        x = (images.float() / 255 - self.mean[:, None, None]) / self.std[:, None, None]
        x = self.stages(self.stem(x.contiguous(memory_format=torch.channels_last)))
        return x.mean(dim=(2, 3))

    def forward(self, images: Tensor) -> Tensor:
        """Class logits (N, K) of uint8 pictures (N, C, size, size)."""
        return self.logits(self.features(images))


class Stage(nn.Module):
    """Halve the side, widen, then one residual block of two convolutions at the smaller side."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        # The pool stands before the norm: a quarter of the numbers to normalise.
        self.narrow = convolution(low, high)
        self.norm = nn.BatchNorm2d(high)
        self.block = nn.Sequential(
            convolution(high, high),
            nn.BatchNorm2d(high),
            nn.ReLU(inplace=True),
            convolution(high, high),
            nn.BatchNorm2d(high),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, low, size, size) to (N, high, size / 2, size / 2)."""
        x = F.relu(self.norm(F.max_pool2d(self.narrow(x), 2)))
        return x + self.block(x)


def convolution(low: int, high: int) -> nn.Conv2d:
    """A 3x3 convolution that keeps the side; a norm with a shift of its own follows."""
    return nn.Conv2d(low, high, 3, padding=1, bias=False)
