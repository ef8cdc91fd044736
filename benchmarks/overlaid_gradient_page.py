"""The page of the overlaid gradient, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

LOSSES = {"labelgan": "LabelGAN", "am-gan": "AM-GAN"}
IN_USE, IN_STEP = "in use", "in G's step"
FIGURE = "overlaid-gradient.png"
BATCH = 64
"""Pictures at once; in training mode they share batch norm's statistics, as a training's batch of this size does."""

TEXT = """\
# The overlaid gradient, in numbers

Minus the gradient of G's loss with respect to D's class logits says which classes a generated picture is pulled to.
LabelGAN's loss pulls it to all classes at once; AM-GAN's pulls it to its target alone and pushes it away from the
others. Here both losses are taken for the same pictures, the same D and the same targets.

![Pull on the class logits]({figure})

Model: {model}.
It was trained with its own loss; the other loss is what its D would have sent back instead. Pictures: those of seeds 0
to {last_seed:,}, whatever their class, drawn by G's averaged weights.

| D | G's loss | strongest class, mean | median | below half | 90 % or more | cosine with target, mean |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
{rows}

*Strongest class*: the part of all positive pull that falls on the class pulled most. It is 1 where one class alone
is pulled, and {least:.2f} (cosine {least_cosine:.2f}) where all are pulled alike. *Below half*, *90 % or more*: in how
many pictures it has so much. *In G's step*: D with noise, dropout and the statistics of batches of {batch}, as in
training. The figure shows D as in use.

That AM-GAN pulls one class alone follows from Eq. 14 for any model. What is measured is LabelGAN's part, which is D's
certainty of a class inside "real" (Eq. 13), and the two cosines. On average {share:.0%} of LabelGAN's pull falls on
the strongest class, and {rest:.0%} on others at the same time.

`{command}`
"""


@dataclass(frozen=True)
class Facts:
    """What was measured.

    Attributes:
        model: What model it was, in words.
        pictures: How many pictures.
        command: The command.
    """

    model: str
    pictures: int
    command: str


def gradient_page(facts: Facts, num_classes: int, numbers: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """The page.

    Args:
        facts: What was measured.
        num_classes: K.
        numbers: Values by setting of D, loss, and name.
    """
    rows = [
        f"| {setting} | {LOSSES[loss]} | {row['share_mean']:.3f} | {row['share_median']:.3f} "
        f"| {row['share_below_half']:.1%} | {row['share_at_least_nine_tenths']:.1%} | {row['cosine_mean']:.3f} |"
        for setting, losses in numbers.items()
        for loss, row in losses.items()
    ]
    share = numbers[IN_USE]["labelgan"]["share_mean"]
    return TEXT.format(
        figure=FIGURE,
        model=facts.model,
        last_seed=facts.pictures - 1,
        rows="\n".join(rows),
        least=1 / num_classes,
        least_cosine=1 / math.sqrt(num_classes),
        batch=BATCH,
        share=share,
        rest=1 - share,
        command=facts.command,
    )
