"""What G is missing in variety: nothing against pictures that differ less, everything where all are one."""

from __future__ import annotations

import torch

from amgan.training.variety import lack_of_variety


def pictures(count=64, seed=0):
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_one_picture_again_and_again_lacks_all_and_as_varied_ones_nothing():
    images = pictures()
    assert lack_of_variety(images[:1].expand(8, -1, -1, -1), images) > 0.97
    assert lack_of_variety(images, images) < 1e-6
    assert lack_of_variety(images * 2, images) == 0
    torch.testing.assert_close(lack_of_variety(images / 2, images), torch.tensor(0.5), rtol=0, atol=0.01)


def test_its_gradient_parts_pictures_that_differ_too_little():
    images = pictures()
    fakes = (images * 0.1).requires_grad_()
    before = lack_of_variety(fakes, images)
    before.backward()
    assert lack_of_variety(fakes.detach() - 100 * fakes.grad, images) < before
    # All in another order is the same.
    torch.testing.assert_close(lack_of_variety(fakes.flip(0), images), before)
