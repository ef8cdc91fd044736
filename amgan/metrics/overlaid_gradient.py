"""The overlaid gradient (paper, section 1, Fig. 1): where G's loss pulls D's class logits, and to how many classes.

LabelGAN pulls every class k at once, with (1 - D_r) D_k / D_r (Eq. 11-13); AM-GAN pulls the target class with 1 - D_t
and pushes every other one away with D_k (Eq. 14).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from amgan.networks.objectives import Logits, Objective, generator_loss


@dataclass(frozen=True)
class Aim:
    """How far the pull on each of N pictures points to one class.

    Attributes:
        share: The part of all positive pull that falls on the class pulled most, (N,), above 0 to 1; NaN where no class
            is pulled.
        cosine: Cosine between the pull and the direction of the target class, (N,), -1 to 1; NaN without any pull.
    """

    share: Tensor
    cosine: Tensor


def class_pull(objective: Objective, output: Tensor, targets: Tensor) -> Tensor:
    """Minus the gradient of each picture's loss of G with respect to D's class logits, fp32 (N, K).

    Args:
        objective: Row of the table of models, whose loss of G is taken.
        output: D's raw output for N generated pictures: (N, K+1) where the objective has a real unit, else (N, K).
        targets: The pictures' target classes t, (N,) int64.
    """
    with torch.enable_grad():
        output = output.detach().float().requires_grad_()
        fake = Logits.split(output, objective)
        # The loss is a mean over the batch; a picture's pull must not depend on how many others there are.
        loss = generator_loss(objective, fake, targets) * len(output)
        (gradient,) = torch.autograd.grad(loss, output)
    return -gradient[:, : fake.classes.shape[1]]


def aim_of(pull: Tensor, targets: Tensor) -> Aim:
    """How far each row of a pull (N, K), as `class_pull` gives it, points to one class, in double.

    Args:
        pull: The pull.
        targets: The target classes t, (N,) int64.
    """
    pull = pull.double()
    upwards = pull.clamp_min(0)
    share = upwards.amax(dim=1) / upwards.sum(dim=1)
    cosine = pull.gather(1, targets[:, None])[:, 0] / pull.norm(dim=1)
    return Aim(share, cosine)
