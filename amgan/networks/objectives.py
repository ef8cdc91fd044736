"""The paper's eight models as pure functions of logits (Zhou et al., ICLR 2018, arXiv:1703.02000).

D gives K class logits `l` and the logit `r` of "real". Six models have a unit of its own for r. LabelGAN and AM-GAN
have one softmax over K+1 classes instead; with the logit of "generated" fixed at 0 that softmax splits exactly
(Lemma 2) into sigmoid(s) for "real", s = logsumexp(l), and softmax(l) over the classes inside "real". So there r = s,
and every loss below is written once:

    sp = softplus, CE = cross-entropy over the K classes, x real with label y, G generated with target t
    D:  sp(-r(x)) + sp(r(G)) + a CE(l(x), y) + b CE(l(G), t) + c CE(l(G), uniform)
    G:  sp(-r(G)) + d CE(l(G), t)

A real picture without a label is any of the K classes: of its term over K+1 classes sp(-r(x)) is left (paper, appendix
C). It counts as real like every other, and the class term is over the labelled ones alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

UNLABELLED = -1
"""The label of a real picture whose class nobody has said."""


@dataclass(frozen=True)
class Objective:
    """One row of the paper's table of models.

    Attributes:
        title: Its name as the paper writes it.
        separate_real_logit: Whether D has a real/fake unit beside the K class units (else r = logsumexp(l)).
        real_class: a, weight in D's loss of the classes of real pictures.
        fake_class: b, weight in D's loss of the target classes of generated pictures.
        fake_uniform: c, weight in D's loss of the uniform distribution for generated pictures (Eq. 20).
        generator_class: d, weight in G's loss of the target class.
    """

    title: str
    separate_real_logit: bool
    real_class: float
    fake_class: float
    fake_uniform: float
    generator_class: float

    @property
    def has_classifier(self) -> bool:
        """Whether D learns the classes at all, so that its class of a picture means something."""
        return self.real_class > 0


OBJECTIVES: dict[str, Objective] = {
    # model                        title                       own r  a    b    c    d
    "gan":               Objective("GAN",                      True,  0.0, 0.0, 0.0, 0.0),
    "gan-star":          Objective("GAN*",                     True,  0.1, 0.0, 0.0, 0.0),
    "ac-gan":            Objective("AC-GAN",                   True,  1.0, 1.0, 0.0, 1.0),
    "ac-gan-star-tenth": Objective("AC-GAN*, class term 1/10", True,  1.0, 0.0, 0.0, 0.1),
    "ac-gan-star":       Objective("AC-GAN*",                  True,  1.0, 0.0, 0.0, 1.0),
    "ac-gan-star-plus":  Objective("AC-GAN*+",                 True,  1.0, 0.0, 1.0, 1.0),
    "labelgan":          Objective("LabelGAN",                 False, 1.0, 0.0, 0.0, 0.0),
    "am-gan":            Objective("AM-GAN",                   False, 1.0, 0.0, 0.0, 1.0),
}  # fmt: skip
"""The models in the order of the paper's Table 1, by the names that flags and config.json have for them."""

if TYPE_CHECKING:
    ObjectiveName = str
else:
    ObjectiveName = Literal[tuple(OBJECTIVES)]
"""One of these names, as the type of a flag."""


@dataclass(frozen=True)
class Logits:
    """D's answer for N pictures.

    Attributes:
        classes: l, shape (N, K), or (heads, N, K) of a D with several heads, or places that answer.
        real: r, shape (N,) or (heads, N); sigmoid(r) is D's probability of "real".
    """

    classes: Tensor
    real: Tensor

    @classmethod
    def split(cls, output: Tensor, objective: Objective) -> Logits:
        """Read D's raw output, (..., N, K+1) with its own real unit last or (..., N, K) without, as fp32 logits."""
        output = output.float()
        if objective.separate_real_logit:
            return cls(output[..., :-1], output[..., -1])
        return cls(output, output.logsumexp(dim=-1))


def mean_of_heads(output: Tensor) -> Tensor:
    """D's answer (N, ...) of its raw output or class logits: the mean of several heads' (heads, N, ...).

    So its class probabilities are their geometric mean, made to add up to 1, and with a real unit so is its odds of
    "real"; without one r = logsumexp(l) is of the mean logits, which is at most the mean of the heads' r.
    """
    return output if output.dim() == 2 else output.mean(dim=0)


def dynamic_targets(fake: Logits) -> Tensor:
    """Dynamic labeling (paper 5.1): the class that D finds most probable now, (N,) int64, without a gradient."""
    return mean_of_heads(fake.classes.detach()).argmax(dim=1)


def discriminator_loss(objective: Objective, real: Logits, labels: Tensor, fake: Logits, targets: Tensor) -> Tensor:
    """D's loss, a scalar: mean over the real batch plus mean over the generated batch; each of D's heads has it whole.

    Of several heads it is the mean.

    Args:
        objective: Row of the table.
        real: D's logits of real pictures.
        labels: Their classes y, (N,) int64; `UNLABELLED` for those without one.
        fake: D's logits of generated pictures, made without G's graph.
        targets: Their target classes t, (N,) int64.
    """
    loss = F.softplus(-real.real).mean() + F.softplus(fake.real).mean()
    if objective.real_class:
        loss = loss + objective.real_class * class_cross_entropy(real, labels)
    if objective.fake_class:
        loss = loss + objective.fake_class * class_cross_entropy(fake, targets)
    if objective.fake_uniform:
        loss = loss + objective.fake_uniform * uniform_cross_entropy(fake.classes)
    return loss


def generator_loss(objective: Objective, fake: Logits, targets: Tensor) -> Tensor:
    """G's loss, a scalar mean over the batch (for AM-GAN the cross-entropy to t over all K+1 logits, Eq. 14).

    Of several heads of D it is the mean of what each gives.

    Args:
        objective: Row of the table.
        fake: D's logits of generated pictures, with G's graph.
        targets: Their target classes t, (N,) int64.
    """
    loss = F.softplus(-fake.real).mean()
    if objective.generator_class:
        loss = loss + objective.generator_class * class_cross_entropy(fake, targets)
    return loss


def class_cross_entropy(logits: Logits, classes: Tensor) -> Tensor:
    """CE of the K classes against one class a picture, (N,) int64: mean over the labelled pictures and D's heads.

    It is 0 if none is labelled. Not the mean over the whole batch: the class term is an expectation over labelled
    pictures, added to that over all of being real, so that its weight is a however many are left unlabelled. Divided by
    the batch, it would be a tenth of a for a tenth of the labels.
    """
    labels = classes.expand(logits.real.shape).flatten()
    total = F.cross_entropy(logits.classes.flatten(0, -2), labels, ignore_index=UNLABELLED, reduction="sum")
    # F.cross_entropy's own mean is 0/0 where none is labelled. The count stays on the device.
    return total / (labels != UNLABELLED).sum().clamp(min=1)


def uniform_cross_entropy(class_logits: Tensor) -> Tensor:
    """CE between the uniform distribution and softmax(l), mean over the batch (Eq. 20); smallest, log K, at equal l."""
    return -torch.log_softmax(class_logits, dim=-1).mean()
