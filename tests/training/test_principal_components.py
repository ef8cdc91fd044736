"""What G draws at first: a Gaussian with the mean and the covariance of the pictures, and with all its latents."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import one_hot

from amgan.data.labelled_images import UNLABELLED, LabelledImages
from amgan.training.batches import to_unit_range
from amgan.training.principal_components import PrincipalComponents, draw_principal_components
from tests.models import tiny_config

RANK = 3


def pictures(count=200, size=32, seed=0):
    """Pictures of one colour each that vary in three independent ways around the mean of their class."""
    draw = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 2
    ways = torch.randint(-30, 31, (count, RANK, 1, 1), generator=draw)
    images = (ways + torch.where(labels == 1, 60, -60)[:, None, None, None] + 128).expand(-1, -1, size, size)
    return LabelledImages(images.to(torch.uint8), labels, ("a", "b"), "photos", "none", {(size, size): count})


@pytest.mark.parametrize("by_class", [False, True])
def test_it_has_the_mean_and_the_covariance_of_the_pictures(by_class):
    data = pictures()
    found = PrincipalComponents(data, 8, by_class)
    flat = to_unit_range(data.images).flatten(1).double()
    means = torch.stack([flat[data.labels == kind].mean(0) for kind in (0, 1)]) if by_class else flat.mean(0)[None]
    torch.testing.assert_close(found.means.double(), means, rtol=0, atol=1e-5)
    around = flat - (means[data.labels] if by_class else means)
    own = found.components.double()
    torch.testing.assert_close(own.T @ own, around.T @ around / len(flat), rtol=0, atol=1e-4)


def test_what_a_set_has_no_more_of_is_zero():
    found = PrincipalComponents(pictures(count=5), 100, by_class=False)
    assert found.components.shape == (100, 3 * 32 * 32)
    assert found.components[5:].abs().max() == 0
    assert torch.isfinite(found.components).all()


def test_pictures_without_a_class_vary_around_the_mean_of_all():
    data = pictures()
    labels = data.labels.clone()
    labels[20:] = UNLABELLED
    found = PrincipalComponents(LabelledImages(data.images, labels, *list(vars(data).values())[2:]), 8, by_class=True)
    own = PrincipalComponents(data.only(torch.arange(20)), 8, by_class=True)
    torch.testing.assert_close(found.means, own.means)
    assert found.components.norm() > own.components.norm()


def test_pictures_of_any_size_are_drawn_in_range():
    found = PrincipalComponents(pictures(size=64), 8, by_class=True)
    drawn = found.draw(5 * torch.randn(16, 8), one_hot(torch.arange(16) % 2).float())
    assert drawn.shape == (16, 3, 64, 64)
    assert drawn.abs().max() <= 1
    plain = found.draw(torch.zeros(2, 8), torch.eye(2))
    assert plain[0].mean() < -0.4 < 0.4 < plain[1].mean()


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("architecture", ["dcgan", "features"])
def test_g_learns_to_draw_it(labeling, architecture, accelerator_factory):
    torch.manual_seed(0)
    config = tiny_config(class_names=("a", "b"), channels=3, latent_dim=8, labeling=labeling, architecture=architecture)
    generator = config.nets.generator(config)
    accelerator = accelerator_factory(cpu=True)
    lost = draw_principal_components(generator, pictures(), 8, config.is_predefined, 120, accelerator)
    assert lost < 0.3
    classes = one_hot(torch.arange(64) % 2).float() if config.is_predefined else None
    drawn = generator(torch.randn(64, 8), classes).mean(dim=(2, 3))
    spread = to_unit_range(pictures().images).mean(dim=(2, 3)).std(dim=0)
    assert (drawn.std(dim=0) > 0.7 * spread).all()
