"""The seed index of a dynamic model: which draw of a seed's stream is its picture of a class, without a search."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from amgan.errors import ReleaseError

NOT_FOUND = -1
MAX_INDEX_SEEDS = 1_000_000
MAX_INDEX_BYTES = 90_000_000
"""Of its file: room for 2048 seeds, which a training covers by default, of as many classes as a model may have."""
MAX_DRAW = 10_000
"""A stream is walked latent by latent, so the draws of an index, which may be a stranger's, are bounded."""
TENSOR_NAME = "draws"


@dataclass(frozen=True)
class SeedIndex:
    """For seeds 0..N-1 and each class the number of the draw, at truncation 1 and the model's default confidence.

    Attributes:
        draws: int32 (N, K); `NOT_FOUND` where the search was given up.
    """

    draws: Tensor

    def __len__(self) -> int:
        """N, how many seeds are covered."""
        return len(self.draws)

    def lookup(self, seed: int, label: int) -> int:
        """The draw of a covered seed (below `len(self)`) for a class, or `NOT_FOUND`."""
        return int(self.draws[seed, label])

    def to_tensors(self) -> dict[str, Tensor]:
        """What seeds.safetensors holds."""
        return {TENSOR_NAME: self.draws}

    @classmethod
    def from_tensors(cls, tensors: dict[str, Tensor], num_classes: int) -> SeedIndex:
        """Check and wrap the content of a seeds.safetensors.

        Raises:
            ReleaseError: another tensor, type or shape than an index of `num_classes` classes has, or a negative draw.
        """
        draws = tensors.get(TENSOR_NAME)
        if draws is None or set(tensors) != {TENSOR_NAME}:
            raise ReleaseError(
                f"seeds.safetensors must hold the one tensor {TENSOR_NAME!r}, not {sorted(tensors)!r:.80}"
            )
        if draws.dtype != torch.int32 or draws.dim() != 2 or draws.shape[1] != num_classes:
            raise ReleaseError(
                f"seeds.safetensors: {TENSOR_NAME!r} must be int32 (N, {num_classes}), "
                f"not {str(draws.dtype).removeprefix('torch.')} {tuple(draws.shape)!r:.80}"
            )
        if len(draws) > MAX_INDEX_SEEDS:
            raise ReleaseError(f"seeds.safetensors: more than {MAX_INDEX_SEEDS} seeds")
        if draws.numel() and not NOT_FOUND <= int(draws.min()) <= int(draws.max()) <= MAX_DRAW:
            raise ReleaseError(f"seeds.safetensors: a draw is not from {NOT_FOUND} to {MAX_DRAW}")
        return cls(draws)
