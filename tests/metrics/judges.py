"""Tiny judges and what they might say, for tests."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from amgan.data.labelled_images import LabelledImages
from amgan.metrics.judge import Judge, JudgeConfig
from tests.models import NAMES


def tiny_judge(name: str = "tiny", **changes: Any) -> Judge:
    """An untrained judge of two feature maps whose opinions differ from picture to picture."""
    settings: dict[str, Any] = {
        "class_names": NAMES, "image_size": 32, "channels": 1, "width": 2, "resize": "none", "accuracy": 0.5,
        "test_pictures": 4, "training": "none",
    }  # fmt: skip
    config = JudgeConfig(**(settings | changes))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(3)
        net = config.new_net()
        net.mean.fill_(0.5)
        net.std.fill_(0.3)
        # Stretched, so that the judge is of different opinions of different noise.
        net.eval()
        probe = noise(64, config.channels, config.image_size)
        deviation, mean = torch.std_mean(net(probe), dim=0)
        scale = 2 / deviation.clamp_min(1e-6)
        net.logits.bias.sub_(mean).mul_(scale)
        net.logits.weight.mul_(scale[:, None])
    return Judge(config, net, name)


def pretrained_judge(name: str = "few") -> Judge:
    """An unfitted judge on pretrained features, with the same random classifier at each call."""
    config = JudgeConfig(NAMES, 32, 1, 0, "none", 0.5, 100, "none", "EfficientNet-Lite1", 5)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        return Judge(config, config.new_net(), name)


def noise(count: int, channels: int = 1, size: int = 32, seed: int = 0) -> Tensor:
    """Pictures of noise, each around a level of its own, uint8 (N, C, size, size)."""
    draw = torch.Generator().manual_seed(seed)
    levels = torch.randint(0, 200, (count, channels, 1, 1), generator=draw)
    return (levels + torch.randint(0, 56, (count, channels, size, size), generator=draw)).to(torch.uint8)


def noisy_data(count: int, names: tuple[str, ...] = NAMES, seed: int = 0, **shape: int) -> LabelledImages:
    """A data set of such noise."""
    labels = torch.arange(count) % len(names)
    return LabelledImages(noise(count, seed=seed, **shape), labels, names, "noise", "none", {(32, 32): count})


def predictions(count: int, classes: int, seed: int = 0, sharpness: float = 3.0) -> Tensor:
    """Log-probabilities of a judge that is more or less sure, float64 (N, K)."""
    draw = torch.Generator().manual_seed(seed)
    return (sharpness * torch.randn(count, classes, dtype=torch.float64, generator=draw)).log_softmax(dim=1)
