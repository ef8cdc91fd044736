"""How strongly pictures are augmented, led by whether D knows the training pictures by heart.

Adaptive discriminator augmentation (Karras et al., NeurIPS 2020, arXiv:2006.06676), by its measure r_v: how far D's
answers on real pictures that it never learns from have gone from those on training pictures towards those on generated
ones. 0 where D knows nothing by heart, 1 where other real pictures look to it as generated ones do.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

EVERY = 4
"""Steps between two looks at the pictures that are kept out."""

AIM = 0.5
"""The strength grows where r_v is above it, else falls."""

STRIDE = 0.01
"""Change of the strength at each look: from one end to the other in 400 steps. That of Karras et al. takes 500,000
pictures, more than a run of an hour sees on a CPU."""


class AdaptiveStrength(nn.Module):
    """A number from 0 (pictures as they are) to 1 (all of "all"), where it starts; a buffer, for checkpoints."""

    value: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("value", torch.ones(()))

    @torch.no_grad()
    def follow(self, answers: Tensor) -> None:
        """Grow or fall by one stride, without a host sync.

        Args:
            answers: D's mean real/fake logit on training pictures, on those kept out, and on generated ones, fp32 (3,),
                the same in every process.
        """
        known, unknown, generated = answers
        # Not their quotient: where D tells nothing apart yet, it has no sign to go by.
        by_heart = known - unknown > AIM * (known - generated).clamp(min=0)
        self.value.add_(torch.where(by_heart, STRIDE, -STRIDE)).clamp_(0, 1)
