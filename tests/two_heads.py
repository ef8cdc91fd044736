"""A second architecture, as small as one can be: D sees through frozen filters of fp16, at two scales with a head each.

It is what `amgan.networks.architectures` takes of a new pair of nets: this file, and a line.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from amgan.networks.architecture import Architecture, DiscriminatorNet, NetConfig
from amgan.networks.objectives import OBJECTIVES

NAME = "two-heads"
FILTERS = 6


class Generator(nn.Module):
    """A linear layer to 4x4, enlarged, and one convolution."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        width = config.generator_width
        self.latent_dim = config.latent_dim
        self.from_input = nn.Linear(config.latent_dim + config.num_classes * config.is_predefined, width * 16)
        self.norm = nn.BatchNorm2d(width)
        self.enlarge = nn.Upsample(config.image_size)
        self.to_image = nn.Conv2d(width, config.channels, 3, padding=1)

    def forward(self, latents: Tensor, classes: Tensor | None = None) -> Tensor:
        features = self.first_layer(latents, classes).unflatten(1, (-1, 4, 4))
        return torch.tanh(self.to_image(self.enlarge(F.relu(self.norm(features)))))

    def first_layer(self, latents: Tensor, classes: Tensor | None = None) -> Tensor:
        return self.from_input(latents if classes is None else torch.cat([latents, classes], dim=1))


class Discriminator(DiscriminatorNet):
    """Frozen filters, then for each of two scales a batch norm, dropout and a layer to logits."""

    filters: Tensor

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.register_buffer("filters", torch.empty(FILTERS, config.channels * 16, dtype=torch.float16))
        if not self.filters.is_meta:
            # As a pretrained net would be opened here: never where a release brings it.
            self.filters.copy_(torch.randn(self.filters.shape, generator=torch.Generator().manual_seed(0)) / 4)
        outputs = config.num_classes + OBJECTIVES[config.objective].separate_real_logit
        self.norms = nn.ModuleList(nn.BatchNorm2d(FILTERS) for _ in range(2))
        self.heads = nn.ModuleList(nn.Linear(FILTERS, outputs) for _ in range(2))

    def perceive(self, images: Tensor) -> tuple[Tensor, ...]:
        fine = F.leaky_relu(F.conv2d(images, self.filters.to(images.dtype).unflatten(1, (-1, 4, 4)), stride=4), 0.2)
        return fine, F.avg_pool2d(fine, 4)

    def forward(self, *seen: Tensor) -> Tensor:
        return torch.stack(
            [
                head(F.dropout(norm(features).square().mean(dim=(2, 3)), 0.3, self.training))
                for features, norm, head in zip(seen, self.norms, self.heads)
            ]
        )


def drawing(generator: Generator, dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
    """G as it is, in either arithmetic."""
    net = copy.deepcopy(generator).to(dtype)
    return lambda rows: net(rows.to(dtype)).float()


def judging(discriminator: Discriminator) -> Callable[[Tensor], Tensor]:
    """D in double: a product with so few outputs sums a row by its place, which then is below the last bit of fp32."""
    net = copy.deepcopy(discriminator).double()
    return lambda images: net.answer(images.double()).float()


TWO_HEADS = Architecture(
    Generator, Discriminator, drawing, judging, Generator.first_layer, "from_input.weight", ("heads.",), (32, 128),
    lambda lang: "Two heads_<b>.",
)  # fmt: skip
