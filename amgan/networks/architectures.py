"""The architectures that there are; a new one is a file beside `dcgan.py` and a line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from amgan.networks import features
from amgan.networks.architecture import Architecture
from amgan.networks.dcgan import Discriminator, Generator, of_another_size
from amgan.networks.dcgan_folded import FoldedDiscriminator, FoldedGenerator
from amgan.networks.dcgan_matmul import MatmulDiscriminator, MatmulGenerator


def dcgan_drawing(generator: Generator, dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
    """G as matrix products where those are faster, for fp32 on a CPU."""
    if dtype == torch.float32 and generator.project.weight.device.type == "cpu":
        return MatmulGenerator(generator)
    return FoldedGenerator(generator, dtype)


def dcgan_judging(discriminator: Discriminator) -> Callable[[Tensor], Tensor]:
    """D as matrix products on a CPU."""
    on_cpu = discriminator.logits.weight.device.type == "cpu"
    return MatmulDiscriminator(discriminator) if on_cpu else FoldedDiscriminator(discriminator)


ARCHITECTURES: dict[str, Architecture] = {
    "dcgan": Architecture(
        Generator, Discriminator, dcgan_drawing, dcgan_judging, "project.weight", ("logits.",), (32, 64, 128),
        "G and D are the convolutional nets of the paper.", of_another_size,
    ),
    "features": Architecture(
        features.SmoothGenerator, features.Discriminator, FoldedGenerator, features.FoldedFeatures,
        "project.weight", features.CLASS_LAYERS, (32, 64, 128), features.SENTENCE, of_another_size,
        {"dcgan": features.from_dcgan},
    ),
}  # fmt: skip
"""By the names that flags and config.json have for them."""

if TYPE_CHECKING:
    ArchitectureName = str
else:
    ArchitectureName = Literal[tuple(ARCHITECTURES)]
"""One of these names, as the type of a flag."""
