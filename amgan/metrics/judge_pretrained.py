"""The net of a judge of few pictures: what a frozen classifier of ImageNet sees in them, and one linear layer.

Each feature counts in its own standard deviations over the pictures that the judge was fitted to, or the few of great
numbers would be all of a distance.

EfficientNet-Lite1 is no part of any model here, so what it sees was pleased by no training.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from amgan.networks.efficientnet import CHANNELS, LITE1, FrozenEfficientNet

SIDE = 128
"""Side in pixels to which pictures are brought; its features of smaller ones say less."""


class LearntLayer(nn.Module):
    """What a judge's folder holds: how the features are spread, and the linear layer."""

    mean: Tensor
    std: Tensor

    def __init__(self, num_features: int, num_classes: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(num_features))
        self.register_buffer("std", torch.ones(num_features))
        self.logits = nn.Linear(num_features, num_classes)


class PretrainedJudgeNet(nn.Module):
    """Pictures to class logits: the means of frozen features over the picture, at four scales, then a linear layer."""

    batch = 50
    """Pictures that are judged at once."""

    def __init__(self, num_classes: int) -> None:
        """Build the net with its pretrained weights and a random last layer.

        Raises:
            ConfigError: the pretrained weights are not installed.
        """
        super().__init__()
        with torch.device("cpu"):  # on the meta device as well: they do not come from a judge's folder
            self.frozen = FrozenEfficientNet(LITE1)
        self.learnt = LearntLayer(sum(CHANNELS), num_classes)

    @property
    def logits(self) -> nn.Linear:
        """The linear layer."""
        return self.learnt.logits

    @property
    def num_features(self) -> int:
        """Number of the penultimate features."""
        return self.logits.in_features

    def features(self, images: Tensor) -> Tensor:
        """The penultimate features (N, F) of uint8 pictures (N, 1 or 3, size, size)."""
        x = images.float().div(127.5).sub(1).expand(-1, 3, -1, -1)
        x = F.interpolate(x, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
        seen = self.frozen(x.contiguous(memory_format=torch.channels_last))
        return (torch.cat([scale.mean(dim=(2, 3)) for scale in seen], dim=1) - self.learnt.mean) / self.learnt.std

    def forward(self, images: Tensor) -> Tensor:
        """Class logits (N, K) of uint8 pictures (N, 1 or 3, size, size)."""
        return self.logits(self.features(images))
