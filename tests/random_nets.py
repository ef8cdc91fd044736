"""Nets as they are after training, as far as algebra can tell: every weight and statistic is at a value of its own."""

from __future__ import annotations

import torch
from torch import nn

from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.config import ModelConfig


def random_nets(config: ModelConfig, seed: int = 0) -> tuple[nn.Module, DiscriminatorNet]:
    """G and D in train mode; weights scaled so that features neither vanish nor blow up."""
    numbers = torch.Generator().manual_seed(seed)
    nets = config.nets.generator(config), config.nets.discriminator(config)
    for layer in (layer for net in nets for layer in net.modules()):
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean, std=0.3, generator=numbers)
            nn.init.uniform_(layer.running_var, 0.5, 2, generator=numbers)
            nn.init.uniform_(layer.weight, 0.5, 1.5, generator=numbers)
            nn.init.normal_(layer.bias, std=0.3, generator=numbers)
        elif isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            inputs = (
                layer.weight[:, 0].numel() / 4 if isinstance(layer, nn.ConvTranspose2d) else layer.weight[0].numel()
            )
            nn.init.normal_(layer.weight, std=inputs**-0.5, generator=numbers)
            if layer.bias is not None:
                nn.init.normal_(layer.bias, std=0.3, generator=numbers)
    return nets


def inputs_of(config: ModelConfig, count: int, seed: int = 1) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Latents and, for predefined labeling, class weights that are mixtures."""
    numbers = torch.Generator().manual_seed(seed)
    latents = torch.randn(count, config.latent_dim, generator=numbers)
    if not config.is_predefined:
        return latents, None
    return latents, torch.rand(count, config.num_classes, generator=numbers).softmax(dim=1)
