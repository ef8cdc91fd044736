"""What is done to pictures before D sees them: its bounds, that every picture has its own, and the gradient."""

from __future__ import annotations

import pytest
import torch

from amgan.training.augmentation import augmented, cut_out, recoloured, shifted


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def test_none_gives_the_pictures_themselves():
    images = torch.rand(3, 1, 32, 32)
    assert augmented(images, "none") is images


@pytest.mark.parametrize("size", [32, 64])
def test_a_shift_is_of_whole_pixels_up_to_an_eighth_and_each_picture_has_its_own(size):
    reach, count = size // 8, 600
    images = torch.zeros(count, 1, size, size)
    images[:, :, size // 2, size // 2] = 1
    moved = shifted(images)
    assert torch.equal(moved.flatten(1).sum(1), torch.ones(count))
    places = moved.flatten(1).argmax(1)
    for offset in (places // size - size // 2, places % size - size // 2):
        assert set(offset.tolist()) == set(range(-reach, reach + 1))
    edge = shifted(torch.ones(count, 1, size, size))
    assert edge.flatten(1).sum(1).min() == (size - reach) ** 2
    assert set(edge.unique().tolist()) == {0, 1}


def test_colours_of_half_the_pictures_change_as_the_paper_says():
    every = torch.rand(400, 3, 8, 8) * 2 - 1
    changed = recoloured(every)
    kept = (changed == every).flatten(1).all(1)
    assert 0.4 < kept.float().mean() < 0.6
    images, changed = every[~kept], changed[~kept]
    contrast = changed.mean(1).flatten(1).std(1) / images.mean(1).flatten(1).std(1)
    assert 0.5 <= contrast.min() < 0.6
    assert 1.4 < contrast.max() <= 1.5
    brightness = (changed.flatten(1).mean(1) - images.flatten(1).mean(1)).abs()
    assert 0.4 < brightness.max() <= 0.5
    assert recoloured(every[:, :1]).shape == (400, 1, 8, 8)


def test_what_is_cut_out_is_a_square_of_half_the_side_or_the_part_of_it_inside():
    cut = cut_out(torch.ones(500, 2, 32, 32))
    holes = 1 - cut
    assert torch.equal(holes[:, 0], holes[:, 1])
    areas = holes[:, 0].flatten(1).sum(1)
    assert areas.max() == 16 * 16
    assert areas.min() >= 8 * 8
    rows, columns = holes[:, 0].amax(2).sum(1), holes[:, 0].amax(1).sum(1)
    assert torch.equal(rows * columns, areas)
    assert len(set(areas.tolist())) > 10


@pytest.mark.parametrize("augmentation", ["shift", "all"])
def test_a_gradient_goes_through_and_no_picture_shows_in_another(augmentation):
    images = torch.rand(4, 3, 32, 32, requires_grad=True)
    augmented(images, augmentation)[2].sum().backward()
    assert images.grad[2].abs().sum() > 0
    assert images.grad[[0, 1, 3]].abs().sum() == 0
