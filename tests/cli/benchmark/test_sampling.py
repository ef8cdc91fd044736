from __future__ import annotations

import torch

from amgan.cli.benchmark.sampling import BATCH_SIZES, eager, sampling_table, settle
from amgan.networks.config import ModelConfig
from amgan.networks.dcgan import Discriminator, Generator
from amgan.sampling.rendering import Renderer


def test_both_ways_draw_the_same_pictures_within_a_grey_level():
    config = ModelConfig(class_names=("a", "b"), channels=1, generator_width=3)
    torch.manual_seed(0)
    generator = settle(Generator(config), config)
    latents = torch.randn(5, config.latent_dim)
    ours = Renderer(generator, Discriminator(config), config, "fp32").render(latents)
    theirs = eager(generator, latents)
    assert ours.shape == theirs.shape
    assert (ours.int() - theirs.int()).abs().max() <= 1
    assert theirs.float().std() > 10  # not one grey all over


def test_the_table_has_a_row_for_each_batch_size_and_says_how_far_bf16_is_off():
    table = sampling_table(width=2, channels=1, seconds=0.0)
    assert list(table.columns[0].cells) == [str(size) for size in BATCH_SIZES]
    assert "ours bf16: mean difference" in str(table.caption)
