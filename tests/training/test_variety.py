"""What G is missing in variety: nothing against pictures that differ less, everything where a class is one picture."""

from __future__ import annotations

import pytest
import torch

from amgan.networks.objectives import UNLABELLED
from amgan.training.variety import lack_of_variety

KINDS = 3
LABELS = torch.arange(60) % KINDS


def seen(seed=0):
    """What D sees of pictures: two scales, the mean of a class at its number."""
    draw = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randn(len(LABELS), 5, side, side, generator=draw) + LABELS[:, None, None, None] for side in (8, 2)
    )


def lack(fakes, real, targets=LABELS, labels=LABELS):
    return lack_of_variety(fakes, targets, real, labels, KINDS)


def test_one_picture_a_class_lacks_all_and_as_varied_ones_nothing():
    real = seen()
    alike = tuple(maps[:KINDS].repeat(20, 1, 1, 1) for maps in real)
    assert lack(alike, real) > 0.98
    assert lack(real, real) < 1e-6
    assert lack(tuple(maps * 2 for maps in real), real) == 0
    torch.testing.assert_close(lack(tuple(maps / 2 for maps in real), real), torch.tensor(0.5), rtol=0, atol=0.01)


def test_what_differs_between_classes_is_no_variety():
    real = seen()
    further = tuple(maps + 100 * LABELS[:, None, None, None] for maps in real)
    torch.testing.assert_close(lack(further, real), lack(real, real), rtol=0, atol=1e-4)
    assert lack(tuple(maps / 2 for maps in further), real) > 0.49


def test_pictures_without_a_class_are_left_out():
    real = seen()
    labels = torch.where(torch.arange(60) < 30, LABELS, UNLABELLED)
    shown = tuple(torch.cat([maps[:30], maps[30:] * 9]) for maps in real)
    expected = lack(seen(1), tuple(maps[:30] for maps in real), labels=LABELS[:30])
    torch.testing.assert_close(lack(seen(1), shown, labels=labels), expected)
    assert lack(real, real, labels=torch.full_like(LABELS, UNLABELLED)) == 0


@pytest.mark.parametrize("flipped", [False, True])
def test_its_gradient_parts_pictures_that_differ_too_little(flipped):
    real = seen()
    fakes = tuple((maps * 0.1).requires_grad_() for maps in real)
    before = lack(fakes, real)
    before.backward()
    after = tuple(maps.detach() - 100 * maps.grad for maps in fakes)
    targets = LABELS
    if flipped:
        after, targets = tuple(maps.flip(0) for maps in after), targets.flip(0)
    assert lack(after, real, targets) < before
