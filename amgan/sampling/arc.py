"""Ways from one latent to another: the straight line, and the arc on which latents lie."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def lerp(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """Straight line from `start` (D,) at t = 0 to `end` (D,) at t = 1, for t (T,): (T, D)."""
    t = t[:, None].to(start.dtype)
    return (1 - t) * start + t * end


def as_far(latent: Tensor, direction: Tensor) -> Tensor:
    """The point along `direction` (D,), of length 1, that is as far from the middle as `latent` (D,): fp32 (D,).

    Between the two, `slerp` keeps that distance, and with it what the truncation of the latent is.
    """
    length = np.sqrt(np.square(latent.double().numpy()).sum())
    return torch.from_numpy(direction.double().numpy() * length).float()


def slerp(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """Arc from `start` (D,) at t = 0 to `end` (D,) at t = 1, for t (T,): (T, D).

    Normal latents of a high dimension all have about the same length; an arc keeps to it where a line cuts through the
    middle (White 2016, arXiv:1609.04468). Computed in double; (anti)parallel vectors have no one arc and get the line.
    """
    # NumPy needs a tenth of torch's time for so few numbers, and a variation may be many arcs from its seed.
    a, b, time = (tensor.double().numpy() for tensor in (start, end, t))
    with np.errstate(all="ignore"):
        cosine = (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())
        omega = np.arccos(np.clip(cosine, -1, 1))
        sine = np.sin(omega)
    if not np.isfinite(omega) or sine < 1e-6:
        return lerp(start.double(), end.double(), t.double()).to(start.dtype)
    weights = np.stack([np.sin((1 - time) * omega), np.sin(time * omega)]) / sine
    # Exact at the ends, where sin(omega) / sin(omega) may round.
    weights[:, time == 0] = [[1.0], [0.0]]
    weights[:, time == 1] = [[0.0], [1.0]]
    points = weights[0][:, None] * a + weights[1][:, None] * b
    return torch.from_numpy(points).to(start.dtype)
