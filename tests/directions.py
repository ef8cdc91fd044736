"""Directions for tests: by chance, with words of every kind."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from amgan.networks.config import ModelConfig
from amgan.release.directions import NAMELESS, Directions


def some_directions(config: ModelConfig) -> Directions:
    """Three sliders, and for a dynamic model a way to each class."""
    numbers = torch.Generator().manual_seed(5)
    axes = F.normalize(torch.randn(3, config.latent_dim, generator=numbers))
    classes = [] if config.is_predefined else list(range(config.num_classes))
    means = F.normalize(torch.randn(len(classes), config.latent_dim, generator=numbers))
    ends = torch.stack([axes, -axes], dim=1)
    return Directions(ends, [[0, 1], ["lighter", "darker"], list(NAMELESS)], means, classes)
