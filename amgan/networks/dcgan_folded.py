"""Inference copies of the nets with batch norm folded into the weights: one convolution and one bias a layer.

In eval mode batch norm is y = x * scale + shift with constants per channel, so scale goes into the weights before it
and shift becomes the bias. The algebra is done in fp64 and rounded once.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from amgan.networks.dcgan import BASE_SIZE, LEAKY_SLOPE, Discriminator, Generator

Layer = tuple[Tensor, Tensor]
"""Weight and bias, fp32 on the net's own device."""

Convolution = tuple[Tensor, Tensor, int]
"""Weight (out, in, kernel, kernel), bias and stride."""


def scale_and_shift(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Batch norm in eval mode as (scale, shift) per channel, fp64."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    mean, variance = norm.running_mean.double(), norm.running_var.double()
    scale = norm.weight.detach().double() / (variance + norm.eps).sqrt()
    return scale, norm.bias.detach().double() - mean * scale


def generator_layers(generator: Generator) -> tuple[Layer, list[Layer], Layer]:
    """G's folded weights: to 4x4, the doublings, to the picture.

    Returns:
        (4, 4, width, inputs) with bias (width,); for each doubling (in, out, kernel, kernel) with bias (out,), as for
        `conv_transpose2d`; (C, in, 3, 3) with bias (C,).
    """
    scale, shift = scale_and_shift(generator.project_norm)
    weight = generator.project.weight.detach().double().unflatten(0, (-1, BASE_SIZE, BASE_SIZE))
    project = (weight.permute(1, 2, 0, 3) * scale[:, None]).float(), shift.float()
    upsample = []
    for layer, norm in zip(generator.upsample, generator.upsample_norms):
        assert isinstance(layer, nn.ConvTranspose2d)
        assert isinstance(norm, nn.BatchNorm2d)
        scale, shift = scale_and_shift(norm)
        upsample.append(((layer.weight.detach().double() * scale[:, None, None]).float(), shift.float()))
    return project, upsample, _layer(generator.to_image)


def discriminator_layers(discriminator: Discriminator) -> tuple[list[Convolution], Layer]:
    """D's folded convolutions, and the layer to logits."""
    convolutions: list[Convolution] = []
    modules = list(discriminator.features)
    for module, following in zip(modules, modules[1:]):
        if isinstance(module, nn.Conv2d):
            weight, bias = _layer(module)
            if isinstance(following, nn.BatchNorm2d):
                scale, shift = scale_and_shift(following)
                weight = (weight.double() * scale[:, None, None, None]).float()
                bias = (bias.double() * scale + shift).float()
            convolutions.append((weight, bias, module.stride[0]))
    return convolutions, _layer(discriminator.logits)


class FoldedGenerator:
    """G by the framework's own convolutions, channels last; the pictures come out in fp32."""

    def __init__(self, generator: Generator, dtype: torch.dtype) -> None:
        (weight, bias), upsample, (last, last_bias) = generator_layers(generator)
        self.dtype = dtype
        self.project = weight.flatten(0, 2).to(dtype)
        self.project_bias = bias.repeat(BASE_SIZE**2).to(dtype)
        self.upsample = [(_channels_last(weight, dtype), bias.to(dtype)) for weight, bias in upsample]
        self.last, self.last_bias = _channels_last(last, dtype), last_bias.to(dtype)

    def __call__(self, inputs: Tensor) -> Tensor:
        """Pictures (N, C, size, size) in [-1, 1] of inputs (N, latent_dim [+ K])."""
        x = F.linear(inputs.to(self.dtype), self.project, self.project_bias)
        # The rows of the weight are ordered (4, 4, width), so this is channels last without a copy.
        x = F.leaky_relu_(x, LEAKY_SLOPE).unflatten(1, (BASE_SIZE, BASE_SIZE, -1)).permute(0, 3, 1, 2)
        for weight, bias in self.upsample:
            x = F.conv_transpose2d(x, weight, bias, stride=2, padding=1, output_padding=weight.shape[2] % 2)
            x = F.leaky_relu_(x, LEAKY_SLOPE)
        return torch.tanh(F.conv2d(x, self.last, self.last_bias, padding=1).float())


class FoldedDiscriminator:
    """D in eval mode (no noise, no dropout) by the framework's own convolutions, fp32, channels last."""

    def __init__(self, discriminator: Discriminator) -> None:
        convolutions, (self.weight, self.bias) = discriminator_layers(discriminator)
        self.convolutions = [(_channels_last(w, torch.float32), bias, stride) for w, bias, stride in convolutions]

    def __call__(self, images: Tensor) -> Tensor:
        """Raw logits (N, K) or (N, K+1) of pictures (N, C, size, size) in [-1, 1]."""
        x = images.contiguous(memory_format=torch.channels_last)
        for weight, bias, stride in self.convolutions:
            x = F.leaky_relu_(F.conv2d(x, weight, bias, stride, padding=1), LEAKY_SLOPE)
        return F.linear(x.mean(dim=(2, 3)), self.weight, self.bias)


def _layer(layer: nn.Conv2d | nn.Linear) -> Layer:
    weight = layer.weight.detach().clone()
    return weight, layer.bias.detach().clone() if layer.bias is not None else weight.new_zeros(len(weight))


def _channels_last(weight: Tensor, dtype: torch.dtype) -> Tensor:
    return weight.to(dtype).contiguous(memory_format=torch.channels_last)
