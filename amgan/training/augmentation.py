"""Augmentation that G cannot learn: real and generated pictures alike are changed at random before D sees them.

DiffAugment (Zhao et al., NeurIPS 2020, arXiv:2006.10738): every change lets a gradient through.
"""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

Augmentation = Literal["none", "shift", "all", "adaptive"]

REACH = 8
"""A picture is shifted by at most one part in so many of its side."""


def augmented(images: Tensor, augmentation: Augmentation, strength: Tensor | None = None) -> Tensor:
    """Pictures (N, C, size, size) in [-1, 1], each changed by numbers of its own.

    Args:
        images: The pictures; they are not changed.
        augmentation: "none", "shift" (by up to an eighth of the side), or "all": colours of about half of them, shift,
            and a square of half the side left grey; "adaptive" makes each of these changes to a part of the pictures.
        strength: That part for "adaptive", a scalar from 0 to 1 on the pictures' device.
    """
    if augmentation == "none":
        return images
    if augmentation == "shift":
        return shifted(images)
    if strength is None:
        return cut_out(shifted(recoloured(images)))
    for change in (recoloured, shifted, cut_out):
        images = torch.where(_uniform(images, 1)[0] < strength, change(images), images)
    return images


def recoloured(images: Tensor) -> Tensor:
    """Half of them: brightness moved by up to a quarter of the range, saturation times 0 to 2, contrast 0.5 to 1.5.

    The others keep their colours: where all are changed, G has no reason to draw colours that are not too strong.
    """
    brightness, saturation, contrast, coin = _uniform(images, 4).unbind(dim=0)
    before = images
    images = images + (brightness - 0.5)
    if images.shape[1] > 1:
        grey = images.mean(dim=1, keepdim=True)
        images = (images - grey) * (saturation * 2) + grey
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return torch.where(coin < 0.5, (images - mean) * (contrast + 0.5) + mean, before)


def shifted(images: Tensor) -> Tensor:
    """Moved by whole pixels, up to an eighth of the side each way; what comes in is 0, grey."""
    count, channels, size, _ = images.shape
    reach = size // REACH
    places = torch.arange(size, device=images.device) + torch.randint(
        2 * reach + 1, (2, count, 1), device=images.device
    )
    rows = places[0][:, None, :, None].expand(-1, channels, -1, size + 2 * reach)
    columns = places[1][:, None, None, :].expand(-1, channels, size, -1)
    return F.pad(images, (reach,) * 4).gather(2, rows).gather(3, columns)


def cut_out(images: Tensor) -> Tensor:
    """With a square of half the side, whose middle lies anywhere in the picture, at 0."""
    count, _, size, _ = images.shape
    middles = torch.randint(size + 1, (2, count, 1), device=images.device)
    inside = (torch.arange(size, device=images.device) - middles + size // 4).div(size // 2, rounding_mode="floor") == 0
    return images * ~(inside[0][:, None, :, None] & inside[1][:, None, None, :])


def _uniform(images: Tensor, numbers: int) -> Tensor:
    return torch.rand(numbers, len(images), 1, 1, 1, device=images.device, dtype=images.dtype)
