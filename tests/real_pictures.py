"""Real pictures for tests: noise that no model has drawn."""

from __future__ import annotations

import torch

from amgan.networks.config import ModelConfig
from amgan.release.real_pictures import RealPictures


def some_real(config: ModelConfig, count: int = 12) -> RealPictures:
    """So many pictures that fit a model, of all its classes in turn."""
    shape = (count, config.image_size, config.image_size, config.channels)
    noise = torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(count))
    return RealPictures(noise, torch.arange(count) % config.num_classes, "MIT", "Copyright (c) 2026 Jo", "noise")
