"""Batches from a data set that lies on the device: the order is a pure function of (seed, epoch), so it resumes."""

from __future__ import annotations

import torch
from torch import Tensor

from amgan.data.labelled_images import LabelledImages


class Batches:
    """Endless shuffled batches; several processes take disjoint parts of every epoch's order.

    Nothing here is state to be saved: the batch of a step follows from the step's number.
    """

    def __init__(self, data: LabelledImages, batch_size: int, seed: int, rank: int = 0, world_size: int = 1) -> None:
        """Take `batch_size` pictures a step for this process, `batch_size * world_size` over all.

        Args:
            data: The set, already on the training device.
            batch_size: Pictures a step and process; the caller has made sure that the set holds enough.
            seed: Start of the shuffling.
            rank: Number of this process.
            world_size: Number of processes.
        """
        self._data = data
        self._batch_size = batch_size
        self._seed = seed
        self._rank = rank
        self._world_size = world_size
        self.batches_per_epoch = sum(data.draws) // (batch_size * world_size)
        self._epoch = -1
        self._order = torch.empty(0, dtype=torch.int64)

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """The batch of step 0, 1, ...: uint8 pictures (B, C, size, size) and int64 labels (B,), on the device."""
        epoch, position = divmod(step, self.batches_per_epoch)
        if epoch != self._epoch:
            generator = torch.Generator().manual_seed((self._seed * 1_000_003 + epoch) % 2**32)
            self._order = one_epoch(self._data, generator).to(self._data.images.device, non_blocking=True)
            self._epoch = epoch
        start = (position * self._world_size + self._rank) * self._batch_size
        chosen = self._order[start : start + self._batch_size]
        return self._data.images[chosen], self._data.labels[chosen]


def one_epoch(data: LabelledImages, generator: torch.Generator | None = None) -> Tensor:
    """The numbers of the pictures of an epoch in a new order, int64, on the CPU: each as often as its source's weight.

    Of a weight that is no whole number the rest is drawn anew, from all pictures of the source.

    Args:
        data: The set.
        generator: Draws the order; None for the global random numbers.
    """
    rows = []
    for own, count in zip(data.rows_by_source, data.draws):
        rest = count % max(1, len(own))
        rows += [own] * (count // max(1, len(own)))
        if rest:
            rows.append(own[torch.randperm(len(own), generator=generator)[:rest]])
    together = torch.cat(rows)
    return together[torch.randperm(len(together), generator=generator)]


def to_unit_range(images: Tensor) -> Tensor:
    """uint8 pictures as fp32 in [-1, 1], the range of G's tanh."""
    return images.float().div_(127.5).sub_(1)
