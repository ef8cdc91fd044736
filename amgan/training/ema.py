"""Exponential moving average of G's weights: what is released."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

Module = TypeVar("Module", bound=nn.Module)


class ExponentialMovingAverage(Generic[Module]):
    """A copy of a module that follows its weights slowly.

    The decay ramps up from 0.1 as (1 + t) / (10 + t), so that the first steps' noise is soon forgotten. Batch norm's
    running statistics are averaged too, which keeps them fitting to the averaged weights.
    """

    def __init__(self, module: Module, decay: float) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self._decay = decay
        self._targets, self._counters = _floats_and_counters(self.module)
        self._sources, self._source_counters = _floats_and_counters(module)

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move towards the followed module, after its step number `step` (from 0)."""
        decay = min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._targets, self._sources, 1 - decay)
        for target, source in zip(self._counters, self._source_counters):
            target.copy_(source)


def _floats_and_counters(module: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    tensors = [tensor.detach() for tensor in (*module.parameters(), *module.buffers())]
    return [t for t in tensors if t.is_floating_point()], [t for t in tensors if not t.is_floating_point()]
