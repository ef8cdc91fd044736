"""Batch norm statistics that belong to the released nets (BigGAN's "standing statistics").

The moving average of G's weights is no set of weights that ever ran, and D's running statistics are a mixture of the
last few real and generated batches, seen through noise and dropout. Both are measured anew for a release: the plain
mean over batches, with all else as in use, no noise and no dropout.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.config import ModelConfig

BATCH_SIZE = 64


@torch.no_grad()
def measure_standing_statistics(
    generator: nn.Module, discriminator: DiscriminatorNet, config: ModelConfig, batches: int
) -> None:
    """Replace both nets' running statistics; D's by those of G's pictures, which it will judge. Both end in eval mode.

    Latents come from a generator of their own: training's random numbers are not touched.
    """
    device = next(generator.parameters()).device
    with _plain_means(generator) as count:
        for latents, classes in _inputs(config, batches if count else 0, device):
            generator(latents, classes)
    with _plain_means(discriminator) as count:
        for latents, classes in _inputs(config, batches if count else 0, device):
            discriminator.answer(generator(latents, classes))


@contextlib.contextmanager
def _plain_means(net: nn.Module) -> Iterator[int]:
    """Yields how many norms take the means of what goes through a net: without one, nothing need go through it."""
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    net.eval()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean of all batches
        norm.train()
    yield len(norms)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
        norm.eval()


def _inputs(config: ModelConfig, batches: int, device: torch.device) -> Iterator[tuple[Tensor, Tensor | None]]:
    random = torch.Generator().manual_seed(0)
    for _ in range(batches):
        latents = torch.randn(BATCH_SIZE, config.latent_dim, generator=random).to(device)
        classes = None
        if config.is_predefined:
            drawn = torch.randint(config.num_classes, (BATCH_SIZE,), generator=random)
            classes = F.one_hot(drawn, config.num_classes).float().to(device)
        yield latents, classes
