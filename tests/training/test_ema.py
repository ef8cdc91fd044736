"""The moving average: its closed form, buffers, and that it keeps following through a reload."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from amgan.training.ema import ExponentialMovingAverage


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x):
        return self.norm(self.linear(x))


@pytest.mark.parametrize("decay", [0.0, 0.15, 0.5, 0.999])
def test_closed_form_with_ramp_up(decay):
    net = Net()
    average = ExponentialMovingAverage(net, decay)
    expected = {name: t.double() for name, t in net.state_dict().items()}
    for step in range(30):
        with torch.no_grad():
            net.linear.weight.add_(torch.randn_like(net.linear.weight))
            net.norm.running_mean.add_(1.5)
            net.norm.num_batches_tracked.add_(1)
        average.update(step)
        d = min(decay, (1 + step) / (10 + step))
        for name, value in net.state_dict().items():
            expected[name] = d * expected[name] + (1 - d) * value.double()
    for name, value in average.module.state_dict().items():
        if name == "norm.num_batches_tracked":
            assert value == 30  # a counter is followed, not averaged
        else:
            torch.testing.assert_close(value.double(), expected[name], rtol=1e-5, atol=1e-5)


def test_first_update_keeps_a_tenth_of_the_start():
    net = Net()
    with torch.no_grad():
        net.linear.bias.fill_(10.0)
    average = ExponentialMovingAverage(net, 0.999)
    with torch.no_grad():
        net.linear.bias.fill_(20.0)
    average.update(0)
    torch.testing.assert_close(average.module.linear.bias, torch.full((2,), 19.0))


def test_a_weight_that_stands_still_is_reached_and_stays():
    net = Net()
    average = ExponentialMovingAverage(net, 0.9)
    for step in range(20):
        average.update(step)
    for one, other in zip(average.module.parameters(), net.parameters()):
        assert torch.equal(one, other)


def test_the_average_is_a_frozen_copy_in_eval_mode():
    net = Net()
    average = ExponentialMovingAverage(net, 0.9)
    net(torch.randn(4, 3)).sum().backward()
    assert not average.module.training
    assert net.training
    assert all(not p.requires_grad and p.grad is None for p in average.module.parameters())
    assert all(p.requires_grad for p in net.parameters())


def test_it_still_averages_after_states_were_loaded_into_both():
    net = Net()
    average = ExponentialMovingAverage(net, 0.5)
    other = Net()
    other_average = copy.deepcopy(other.state_dict())
    net.load_state_dict(other.state_dict())
    average.module.load_state_dict(other_average)
    with torch.no_grad():
        net.linear.weight.add_(1.0)
    average.update(1000)
    torch.testing.assert_close(average.module.linear.weight, other.linear.weight + 0.5)
