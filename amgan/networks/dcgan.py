"""Generator and discriminator of the paper's published code (DCGAN-like), for pictures of 32, 64 or 128 pixels.

Batch norm and leaky ReLU 0.2 between layers; the weight norm of the paper's earlier runs is left out, as in the
authors' newer code.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from amgan.networks.architecture import DiscriminatorNet, NetConfig, Weights
from amgan.networks.objectives import OBJECTIVES

BASE_SIZE = 4
"""Side in pixels of G's first and D's last feature maps."""

MAX_WIDTH_FACTOR = 8
"""No layer has more than this times the width: 768 = 8 x 96 in G, 512 = 8 x 64 in D, at larger sizes too."""

LEAKY_SLOPE = 0.2
INPUT_NOISE_STD = 0.1
DROPOUT = 0.3


def feature_widths(width: int, image_size: int) -> list[int]:
    """Feature maps at each resolution from `image_size` down to 4x4, such as [96, 192, 384, 768] for 96 at 32."""
    widths = [width]
    size = image_size
    while size > BASE_SIZE:
        size //= 2
        widths.append(min(widths[-1] * 2, width * MAX_WIDTH_FACTOR))
    return widths


class Generator(nn.Module):
    """G: latents (and classes, for predefined labeling) to pictures in [-1, 1].

    Linear to 4x4, then one stride-2 transposed convolution for each doubling, then a 3x3 convolution and tanh.
    """

    kernel = 3
    """Side of the transposed convolutions."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        widths = feature_widths(config.generator_width, config.image_size)[::-1]
        self.inputs = config.latent_dim + (config.num_classes if config.is_predefined else 0)
        self.project = nn.Linear(self.inputs, widths[0] * BASE_SIZE**2, bias=False)
        self.project_norm = nn.BatchNorm2d(widths[0])
        self.upsample = nn.ModuleList(
            nn.ConvTranspose2d(low, high, self.kernel, 2, padding=1, output_padding=self.kernel % 2, bias=False)
            for low, high in zip(widths, widths[1:])
        )
        self.upsample_norms = nn.ModuleList(nn.BatchNorm2d(high) for high in widths[1:])
        self.to_image = nn.Conv2d(widths[-1], config.channels, 3, padding=1)
        self.activation = nn.LeakyReLU(LEAKY_SLOPE)
        initialize(self)

    def forward(self, latents: Tensor, classes: Tensor | None = None) -> Tensor:
        """Pictures (N, C, size, size) in [-1, 1].

        Args:
            latents: z, (N, latent_dim), standard normal in training.
            classes: For predefined labeling the class weights, (N, K): one-hot rows, or mixtures of classes.
        """
        x = self._first_maps(latents, classes)
        for layer, norm in zip(self.upsample, self.upsample_norms):
            x = self.activation(norm(layer(x)))
        return torch.tanh(self.to_image(x))

    def first_layer(self, latents: Tensor, classes: Tensor | None = None) -> Tensor:
        """The first maps, as rows (N, F); arguments as for `forward`."""
        return self._first_maps(latents, classes).flatten(1)

    def _first_maps(self, latents: Tensor, classes: Tensor | None) -> Tensor:
        inputs = latents if classes is None else torch.cat([latents, classes.to(latents.dtype)], dim=1)
        x = self.project(inputs).unflatten(1, (-1, BASE_SIZE, BASE_SIZE))
        return self.activation(self.project_norm(x))


def of_another_size(weights: Weights, doublings: int) -> Weights:
    """G's layers near the picture, by their names in a G that doubles so many times more, or less if negative.

    What makes the first maps is left out: it is for pictures of another extent.
    """
    kept = {}
    for name, tensor in weights.items():
        kind, _, rest = name.partition(".")
        number, _, what = rest.partition(".")
        if kind == "to_image":
            kept[name] = tensor
        elif kind.startswith("upsample") and int(number) + doublings >= 0:
            kept[f"{kind}.{int(number) + doublings}.{what}"] = tensor
    return kept


class Dropout(nn.Dropout):
    """`nn.Dropout`, on the CPU with a mask from random bytes: Bernoulli draws there cost a quarter of a training step.

    There the probability is rounded to 1/256 (0.3 becomes 77/256) and the kept features are scaled to match it.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Features of any shape, some of them zeroed in training mode."""
        dense = x.is_contiguous() or (x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last))
        if not self.training or x.device.type != "cpu" or not dense:
            return super().forward(x)
        dropped = round(self.p * 256)
        draws = torch.empty(-(-x.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
        keep = (draws.view(torch.uint8) >= dropped)[: x.numel()].as_strided(x.size(), x.stride())
        return x * keep.to(x.dtype).mul_(256 / (256 - dropped))


class Discriminator(DiscriminatorNet):
    """D: pictures in [-1, 1] to K class logits, with the real/fake logit behind them where the objective has one.

    In training mode noise is added to the input, real and generated alike, and features are dropped.
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        widths = feature_widths(config.discriminator_width, config.image_size)
        layers: list[nn.Module] = [
            nn.Conv2d(config.channels, widths[0], 3, padding=1),
            nn.LeakyReLU(LEAKY_SLOPE),
            Dropout(DROPOUT),
        ]
        # Predefined labeling gives D one more layer at 4x4 (paper's code).
        steps = [(low, high, 2) for low, high in zip(widths, widths[1:])]
        if config.is_predefined:
            steps.append((widths[-1], widths[-1], 1))
        for low, high, stride in steps:
            layers += [
                nn.Conv2d(low, high, 3, stride=stride, padding=1, bias=False),
                nn.BatchNorm2d(high),
                nn.LeakyReLU(LEAKY_SLOPE),
                Dropout(DROPOUT),
            ]
        self.features = nn.Sequential(*layers)
        self.dropout = Dropout(DROPOUT)
        outputs = config.num_classes + OBJECTIVES[config.objective].separate_real_logit
        self.logits = nn.Linear(widths[-1], outputs)
        initialize(self)

    def forward(self, images: Tensor) -> Tensor:
        """Raw logits (N, K) or (N, K+1) of pictures (N, C, size, size); `objectives.Logits.split` reads them."""
        if self.training:
            count, channels, *side = images.shape
            # Drawn as it lies in memory: in the order of channels_last the CPU draws eight times more slowly.
            noise = torch.randn(count, *side, channels, device=images.device, dtype=images.dtype)
            images = images + INPUT_NOISE_STD * noise.permute(0, 3, 1, 2)
        return self.logits(self.dropout(self.embed(images)))

    def embed(self, images: Tensor) -> Tensor:
        """The means of D's last maps, (N, F)."""
        features: Tensor = self.features(images).mean(dim=(2, 3))
        return features


def initialize(module: nn.Module) -> None:
    """DCGAN's start: weights from N(0, 0.02), biases 0; batch norm stays at scale 1, shift 0.

    On the meta device nothing is drawn: for that PyTorch would import its compiler, which takes as long as PyTorch.
    """
    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)) and not layer.weight.is_meta:
            nn.init.normal_(layer.weight, std=0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
