from __future__ import annotations

import pytest
import torch
from torch import nn

from amgan.networks.config import ModelConfig
from amgan.networks.dcgan_folded import (
    FoldedDiscriminator,
    FoldedGenerator,
    discriminator_layers,
    generator_layers,
    scale_and_shift,
)
from tests.random_nets import inputs_of, random_nets

CONFIGS = [
    ModelConfig(("a", "b", "c"), image_size=size, channels=channels, labeling=labeling, latent_dim=7,
                generator_width=5, discriminator_width=3)
    for size, channels, labeling in [(32, 3, "dynamic"), (32, 1, "predefined"), (64, 3, "predefined"),
                                     (128, 3, "dynamic")]
]  # fmt: skip


def test_scale_and_shift_are_batch_norm_in_eval_mode():
    norm = nn.BatchNorm2d(4).double().eval()
    for tensor in (norm.running_mean, norm.weight, norm.bias):
        nn.init.normal_(tensor)
    nn.init.uniform_(norm.running_var, 0.1, 3)
    x = torch.randn(2, 4, 3, 3, dtype=torch.float64)
    scale, shift = scale_and_shift(norm)
    torch.testing.assert_close(x * scale[:, None, None] + shift[:, None, None], norm(x))


@pytest.mark.parametrize("config", CONFIGS)
@torch.no_grad()
def test_folded_generator_is_the_generator(config):
    generator = random_nets(config)[0].eval()
    latents, classes = inputs_of(config, 6)
    expected = generator(latents, classes)
    inputs = latents if classes is None else torch.cat([latents, classes], dim=1)
    assert expected.std() > 0.1  # neither all grey nor all saturated, so the comparison says something
    assert (expected.abs() < 0.99).float().mean() > 0.3
    torch.testing.assert_close(FoldedGenerator(generator, torch.float32)(inputs), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("config", CONFIGS)
@torch.no_grad()
def test_folded_discriminator_is_the_discriminator(config):
    discriminator = random_nets(config)[1].eval()
    images = torch.rand(6, config.channels, config.image_size, config.image_size) * 2 - 1
    expected = discriminator(images)
    assert expected.std(dim=0).min() > 1e-3
    torch.testing.assert_close(FoldedDiscriminator(discriminator)(images), expected, rtol=1e-5, atol=1e-5)


def test_a_half_precision_generator_draws_in_single_precision_output():
    config = CONFIGS[0]
    images = FoldedGenerator(random_nets(config)[0], torch.bfloat16)(inputs_of(config, 2)[0])
    assert images.dtype == torch.float32


def test_layers_share_no_memory_with_the_nets():
    generator, discriminator = random_nets(CONFIGS[0])
    project, upsample, last = generator_layers(generator)
    convolutions, logits = discriminator_layers(discriminator)
    folded = [*project, *last, *logits, *(t for layer in upsample for t in layer)]
    folded += [tensor for weight, bias, _ in convolutions for tensor in (weight, bias)]
    own = {tensor.data_ptr() for net in (generator, discriminator) for tensor in net.state_dict().values()}
    assert own.isdisjoint(tensor.data_ptr() for tensor in folded)
    assert not any(tensor.requires_grad for tensor in folded)
