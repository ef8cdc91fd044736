"""D on frozen features: a classifier of ImageNet that never learns, random mixing, and a head for each scale.

Projected GANs (Sauer et al., NeurIPS 2021, arXiv:2111.01007) with the logits of this package's objectives in the place
of their one real/fake unit. Only the heads learn, with group norm: batch norm would take from a batch what all its
pictures share, and with it what gives generated ones away. G is the paper's, with transposed convolutions of 4x4, which
overlap evenly: those of 3x3 at stride 2 leave a checkerboard.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from amgan.networks import dcgan
from amgan.networks.architecture import DiscriminatorNet, NetConfig, Weights
from amgan.networks.dcgan import LEAKY_SLOPE
from amgan.networks.efficientnet import CHANNELS, LITE0, STRIDES, FrozenEfficientNet
from amgan.networks.objectives import OBJECTIVES

SMALLEST = 64
"""Side in pixels to which smaller pictures are brought for the frozen net."""

MIXED = 64
"""Channels of each scale behind the mixing."""

ANSWERS = 8
"""Each head answers at this many times as many places; one whose maps are smaller gives an answer to several."""

GROUPS = 16
"""Of the channels of a head, each group normalised by itself."""

NAMED = {"net": LITE0.title, "licence": LITE0.licence, "package": LITE0.package}
"""What the sentence for cards and the page names."""

CLASS_LAYERS = tuple(f"heads.{number}.logits." for number in range(len(STRIDES)))


class SmoothGenerator(dcgan.Generator):
    """The paper's G with kernels of 4x4 in place of 3x3 where it doubles the size."""

    kernel = 4


def from_dcgan(generator: Weights) -> Weights:
    """Weights of the paper's G as those of one that draws the same: a kernel of 3x3 is one of 4x4 with zeros behind."""
    return {
        name: F.pad(value, (0, 1, 0, 1)) if name.startswith("upsample.") else value for name, value in generator.items()
    }


class RandomMixing(nn.Module):
    """Features mixed over channels, then over scales, by random convolutions that never learn, buffers of fp16.

    A head would soon look at nothing but the few features that give fakes away; so every feature is in every map.
    """

    def __init__(self) -> None:
        super().__init__()
        for scale, channels in enumerate(CHANNELS):
            for name, shape in (("over_channels", (MIXED, channels, 1, 1)), ("over_scales", (MIXED, MIXED, 3, 3))):
                weight = torch.empty(shape, dtype=torch.float32)
                if not weight.is_meta:
                    nn.init.kaiming_normal_(weight)
                self.register_buffer(f"{name}_{scale}", weight.half())

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        """Features of each scale, finest first, to as many maps (N, MIXED, side, side), finest first."""
        mixed: list[Tensor] = []
        for scale in reversed(range(len(features))):
            feature = features[scale]
            x = F.conv2d(feature, getattr(self, f"over_channels_{scale}").to(feature.dtype))
            if mixed:
                x = (x + F.interpolate(mixed[-1], size=x.shape[2:], mode="nearest")) * math.sqrt(0.5)
            mixed.append(F.conv2d(x, getattr(self, f"over_scales_{scale}").to(x.dtype), padding=1))
        return mixed[::-1]


class Head(nn.Module):
    """What learns: a small net over the map of one scale, to logits at each of its last places."""

    def __init__(self, side: int, outputs: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        low = MIXED
        while side > ANSWERS:
            layers += _layer(nn.Conv2d(low, width, 4, stride=2, padding=1, bias=False))
            low, side = width, side // 2
        layers += _layer(nn.Conv2d(low, width, 3, padding=1, bias=False))
        self.layers = nn.Sequential(*layers)
        self.logits = nn.Conv2d(width, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """A map (N, MIXED, side, side) to logits (N, outputs, ANSWERS, ANSWERS)."""
        return F.interpolate(self.logits(self.layers(x)), size=(ANSWERS, ANSWERS), mode="nearest")


def _layer(convolution: nn.Conv2d) -> list[nn.Module]:
    channels = convolution.out_channels
    norm = nn.GroupNorm(math.gcd(GROUPS, channels), channels)
    normed: nn.Module
    if not convolution.weight.is_meta:
        normed = spectral_norm(convolution)
    else:
        # To be filled from a file. On the meta device torch's first estimate would import its compiler, for a second.
        with torch.random.fork_rng(devices=[]):
            normed = spectral_norm(convolution.to_empty(device="cpu")).to("meta")
    return [normed, norm, nn.LeakyReLU(LEAKY_SLOPE, inplace=True)]


class Discriminator(DiscriminatorNet):
    """D: pictures in [-1, 1], through what a frozen net sees in them, to each head's logits at each of its places.

    The places of a head count as heads of their own: every one has the whole loss, and D's answer is the mean.
    """

    def __init__(self, config: NetConfig) -> None:
        """Build D with pretrained features, random mixing and random heads; on the meta device nothing is opened.

        Raises:
            ConfigError: the pretrained net is not installed.
        """
        super().__init__()
        self.size = max(SMALLEST, config.image_size)
        self.features = FrozenEfficientNet(LITE0)
        self.mixing = RandomMixing()
        outputs = config.num_classes + OBJECTIVES[config.objective].separate_real_logit
        width = config.discriminator_width
        self.heads = nn.ModuleList(Head(self.size // stride, outputs, width) for stride in STRIDES)

    def perceive(self, images: Tensor) -> tuple[Tensor, ...]:
        """Mixed features of pictures (N, 1 or 3, size, size), a map a head."""
        kind = images.device.type
        if torch.is_autocast_enabled(kind):
            images = images.to(torch.get_autocast_dtype(kind))
        if images.shape[2] != self.size:
            images = F.interpolate(images, size=(self.size, self.size), mode="bilinear", align_corners=False)
        return tuple(self.mixing(self.features(images.expand(-1, 3, -1, -1))))

    def forward(self, *maps: Tensor) -> Tensor:
        """Raw logits (heads x places, N, K) or (..., K+1)."""
        return torch.stack([head(x) for head, x in zip(self.heads, maps)]).permute(0, 3, 4, 1, 2).flatten(0, 2)

    def embed(self, images: Tensor) -> Tensor:
        """The means of the heads' last maps, one head's behind the other's, (N, heads x width)."""
        heads = [head for head in self.heads if isinstance(head, Head)]
        maps = self.perceive(images)
        return torch.cat([head.layers(x).mean(dim=(2, 3)) for x, head in zip(maps, heads)], dim=1)


class Judging:
    """D in eval mode, in fp32, each spectral norm taken once."""

    def __init__(self, discriminator: Discriminator) -> None:
        self._perceive = discriminator.perceive
        heads = [head for head in discriminator.heads if isinstance(head, Head)]
        self._heads = [_plain(head.layers) for head in heads]
        logits = [head.logits for head in heads]
        # In double: a product with so few outputs sums a row by its place in the batch, below the last bit of fp32.
        self._weight = torch.cat([layer.weight.detach().double().flatten(1) for layer in logits], dim=1)
        self._bias = torch.stack([layer.bias.detach().double() for layer in logits if layer.bias is not None]).sum(0)

    def __call__(self, images: Tensor) -> Tensor:
        """Raw logits (N, K) or (N, K+1) of pictures (N, C, size, size) in [-1, 1]."""
        maps = self._perceive(images.contiguous(memory_format=torch.channels_last))
        pooled = [head(x).mean(dim=(2, 3)) for x, head in zip(maps, self._heads)]
        # The mean of the places' logits is the logits of the mean.
        return (F.linear(torch.cat(pooled, dim=1).double(), self._weight, self._bias) / len(maps)).float()


def _plain(layers: nn.Sequential) -> nn.Sequential:
    """The same layers with the weights that spectral norm gives them in eval mode."""
    return nn.Sequential(*(_without_norm(layer) if isinstance(layer, nn.Conv2d) else layer for layer in layers))


def _without_norm(layer: nn.Conv2d) -> nn.Conv2d:
    weight = layer.weight.detach()
    high, low, side, _ = weight.shape
    with torch.device("meta"):
        plain = nn.Conv2d(low, high, side, layer.stride, layer.padding, bias=False)  # type: ignore[arg-type]
    plain.weight = nn.Parameter(weight.contiguous(memory_format=torch.channels_last), requires_grad=False)
    return plain
