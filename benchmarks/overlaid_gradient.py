"""The overlaid gradient of a model (the paper's Fig. 1): ``python -m benchmarks.overlaid_gradient``.

How far LabelGAN's loss, against AM-GAN's, would pull D's class logits of the model's own pictures to one class.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import tyro
from rich.console import Console
from torch import Tensor

from amgan.errors import AmganError, RequestError
from amgan.metrics.overlaid_gradient import aim_of, class_pull
from amgan.model import AMGAN
from amgan.networks import Discriminator
from amgan.objectives import OBJECTIVES, Logits, dynamic_targets
from amgan.release import write_json
from benchmarks.overlaid_gradient_figure import gradient_figure

LOSSES = {"labelgan": "LabelGAN", "am-gan": "AM-GAN"}
FIGURE, NUMBERS, PAGE = "overlaid-gradient.png", "numbers.json", "README.md"
BATCH = 64
"""Pictures at once; in training mode they share batch norm's statistics, as a training's batch of this size does."""

SETTINGS = {"in use": False, "in G's step": True}
"""Whether D is in training mode, with noise, dropout and the batch's own statistics."""


@dataclass(frozen=True)
class Options:
    """Measure and draw the overlaid gradient.

    Attributes:
        model: A release folder of an am-gan or labelgan model.
        out: Folder for the figure, the numbers and the page.
        n: Pictures, those of seeds 0 to n - 1.
    """

    model: Path
    out: Path
    n: int = 2000


Numbers = dict[str, dict[str, dict[str, float]]]
"""Setting, loss, name of a number."""


def main(options: Options) -> None:
    """Measure, draw, and write the folder."""
    model = AMGAN.from_pretrained(options.model, precision="fp32")
    outputs, targets = judged(model, options.n)
    numbers = {
        setting: {loss: summary(output, targets[setting], loss) for loss in LOSSES}
        for setting, output in outputs.items()
    }
    options.out.mkdir(parents=True, exist_ok=True)
    output, target = outputs["in use"], targets["in use"]
    pulls = {name: class_pull(OBJECTIVES[loss], output, target) for loss, name in LOSSES.items()}
    (options.out / FIGURE).write_bytes(gradient_figure(model, pulls, target))
    facts = {"model": described(model), "pictures": options.n, "command": command(options.n)}
    write_json(options.out / NUMBERS, {**facts, "revision": model.revision, "numbers": numbers})
    text = page(facts["model"], options.n, numbers)
    (options.out / PAGE).write_text(text, encoding="utf-8")
    Console(width=120).print(text, markup=False, highlight=False)


@torch.no_grad()
def judged(model: AMGAN, n: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """D's raw output (n, K) and the target classes (n,), for each of the settings.

    Raises:
        RequestError: D has a real unit beside its classes, so that the two losses do not read the same logits.
    """
    config = model.config
    if OBJECTIVES[config.objective].separate_real_logit or n < 1:
        raise RequestError("the overlaid gradient takes an am-gan or labelgan model and at least one picture")
    images, given = [], model.sampler.given_classes(range(n), [None] * n)
    for seeds in batches(range(n)):
        latents = model.sampler.latents(seeds, [0] * len(seeds))
        classes = None if given is None else model.sampler.one_hot([given[seed] for seed in seeds])
        images.append(model.generator(latents, classes))
    outputs, targets = {}, {}
    for setting, training in SETTINGS.items():
        outputs[setting] = output = discriminated(model.discriminator, images, training)
        fake = Logits.split(output, OBJECTIVES[config.objective])
        targets[setting] = dynamic_targets(fake) if given is None else torch.tensor(given)
    return outputs, targets


def discriminated(discriminator: Discriminator, images: list[Tensor], training: bool) -> Tensor:
    """D's output for batches of pictures, in training mode or not; D itself stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = copy.deepcopy(discriminator).train(training)
        return torch.cat([net(batch) for batch in images])


def batches(seeds: range) -> Iterator[range]:
    """The seeds, `BATCH` at a time."""
    return (seeds[start : start + BATCH] for start in range(0, len(seeds), BATCH))


def summary(output: Tensor, targets: Tensor, loss: str) -> dict[str, float]:
    """What is said of one loss over all pictures."""
    aim = aim_of(class_pull(OBJECTIVES[loss], output, targets), targets)
    aimed = aim.share[~aim.share.isnan()]
    numbers = {
        "share_mean": aimed.mean(),
        "share_median": aimed.median(),
        "share_below_half": (aimed < 0.5).double().mean(),
        "share_at_least_nine_tenths": (aimed >= 0.9).double().mean(),
        "cosine_mean": aim.cosine.nanmean(),
        "cosine_median": aim.cosine.nanmedian(),
    }
    return {name: round(float(number), 4) for name, number in numbers.items()}


def described(model: AMGAN) -> str:
    """What model it was, from its config and what its release says of its training."""
    config, training = model.config, model.metrics.get("training", {})
    words = f"{config.objective}, {config.labeling} labeling, {config.image_size}x{config.image_size}"
    words += f", widths {config.generator_width} (G) and {config.discriminator_width} (D)"
    if {"steps", "data"} <= training.keys():
        planned = re.search(r"--steps (\d+)", str(training.get("command")))
        steps = f"{training['steps']:,}" + (f" of {int(planned[1]):,}" if planned else "")
        words += f"; {steps} steps on {training['data']}"
    return words


def command(n: int) -> str:
    """The command, with the folders by what they are."""
    return f"python -m benchmarks.overlaid_gradient --model RELEASE --n {n} --out OUT"


def page(model: str, n: int, numbers: Numbers) -> str:
    """The page, as Markdown."""
    rows = [
        f"| {setting} | {LOSSES[loss]} | {row['share_mean']:.3f} | {row['share_median']:.3f} "
        f"| {row['share_below_half']:.1%} | {row['share_at_least_nine_tenths']:.1%} | {row['cosine_mean']:.3f} |"
        for setting, losses in numbers.items()
        for loss, row in losses.items()
    ]
    label, am = numbers["in use"]["labelgan"], numbers["in use"]["am-gan"]
    return "\n".join(
        [
            "# The overlaid gradient, in numbers",
            "",
            "Minus the gradient of G's loss with respect to D's class logits says which classes a generated picture is",
            "pulled to. LabelGAN's loss pulls it to all of them at once; AM-GAN's pulls it to its target alone and pushes",
            "it away from the others. Both losses were taken for the same pictures, the same D and the same targets.",
            "",
            f"![Pull on the class logits]({FIGURE})",
            "",
            f"Model: {model}. Pictures: those of seeds 0 to {n - 1:,}. The model was trained with its own loss; the other",
            "one is what its D would have sent back instead.",
            "",
            "| D | G's loss | strongest class, mean | median | below half | 90 % or more | cosine with target, mean |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
            *rows,
            "",
            "*Strongest class*: the part of all positive pull that falls on the class pulled most, 1 where a single class",
            "is pulled. *Below half*, *90 % or more*: pictures whose strongest class has so much of it. *In G's step*: D",
            f"with noise, dropout and the statistics of batches of {BATCH}, as in training; the figure shows D as in use.",
            "",
            f"On average {label['share_mean']:.0%} of LabelGAN's pull falls on one class and the rest on the others, where",
            f"AM-GAN's falls on one class by {am['share_mean']:.0%}. By Eq. 14 AM-GAN's share is 1 for any model, so what is",
            "measured is LabelGAN's share, which is D's certainty inside \"real\", and the two cosines.",
            "",
            f"`{command(n)}`; all numbers are in `{NUMBERS}`.",
            "",
        ]
    )  # fmt: skip


if __name__ == "__main__":
    try:
        main(tyro.cli(Options))
    except AmganError as error:
        raise SystemExit(str(error)) from error
