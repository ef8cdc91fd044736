"""Pictures as a judge meets them in training: mirrored and shifted, and how bright and varied their channels are."""

from __future__ import annotations

import torch
from torch import Tensor


def augment(images: Tensor, mirrored: float, shift: int) -> Tensor:
    """Mirror some pictures and shift each one, with the border's own pixels where nothing is left.

    Args:
        images: (N, C, size, size), any type.
        mirrored: Share that is mirrored.
        shift: Most pixels to shift by, each way.

    Returns:
        The same shape and type.
    """
    n, _, side, _ = images.shape
    device = images.device
    places = torch.arange(side, device=device)
    across = torch.randint(-shift, shift + 1, (n, 1), device=device) + places
    down = torch.randint(-shift, shift + 1, (n, 1), device=device) + places
    flip = torch.rand(n, 1, device=device) < mirrored
    across = torch.where(flip, side - 1 - across, across).clamp(0, side - 1)
    return images[
        torch.arange(n, device=device)[:, None, None, None],
        torch.arange(images.shape[1], device=device)[None, :, None, None],
        down.clamp(0, side - 1)[:, None, :, None],
        across[:, None, None, :],
    ]


def channel_mean(images: Tensor) -> Tensor:
    """Mean of each channel of uint8 pictures (N, C, H, W) in units of 255, fp32 (C,)."""
    return _moment(images, 1).float()


def channel_std(images: Tensor) -> Tensor:
    """Standard deviation of each channel of uint8 pictures (N, C, H, W) in units of 255, at least 0.01, fp32 (C,)."""
    variance = _moment(images, 2) - _moment(images, 1) ** 2
    return variance.clamp(min=1e-4).sqrt().float()


def _moment(images: Tensor, power: int) -> Tensor:
    # Counted by level, so that a data set never stands in memory as floats.
    levels = torch.linspace(0, 1, 256, dtype=torch.float64) ** power
    counts = torch.stack([torch.bincount(channel.flatten(), minlength=256) for channel in images.unbind(1)])
    counts = counts.cpu()  # MPS has no double
    return (counts.double() @ levels) / counts.sum(dim=1)
