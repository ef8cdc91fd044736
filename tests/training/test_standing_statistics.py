"""Standing statistics are the plain mean over batches that only they draw."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from amgan.networks import features
from amgan.networks.dcgan import Discriminator, Generator
from amgan.training.standing_statistics import BATCH_SIZE, measure_standing_statistics
from tests.models import tiny_config


@pytest.fixture(params=["dynamic", "predefined"])
def config(request):
    return tiny_config(labeling=request.param)


@pytest.fixture
def generator(config):
    torch.manual_seed(4)
    generator = Generator(config)
    for norm in norms(generator):
        torch.nn.init.normal_(norm.running_mean)
        norm.num_batches_tracked += 1000
    return generator


@pytest.fixture
def discriminator(config):
    torch.manual_seed(5)
    return Discriminator(config)


def norms(generator):
    return [module for module in generator.modules() if isinstance(module, torch.nn.BatchNorm2d)]


def test_the_first_layer_in_closed_form(generator, discriminator, config):
    measure_standing_statistics(generator, discriminator, config, batches=3)
    random = torch.Generator().manual_seed(0)
    means, variances = [], []
    for _ in range(3):
        inputs = torch.randn(BATCH_SIZE, config.latent_dim, generator=random)
        if config.is_predefined:
            classes = torch.randint(config.num_classes, (BATCH_SIZE,), generator=random)
            inputs = torch.cat([inputs, F.one_hot(classes, config.num_classes)], dim=1)
        features = generator.project(inputs).unflatten(1, (-1, 16))
        means.append(features.mean(dim=(0, 2)))
        variances.append(features.var(dim=(0, 2)))
    norm = generator.project_norm
    assert torch.allclose(norm.running_mean, torch.stack(means).mean(dim=0), atol=1e-6)
    assert torch.allclose(norm.running_var, torch.stack(variances).mean(dim=0), rtol=1e-4)


@pytest.mark.parametrize("which", ["generator", "discriminator"])
def test_only_the_statistics_change(which, generator, discriminator, config):
    net = {"generator": generator, "discriminator": discriminator}[which]
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    measure_standing_statistics(generator, discriminator, config, batches=2)
    changed = {name for name, tensor in net.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {name for name in before if "running" in name or "num_batches" in name}
    assert not any(module.training for module in net.modules())
    assert {norm.momentum for norm in norms(net)} == {0.1}


def test_the_discriminator_is_measured_on_the_generators_pictures_without_noise(generator, discriminator, config):
    measure_standing_statistics(generator, discriminator, config, batches=1)
    random = torch.Generator().manual_seed(0)
    latents = torch.randn(BATCH_SIZE, config.latent_dim, generator=random)
    classes = None
    if config.is_predefined:
        classes = F.one_hot(torch.randint(config.num_classes, (BATCH_SIZE,), generator=random), config.num_classes)
    with torch.no_grad():
        pictures = generator(latents, classes)
        first, activation, _, second = discriminator.features[:4]
        features = second(activation(first(pictures)))
    norm = next(module for module in discriminator.features if isinstance(module, torch.nn.BatchNorm2d))
    assert torch.allclose(norm.running_mean, features.mean(dim=(0, 2, 3)), atol=1e-6)
    assert torch.allclose(norm.running_var, features.var(dim=(0, 2, 3)), rtol=1e-4)


def test_twice_gives_the_same_and_no_random_number_of_others_is_used(generator, discriminator, config):
    before = torch.get_rng_state()
    measure_standing_statistics(generator, discriminator, config, batches=2)
    once = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    measure_standing_statistics(generator, discriminator, config, batches=2)
    assert all(torch.equal(tensor, once[name]) for name, tensor in generator.state_dict().items())
    assert torch.equal(torch.get_rng_state(), before)


def test_a_discriminator_without_batch_norm_is_not_asked_for_what_it_would_not_keep(generator, config, monkeypatch):
    net = features.Discriminator(tiny_config(architecture="features", channels=config.channels))
    monkeypatch.setattr(net, "perceive", lambda images: pytest.fail("the frozen net takes most of a release's time"))
    measure_standing_statistics(generator, net, config, batches=2)
    assert not any(module.training for module in net.modules())
