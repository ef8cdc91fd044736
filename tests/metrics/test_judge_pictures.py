"""Pictures are moved whole, and the statistics of their channels are those of all pixels."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.metrics.judge_pictures import augment, channel_mean, channel_std
from tests.metrics.devices import NoDoubleOnTheDevice
from tests.metrics.judges import noise


def test_mirrored_only():
    images = noise(6, 3)
    assert torch.equal(augment(images, 1.0, 0), images.flip(3))
    assert torch.equal(augment(images, 0.0, 0), images)


@given(st.integers(0, 8), st.integers(0, 2**31))
def test_shifts_move_whole_pictures(shift, seed):
    torch.manual_seed(seed)
    # The level tells the place, so a shift is one number down and one across.
    image = (torch.arange(16)[:, None] * 16 + torch.arange(16)).to(torch.uint8).expand(5, 2, 16, 16)
    for moved in augment(image, 0.5, shift):
        assert torch.equal(moved[0], moved[1])
        rows, columns = moved[0] // 16, moved[0] % 16
        assert (rows == rows[:, :1]).all()
        assert (columns == columns[:1]).all()
        steps = columns[0].int().diff()
        assert set(steps.tolist()) <= {0, 1} or set(steps.tolist()) <= {0, -1}
        assert (rows[:, 0].int() - torch.arange(16)).abs().max() <= shift


def test_channel_statistics():
    images = noise(20, 3)
    torch.testing.assert_close(channel_mean(images), (images.float() / 255).mean(dim=(0, 2, 3)))
    torch.testing.assert_close(channel_std(images), (images.float() / 255).std(dim=(0, 2, 3), correction=0))
    assert channel_std(torch.zeros(2, 1, 32, 32, dtype=torch.uint8)).tolist() == pytest.approx([0.01])


def test_channel_statistics_need_no_float64_of_the_device():
    images = noise(4, 3)
    with NoDoubleOnTheDevice():
        mean, std = channel_mean(images), channel_std(images)
    assert torch.equal(mean, channel_mean(images))
    assert torch.equal(std, channel_std(images))
