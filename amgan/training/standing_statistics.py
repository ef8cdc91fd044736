"""Batch norm statistics that belong to the averaged weights of G (BigGAN's "standing statistics")."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from amgan.config import ModelConfig
from amgan.networks import Generator

BATCHES = 64
BATCH_SIZE = 64


@torch.no_grad()
def measure_standing_statistics(generator: Generator, config: ModelConfig) -> None:
    """Replace G's running statistics by their plain mean over `BATCHES` batches; G ends in eval mode.

    The moving average of weights is no set of weights that ever ran, so averaged running statistics fit it only
    roughly. Latents come from a generator of their own: training's random numbers are not touched.
    """
    norms = [module for module in generator.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # cumulative mean
    device = next(generator.parameters()).device
    random = torch.Generator().manual_seed(0)
    generator.train()
    for _ in range(BATCHES):
        latents = torch.randn(BATCH_SIZE, config.latent_dim, generator=random).to(device)
        classes = None
        if config.is_predefined:
            drawn = torch.randint(config.num_classes, (BATCH_SIZE,), generator=random)
            classes = F.one_hot(drawn, config.num_classes).float().to(device)
        generator(latents, classes)
    generator.eval()
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
