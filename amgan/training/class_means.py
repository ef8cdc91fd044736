"""The mean of each class of what is known of pictures, without a wait for the device."""

from __future__ import annotations

import torch
from torch import Tensor


def class_means(numbers: Tensor, classes: Tensor, kinds: int) -> tuple[Tensor, Tensor]:
    """The means of all classes and how many pictures each has.

    Args:
        numbers: fp32 (N, D), a row a picture.
        classes: int64 (N,); those below 0 are left out.
        kinds: K, the number of classes.

    Returns:
        fp32 (K, D), 0 for a class without pictures, and fp32 (K,).
    """
    # Not F.one_hot: it reads its input's smallest and largest value, which on some devices is a sync.
    members = torch.zeros(len(classes), kinds, device=numbers.device)
    members.scatter_(1, classes.clamp(min=0).unsqueeze(1), (classes >= 0).float().unsqueeze(1))
    counts = members.sum(dim=0)
    return members.T @ numbers / counts.clamp(min=1).unsqueeze(1), counts
