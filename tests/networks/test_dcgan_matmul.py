from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from amgan.networks.config import ModelConfig
from amgan.networks.dcgan import LEAKY_SLOPE
from amgan.networks.dcgan_matmul import MatmulDiscriminator, MatmulGenerator, Upsample, convolve
from tests.random_nets import inputs_of, random_nets

CONFIGS = [
    ModelConfig(tuple(map(str, range(classes))), image_size=size, channels=channels, labeling=labeling,
                objective=objective, latent_dim=7, generator_width=width, discriminator_width=width)
    for size, channels, labeling, classes, objective, width in [
        (32, 3, "dynamic", 3, "am-gan", 5),
        (32, 1, "predefined", 200, "ac-gan", 1),
        (64, 3, "predefined", 2, "am-gan", 4),
        (64, 1, "dynamic", 10, "gan", 2),
        (128, 3, "dynamic", 3, "am-gan", 2),
    ]
]  # fmt: skip


def by_phase(x: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) to (2, 2, N, H/2, W/2, C)."""
    return torch.stack([torch.stack([x[:, :, r::2, c::2].permute(0, 2, 3, 1) for c in (0, 1)]) for r in (0, 1)])


@given(
    st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99)
)
def test_upsample_is_the_transposed_convolution(count, inputs, outputs, height, width, seed):
    torch.manual_seed(seed)
    x = torch.randn(count, inputs, 2 * height, 2 * width, dtype=torch.float64)
    weight = torch.randn(inputs, outputs, 3, 3, dtype=torch.float64)
    bias = torch.randn(outputs, dtype=torch.float64)
    expected = F.conv_transpose2d(x, weight, bias, stride=2, padding=1, output_padding=1)
    expected = F.leaky_relu(expected, LEAKY_SLOPE)
    layer = Upsample(weight, bias)
    torch.testing.assert_close(layer(by_phase(x)), by_phase(expected))
    torch.testing.assert_close(layer(by_phase(x), by_phase=False), expected.permute(0, 2, 3, 1))


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.sampled_from([1, 2]))
def test_convolve_is_the_convolution(count, inputs, outputs, half, stride):
    x = torch.randn(count, inputs, 2 * half, 2 * half + 2, dtype=torch.float64)
    weight, bias = torch.randn(outputs, inputs, 3, 3, dtype=torch.float64), torch.randn(outputs, dtype=torch.float64)
    expected = F.leaky_relu(F.conv2d(x, weight, bias, stride, padding=1), LEAKY_SLOPE)
    y = convolve(x.permute(0, 2, 3, 1), weight.permute(2, 3, 1, 0).flatten(0, 2), bias, stride)
    torch.testing.assert_close(y, expected.permute(0, 2, 3, 1))


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("count", [1, 2, 7])
@torch.inference_mode()
def test_generator_is_the_generator(config, count):
    generator = random_nets(config)[0].eval()
    latents, classes = inputs_of(config, count)
    expected = generator(latents, classes)
    inputs = latents if classes is None else torch.cat([latents, classes], dim=1)
    torch.testing.assert_close(MatmulGenerator(generator)(inputs), expected, rtol=0, atol=2e-5)


@torch.inference_mode()
def test_generator_in_parts_is_the_generator(monkeypatch):
    config = CONFIGS[0]
    generator = random_nets(config)[0].eval()
    latents, _ = inputs_of(config, 11)
    monkeypatch.setattr("amgan.networks.dcgan_matmul.OPERAND_SIZE", 1000)
    torch.testing.assert_close(MatmulGenerator(generator)(latents), generator(latents), rtol=0, atol=2e-5)


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("count", [1, 2, 9])
@torch.inference_mode()
def test_discriminator_is_the_discriminator(config, count):
    discriminator = random_nets(config)[1].eval()
    images = torch.rand(count, config.channels, config.image_size, config.image_size) * 2 - 1
    expected = discriminator(images)
    torch.testing.assert_close(MatmulDiscriminator(discriminator)(images), expected, rtol=1e-5, atol=1e-5)
