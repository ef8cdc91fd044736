"""Shapes, sizes and gradients of the two nets, and the faster dropout."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from amgan.networks.config import ModelConfig
from amgan.networks.dcgan import DROPOUT, LEAKY_SLOPE, Discriminator, Dropout, Generator, feature_widths
from amgan.networks.objectives import OBJECTIVES


def small(**changes: object) -> ModelConfig:
    settings = {"latent_dim": 5, "generator_width": 4, "discriminator_width": 4, **changes}
    return ModelConfig(("a", "b", "c"), **settings)


def size_of(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


def inputs_of(config: ModelConfig, count: int = 6) -> tuple[torch.Tensor, ...]:
    latents = torch.randn(count, config.latent_dim)
    if not config.is_predefined:
        return (latents,)
    return latents, nn.functional.one_hot(torch.arange(count) % config.num_classes, config.num_classes)


def test_sizes_at_the_widths_of_the_paper():
    """About 4.7 M in G and 1.6 M in D (issue and paper.md 5); counted here layer by layer."""
    config = ModelConfig(tuple("abcdefghij"), generator_width=96, discriminator_width=64, latent_dim=100)
    generator = (
        100 * 768 * 16 + 2 * 768  # linear, batch norm
        + 9 * (768 * 384 + 384 * 192 + 192 * 96) + 2 * (384 + 192 + 96)
        + 9 * 96 * 3 + 3
    )  # fmt: skip
    discriminator = 9 * 3 * 64 + 64 + 9 * (64 * 128 + 128 * 256 + 256 * 512) + 2 * (128 + 256 + 512) + 512 * 10 + 10
    assert size_of(Generator(config)) == generator == pytest.approx(4.7e6, rel=0.05)
    assert size_of(Discriminator(config)) == discriminator == pytest.approx(1.6e6, rel=0.05)


def test_predefined_labeling_adds_a_class_input_and_one_layer():
    classes = tuple("abcdefghij")
    dynamic, predefined = ModelConfig(classes), ModelConfig(classes, labeling="predefined")
    assert size_of(Generator(predefined)) - size_of(Generator(dynamic)) == 10 * 768 * 16
    assert size_of(Discriminator(predefined)) - size_of(Discriminator(dynamic)) == 9 * 512 * 512 + 2 * 512


def test_feature_widths():
    assert feature_widths(96, 32) == [96, 192, 384, 768]
    assert feature_widths(64, 64) == [64, 128, 256, 512, 512]
    assert feature_widths(2, 128) == [2, 4, 8, 16, 16, 16]


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [32, 64, 128])
@pytest.mark.parametrize("objective", ["am-gan", "ac-gan-star"])
def test_shapes_and_range(size, channels, labeling, objective):
    config = small(image_size=size, channels=channels, labeling=labeling, objective=objective)
    pictures = Generator(config)(*inputs_of(config))
    assert pictures.shape == (6, channels, size, size)
    assert pictures.abs().max() <= 1
    logits = Discriminator(config)(pictures)
    assert logits.shape == (6, 3 + OBJECTIVES[objective].separate_real_logit)


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("size", [32, 64, 128])
def test_gradients_reach_every_parameter(size, labeling):
    torch.manual_seed(0)
    config = small(image_size=size, labeling=labeling)
    generator, discriminator = Generator(config), Discriminator(config)
    discriminator(generator(*inputs_of(config))).square().sum().backward()
    for net in (generator, discriminator):
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.abs().sum() > 0, name


def test_the_class_given_changes_the_picture():
    config = small(labeling="predefined")
    generator = Generator(config).eval()
    latents = torch.randn(1, config.latent_dim).expand(3, -1)
    pictures = generator(latents, torch.eye(3))
    assert not torch.equal(pictures[0], pictures[1])
    mixture = generator(latents[:1], torch.tensor([[0.5, 0.5, 0.0]]))
    assert mixture.shape == pictures[:1].shape


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_eval_mode_draws_nothing(labeling):
    config = small(labeling=labeling)
    generator, discriminator = Generator(config).eval(), Discriminator(config).eval()
    inputs = inputs_of(config)
    before = torch.get_rng_state()
    pictures = generator(*inputs)
    logits = discriminator(pictures)
    assert torch.equal(generator(*inputs), pictures)
    assert torch.equal(discriminator(pictures), logits)
    assert torch.equal(torch.get_rng_state(), before)


def test_training_mode_of_the_discriminator_is_noisy_but_repeatable():
    config = small()
    discriminator = Discriminator(config)
    pictures = torch.zeros(4, 3, 32, 32)
    torch.manual_seed(1)
    first, second = discriminator(pictures), discriminator(pictures)
    torch.manual_seed(1)
    assert not torch.equal(first, second)
    assert torch.equal(discriminator(pictures), first)


@pytest.mark.parametrize("size", [32, 64, 128])
def test_channels_last_gives_the_same_pictures_and_logits(size):
    config = small(image_size=size)
    generator, discriminator = Generator(config).eval(), Discriminator(config).eval()
    inputs = inputs_of(config)
    pictures = generator(*inputs)
    logits = discriminator(pictures)
    generator.to(memory_format=torch.channels_last)
    discriminator.to(memory_format=torch.channels_last)
    torch.testing.assert_close(generator(*inputs), pictures, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        discriminator(pictures.to(memory_format=torch.channels_last)), logits, rtol=1e-4, atol=1e-5
    )
    discriminator.train()
    assert discriminator(pictures.to(memory_format=torch.channels_last)).isfinite().all()


def test_start():
    torch.manual_seed(0)
    config = ModelConfig(("a", "b"), generator_width=16, discriminator_width=16)
    for net in (Generator(config), Discriminator(config)):
        for layer in net.modules():
            if isinstance(layer, nn.BatchNorm2d):
                assert (layer.weight == 1).all()
                assert (layer.bias == 0).all()
            elif isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)) and layer.weight.numel() > 1000:
                assert layer.weight.std().item() == pytest.approx(0.02, rel=0.1)
                assert layer.bias is None or (layer.bias == 0).all()
    slopes = {layer.negative_slope for layer in Discriminator(config).modules() if isinstance(layer, nn.LeakyReLU)}
    assert slopes == {LEAKY_SLOPE}


LAYOUTS = {
    "contiguous": lambda x: x,
    "channels_last": lambda x: x.contiguous(memory_format=torch.channels_last),
    "neither": lambda x: x.transpose(1, 2),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_dropout_keeps_its_rate_and_the_mean(layout, dtype):
    """Over n = 2**20 features; the bounds are five standard errors of a binomial, and the rounding of p and bf16."""
    torch.manual_seed(0)
    x = LAYOUTS[layout](torch.ones(64, 16, 32, 32, dtype=dtype))
    y = Dropout(DROPOUT)(x)
    assert y.shape == x.shape
    assert y.dtype == dtype
    assert y.stride() == x.stride()
    error = 5 * (0.3 * 0.7 / 2**20) ** 0.5
    assert (y == 0).double().mean().item() == pytest.approx(DROPOUT, abs=error + 1 / 512)
    assert y.double().mean().item() == pytest.approx(1, abs=error / 0.7 + (2**-8 if dtype == torch.bfloat16 else 0))
    assert len(y.unique()) == 2


def test_dropout_treats_every_place_alike():
    torch.manual_seed(0)
    drops = torch.stack([Dropout(DROPOUT)(torch.ones(3, 5, 7, 2)) == 0 for _ in range(2000)]).double()
    # Five standard errors, for each of the 210 places and, against correlation, for pairs of neighbours.
    assert (drops.mean(0) - 77 / 256).abs().max() < 5 * (0.3 * 0.7 / 2000) ** 0.5
    flat = drops.flatten(1)
    both = (flat[:, 1:] * flat[:, :-1]).mean().item()
    assert both == pytest.approx((77 / 256) ** 2, abs=5 * (0.09 * 0.91 / flat[:, 1:].numel()) ** 0.5)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_dropout_repeats_after_the_random_state_is_restored(shape, seed):
    x = torch.ones(shape, requires_grad=True)
    torch.manual_seed(seed)
    state = torch.get_rng_state()
    dropout = Dropout(DROPOUT)
    first, second = dropout(x), dropout(x)
    torch.set_rng_state(state)
    assert torch.equal(dropout(x), first)
    assert torch.equal(dropout(x), second)
    first.sum().backward()
    assert torch.equal(x.grad, first.detach())  # of ones: the gradient is the mask, scaled


def test_dropout_of_nothing_and_in_eval_mode():
    assert Dropout(DROPOUT)(torch.empty(0, 3)).shape == (0, 3)
    x = torch.randn(4, 4)
    assert torch.equal(Dropout(DROPOUT).eval()(x), x)
