"""MS-SSIM for small pictures, by the authors' procedure: how alike two pictures are, 1 if equal.

Five scales without resizing, a window that shrinks with the picture, and the absolute covariance (paper, section on
MS-SSIM, and the authors' code). High means between pictures of one class betray a generator that collapsed there.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW = 11
WINDOW_STD = 1.5
LUMINANCE = (0.01 * 255) ** 2
CONTRAST = (0.03 * 255) ** 2
CHUNK = 256


def ms_ssim(first: Tensor, second: Tensor) -> Tensor:
    """MS-SSIM of pairs of pictures.

    Args:
        first: uint8 (N, C, size, size), size at least 16.
        second: Of the same shape.

    Returns:
        float64 (N,), each above 0 and at most 1.
    """
    if first.shape != second.shape or first.dim() != 4 or min(first.shape[2:]) < 2 ** (len(WEIGHTS) - 1):
        raise ValueError(f"pairs must be (N, C, size, size) of one shape, not {first.shape} and {second.shape}")
    parts = [_ms_ssim(a.double(), b.double()) for a, b in zip(first.split(CHUNK), second.split(CHUNK))]
    return torch.cat(parts) if parts else torch.empty(0, dtype=torch.float64)


def random_pairs(pictures: int, pairs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Different pairs of different pictures, drawn at random.

    Args:
        pictures: How many pictures there are.
        pairs: How many pairs to draw; all there are, if that is fewer.
        generator: The source of randomness.

    Returns:
        Two index tensors, int64 (P,).
    """
    first, second = torch.triu_indices(pictures, pictures, offset=1)
    chosen = torch.randperm(len(first), generator=generator)[:pairs]
    return first[chosen], second[chosen]


def _ms_ssim(first: Tensor, second: Tensor) -> Tensor:
    product = torch.ones(len(first), dtype=torch.float64, device=first.device)
    for scale, weight in enumerate(WEIGHTS):
        luminance, contrast = _ssim_terms(first, second)
        last = scale == len(WEIGHTS) - 1
        product = product * (luminance * contrast if last else contrast).mean(dim=(1, 2, 3)) ** weight
        if not last:
            first, second = F.avg_pool2d(first, 2), F.avg_pool2d(second, 2)
    return product


def _ssim_terms(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    n, channels, height, width = first.shape
    # All five maps in one convolution, every channel apart.
    maps = torch.cat([first, second, first * first, second * second, first * second]).flatten(0, 1)[:, None]
    for side, dim in ((height, 2), (width, 3)):
        window = _window(min(WINDOW, side)).to(maps)
        maps = F.conv2d(maps, window.view(1, 1, *((-1, 1) if dim == 2 else (1, -1))))
    mean1, mean2, square1, square2, product = maps.unflatten(0, (5, n, channels)).squeeze(3)
    luminance = (2 * mean1 * mean2 + LUMINANCE) / (mean1**2 + mean2**2 + LUMINANCE)
    covariance = (product - mean1 * mean2).abs()
    variances = (square1 - mean1**2) + (square2 - mean2**2)
    return luminance, (2 * covariance + CONTRAST) / (variances + CONTRAST)


def _window(size: int) -> Tensor:
    places = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    weights = torch.exp(-(places**2) / (2 * (size * WINDOW_STD / WINDOW) ** 2))
    return weights / weights.sum()
