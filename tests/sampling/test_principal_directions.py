"""The first layer's principal directions: those of algebra where the layer is linear, orthogonal everywhere."""

from __future__ import annotations

import pytest
import torch

from amgan.networks.config import ModelConfig
from amgan.sampling.principal_directions import principal_directions
from tests.models import NAMES
from tests.random_nets import random_nets


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_of_a_linear_layer_they_are_its_singular_vectors(two_heads, labeling):
    config = ModelConfig(NAMES, labeling=labeling, latent_dim=9, generator_width=2, architecture=two_heads)
    generator = random_nets(config)[0].eval()
    found = principal_directions(generator, config, 9)
    _, lengths, known = torch.linalg.svd(generator.from_input.weight.detach().double()[:, :9])
    assert (lengths[:-1] / lengths[1:]).min() > 1.01, "else there would be no one answer"
    torch.testing.assert_close((found.double() * known).sum(dim=1).abs(), torch.ones(9, dtype=torch.float64))


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_they_are_of_length_one_orthogonal_and_the_same_again(architecture, labeling):
    config = ModelConfig(NAMES, labeling=labeling, latent_dim=9, generator_width=3, architecture=architecture)
    generator = random_nets(config)[0].eval()
    before = torch.get_rng_state()
    found = principal_directions(generator, config, 4)
    assert found.shape == (4, 9)
    torch.testing.assert_close(found @ found.T, torch.eye(4), rtol=0, atol=1e-5)
    assert torch.equal(principal_directions(generator, config, 4), found)
    assert torch.equal(principal_directions(generator, config, 9)[:4], found)
    assert torch.equal(torch.get_rng_state(), before)
