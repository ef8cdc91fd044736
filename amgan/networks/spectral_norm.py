"""Spectral norm as torch's `nn.utils.parametrizations.spectral_norm` has it, to the last bit and by the same names.

That one makes its first estimate on the meta device as well, for which torch imports its compiler: longer than all else
of opening a model takes.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization

FIRST_STEPS = 15
"""Of the power method, from random vectors."""


class SpectralNorm(nn.Module):
    """Divides a weight by its largest singular value, which one step of the power method a call follows in training."""

    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor) -> None:
        """For a weight; on the meta device its vectors are left to be filled."""
        super().__init__()
        matrix = weight.flatten(1)
        for name, size in zip(("_u", "_v"), matrix.shape):
            vector = matrix.new_empty(size)
            self.register_buffer(name, vector if weight.is_meta else F.normalize(vector.normal_(), dim=0))
        if not weight.is_meta:
            self._follow(matrix, FIRST_STEPS)

    @torch.no_grad()
    def _follow(self, matrix: Tensor, steps: int = 1) -> None:
        for _ in range(steps):
            F.normalize(torch.mv(matrix, self._v), dim=0, out=self._u)
            F.normalize(torch.mv(matrix.H, self._u), dim=0, out=self._v)

    def forward(self, weight: Tensor) -> Tensor:
        """The weight as it is used."""
        matrix = weight.flatten(1)
        if self.training:
            self._follow(matrix)
        # Copies: the next call changes the vectors, and the gradient through this one still needs them.
        u, v = self._u.clone(), self._v.clone()
        return weight / torch.vdot(u, torch.mv(matrix, v))

    def right_inverse(self, weight: Tensor) -> Tensor:
        """See `register_parametrization`: what is set is what is divided."""
        return weight


def spectral_norm(convolution: nn.Conv2d) -> nn.Conv2d:
    """The same layer with its weight divided so at every use."""
    weight = convolution.weight
    register_parametrization(convolution, "weight", SpectralNorm(weight), unsafe=weight.is_meta)
    return convolution
