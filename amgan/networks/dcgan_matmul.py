"""The folded nets as matrix products, for fp32 on CPUs.

Two reasons. Speed: a stride-2 transposed convolution needs 25/36 of the multiplications of the usual way (below), and
plain matrix products run near the CPU's peak. Stable bytes: a row of a product is summed in the same order however
many rows there are, so a picture alone is the same as in a batch; the CPU's convolutions choose by batch size.

The transposed convolution, 3 taps w0 w1 w2, stride 2, in one dimension: input x[i] gives the even output
w1 x[i] and the odd output w2 x[i] + w0 x[i+1]. Two neighbouring odd outputs cost three products instead of four
(Winograd's minimal filtering F(2,2), in Lavin & Gray, arXiv:1509.09308):

    m = (w0 + w2) x1;  odd[0] = m + w2 (x0 - x1);  odd[1] = m - w0 (x1 - x2)

with the two even outputs five products for four outputs instead of six, and 25 instead of 36 in two dimensions. All
factors are 1, so it loses no more digits than the plain sum.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from amgan.networks.dcgan import BASE_SIZE, LEAKY_SLOPE, Discriminator, Generator
from amgan.networks.dcgan_folded import FoldedDiscriminator, FoldedGenerator, discriminator_layers, generator_layers

OPERAND_SIZE = 6 * 2**14
"""Numbers in one matrix of features when upsampling: enough for the CPU's peak, few enough to stay in its cache."""

CONVOLUTION_ROWS = 1024
"""The same for D, whose products are fewer and narrower."""

ROWS, COLUMNS = -3, -2
"""Dimensions of features, channels last."""

MIN_ROWS = 4
"""A single row would be a matrix-vector product, which sums in another order; on AMD's CPUs MKL has another way for up
to three rows as well."""

MIN_OUTPUTS = 12
"""With fewer outputs, such as ten classes or the nine taps of a grey picture, MKL on AMD's CPUs sums a row by its place
among the others, or by the number of threads."""


class MatmulGenerator:
    """G as matrix products.

    Between layers the features are held by phase, (2, 2, N, H/2, W/2, C): row parity and column parity first. Each
    phase is then one matrix, and a doubling writes its even and odd outputs straight to their places.
    """

    def __init__(self, generator: Generator) -> None:
        (weight, bias), upsample, (last, self.last_bias) = generator_layers(generator)
        half = BASE_SIZE // 2
        phases = weight.view(half, 2, half, 2, *weight.shape[2:]).permute(1, 3, 5, 0, 2, 4)
        self.project = phases.reshape(4, weight.shape[3], -1).contiguous()
        self.project_bias = bias.repeat(half * half)
        self.upsample = [Upsample(*layer) for layer in upsample]
        self.channels = len(last)
        # (C * 3 * 3, in), so that a product gives the nine taps of each pixel as planes.
        self.last = _padded(last.permute(0, 2, 3, 1).flatten(0, 2), MIN_OUTPUTS).contiguous()

    def __call__(self, inputs: Tensor) -> Tensor:
        """Pictures (N, C, size, size) in [-1, 1] of inputs (N, latent_dim [+ K])."""
        count = len(inputs)
        rows = _padded(inputs, MIN_ROWS)
        half = BASE_SIZE // 2
        x = torch.stack([torch.addmm(self.project_bias, rows, weight) for weight in self.project])[:, :count]
        x = F.leaky_relu_(x, LEAKY_SLOPE).view(2, 2, count, half, half, -1)
        size = BASE_SIZE << len(self.upsample)
        images = inputs.new_empty(count, self.channels, size, size)
        self._draw(x, self.upsample, images)
        return torch.tanh_(images.add_(self.last_bias.view(-1, 1, 1)))

    def _draw(self, x: Tensor, layers: list[Upsample], images: Tensor) -> None:
        """Fill `images` from features by phase; depth first, a few pictures at a time, to stay in cache."""
        layer, *further = layers
        step = layer.pictures(x)
        for start in range(0, len(images), step):
            part = slice(start, start + step)
            if further:
                self._draw(layer(x[:, :, part]), further, images[part])
            else:
                self._to_image(layer(x[:, :, part], by_phase=False), images[part])

    def _to_image(self, x: Tensor, images: Tensor) -> None:
        """The last convolution, without bias: y[i] = p0[i-1] + p1[i] + p2[i+1] of the planes p of its taps."""
        count, height, width, _ = x.shape
        planes = torch.matmul(self.last, x.flatten(1, 2).transpose(1, 2))
        planes = planes[:, : 9 * self.channels].view(count, self.channels, 3, 3, height, width)
        left, y, right = planes.unbind(3)
        y[..., 1:] += left[..., :-1]
        y[..., :-1] += right[..., 1:]
        upper, y, lower = y.unbind(2)
        y[..., 1:, :] += upper[..., :-1, :]
        y[..., :-1, :] += lower[..., 1:, :]
        images.copy_(y)


class Upsample:
    """Transposed convolution (3x3, stride 2, padding 1, output padding 1), bias and leaky ReLU."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        """Prepare the weight (in, out, 3, 3)."""
        taps = weight.permute(2, 3, 0, 1).contiguous()
        self.weight = _five_factors(_five_factors(taps, dim=1), dim=0)
        self.bias = bias

    def pictures(self, x: Tensor) -> int:
        """How many pictures of features by phase are best worked on at once."""
        return max(1, OPERAND_SIZE // x[0, 0, 0].numel())

    def __call__(self, x: Tensor, by_phase: bool = True) -> Tensor:
        """Features (2, 2, N, H/2, W/2, in) to (2, 2, N, H, W, out), or to (N, 2H, 2W, out) if not `by_phase`."""
        _, _, count, height, width, _ = x.shape
        channels = len(self.bias)
        # Pixel 4t+2a+p of either layout, seen as (row p, row a, column p, column a, N, row t, column t, C).
        if by_phase:
            y = x.new_empty(2, 2, count, height, 2, width, 2, channels)
            self._upsample(x, y.permute(0, 4, 1, 6, 2, 3, 5, 7))
            return F.leaky_relu_(y, LEAKY_SLOPE).view(2, 2, count, 2 * height, 2 * width, channels)
        y = x.new_empty(count, height, 2, 2, width, 2, 2, channels)
        self._upsample(x, y.permute(3, 2, 6, 5, 0, 1, 4, 7))
        return F.leaky_relu_(y, LEAKY_SLOPE).view(count, 4 * height, 4 * width, channels)

    def _upsample(self, x: Tensor, tiles: Tensor) -> None:
        # Row by row of the five products, in the same few buffers, so that all stays in cache.
        even, odd = x
        rows, differences = torch.empty_like(x), torch.empty_like(even)
        y, shared = x.new_empty(2, 2, 2, *x.shape[2:5], len(self.bias))
        _differences(even, COLUMNS, out=differences)
        torch.add(self._along_columns(even, differences, 0, out=y), self.bias, out=tiles[0, 0])
        _differences(odd, COLUMNS, out=differences)
        torch.add(self._along_columns(odd, differences, 1, out=y), self.bias, out=tiles[0, 1])
        self._along_columns(odd, differences, 4, out=shared).add_(self.bias)
        for side, row in enumerate(_differences(x, ROWS, out=rows)):
            _differences(row, COLUMNS, out=differences)
            torch.add(self._along_columns(row, differences, 2 + side, out=y), shared, out=tiles[1, side])

    def _along_columns(self, x: Tensor, differences: Tensor, row: int, out: Tensor) -> Tensor:
        """Output columns (2, 2, N, H/2, W/2, out), parity first, of one row of operands (2, N, H/2, W/2, in)."""
        x0, x1 = x.flatten(1, 3)
        first, second = differences.flatten(1, 3)
        first_even, second_even, first_odd, second_odd = out.flatten(2, 4).flatten(0, 1)
        at_x0, at_x1, at_first, at_second, at_x1_again = self.weight[row]
        torch.mm(x0, at_x0, out=first_even)
        torch.mm(x1, at_x1, out=second_even)
        torch.mm(x1, at_x1_again, out=first_odd)
        second_odd.copy_(first_odd)
        first_odd.addmm_(first, at_first)
        second_odd.addmm_(second, at_second)
        return out


class MatmulDiscriminator:
    """D in eval mode (no noise, no dropout) as matrix products."""

    def __init__(self, discriminator: Discriminator) -> None:
        convolutions, (weight, bias) = discriminator_layers(discriminator)
        self.outputs = len(bias)
        self.weight = _padded(weight, MIN_OUTPUTS).t().contiguous()
        self.bias = F.pad(bias, (0, self.weight.shape[1] - self.outputs))
        self.convolutions = [
            (weight.permute(2, 3, 1, 0).flatten(0, 2).contiguous(), bias, stride)
            for weight, bias, stride in convolutions
        ]

    def __call__(self, images: Tensor) -> Tensor:
        """Raw logits (N, K) or (N, K+1) of pictures (N, C, size, size) in [-1, 1]."""
        x = images.permute(0, 2, 3, 1)
        for weight, bias, stride in self.convolutions:
            size = x.shape[1] // stride
            step = max(1, CONVOLUTION_ROWS // size**2)
            x = torch.cat([convolve(part, weight, bias, stride) for part in x.split(step)])
        features = x.mean(dim=(1, 2))
        return torch.addmm(self.bias, _padded(features, MIN_ROWS), self.weight)[: len(images), : self.outputs]


def convolve(x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    """3x3 convolution with padding 1, bias and leaky ReLU.

    Args:
        x: Features (N, H, W, in), H and W multiples of `stride`.
        weight: (9 * in, out), taps row by row, each with all input channels.
        bias: (out,).
        stride: 1 or 2.

    Returns:
        (N, H/stride, W/stride, out).
    """
    padded = F.pad(x, (0, 0, 1, 1, 1, 1))
    count, height, width, channels = x.shape
    by_picture, by_row, by_pixel, _ = padded.stride()
    # Three neighbouring pixels of a row lie together in memory: one product for each of the window's rows. All nine
    # taps in one product would be a sum so long that it is divided among threads, in a way that depends on N.
    windows = padded.as_strided(
        (3, count, height // stride, width // stride, 3 * channels),
        (by_row, by_picture, stride * by_row, stride * by_pixel, 1),
    )
    y = bias.expand(count * (height // stride) * (width // stride), -1).contiguous()
    for window, taps in zip(windows, weight.split(3 * channels)):
        y.addmm_(window.reshape(-1, 3 * channels), taps)
    return F.leaky_relu_(y, LEAKY_SLOPE).view(count, height // stride, width // stride, -1)


def _five_factors(taps: Tensor, dim: int) -> Tensor:
    """Three taps along `dim` to the factors of x0, x1, x0 - x1, x1 - x2 and again x1."""
    w0, w1, w2 = taps.unbind(dim)
    return torch.stack([w1, w1, w2, -w0, w0 + w2], dim)


def _differences(x: Tensor, across: int, out: Tensor) -> Tensor:
    """x0 - x1 and x1 - x2 for the even and odd x of (2, ..., H/2, W/2, C), whose first dimension is their parity.

    Args:
        x: Features by phase, or one row parity of them.
        across: `ROWS` or `COLUMNS`, the direction of the parity; behind the border is 0.
        out: Where to put them, of x's shape.
    """
    even, odd = x
    first, second = out
    torch.sub(even, odd, out=first)
    last = odd.shape[across] - 1
    torch.sub(odd.narrow(across, 0, last), even.narrow(across, 1, last), out=second.narrow(across, 0, last))
    second.select(across, last).copy_(odd.select(across, last))
    return out


def _padded(rows: Tensor, least: int) -> Tensor:
    """Rows (N, ...) with rows of zeros behind them up to so many."""
    return rows if len(rows) >= least else F.pad(rows, (0, 0, 0, least - len(rows)))


def drawing(generator: Generator, dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
    """G as matrix products where those are faster, for fp32 on a CPU."""
    if dtype == torch.float32 and generator.project.weight.device.type == "cpu":
        return MatmulGenerator(generator)
    return FoldedGenerator(generator, dtype)


def judging(discriminator: Discriminator) -> Callable[[Tensor], Tensor]:
    """D as matrix products on a CPU."""
    on_cpu = discriminator.logits.weight.device.type == "cpu"
    return MatmulDiscriminator(discriminator) if on_cpu else FoldedDiscriminator(discriminator)
