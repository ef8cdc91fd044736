"""The overlaid gradient of a model (the paper's Fig. 1): ``python -m benchmarks.overlaid_gradient``.

How far LabelGAN's loss, against AM-GAN's, would pull D's class logits of the model's own pictures to one class.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import tyro
from rich.console import Console
from torch import Tensor

from amgan.errors import AmganError, RequestError
from amgan.metrics.overlaid_gradient import aim_of, class_pull
from amgan.model import AMGAN
from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.objectives import OBJECTIVES, Logits, dynamic_targets
from amgan.release.checked_files import write_json
from amgan.training.start_point import public_place
from benchmarks.overlaid_gradient_figure import gradient_figure
from benchmarks.overlaid_gradient_page import BATCH, FIGURE, IN_STEP, IN_USE, LOSSES, Facts, gradient_page

NUMBERS, PAGE = "numbers.json", "README.md"
SETTINGS = {IN_USE: False, IN_STEP: True}
"""Whether D is in training mode, with noise, dropout and the batch's own statistics."""


@dataclass(frozen=True)
class Options:
    """Measure and draw the overlaid gradient.

    Attributes:
        model: A release folder of an am-gan or labelgan model.
        out: Folder for the figure, the numbers and the page.
        n: Pictures, those of seeds 0 to n - 1; best a multiple of 64, so that in training mode no batch is a small one.
    """

    model: Path
    out: Path = Path("results/overlaid-gradient")
    n: int = 2048


def main(options: Options) -> None:
    """Measure, draw, and write the folder."""
    model = AMGAN.from_pretrained(options.model, precision="fp32")
    outputs, targets = judged(model, options.n)
    numbers = {
        setting: {loss: summary(output, targets[setting], loss) for loss in LOSSES}
        for setting, output in outputs.items()
    }
    facts = Facts(described(model), options.n, command(options))
    pulls = {name: class_pull(OBJECTIVES[loss], outputs[IN_USE], targets[IN_USE]) for loss, name in LOSSES.items()}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / FIGURE).write_bytes(gradient_figure(model, pulls, targets[IN_USE]))
    write_json(options.out / NUMBERS, {**asdict(facts), "revision": model.revision, "numbers": numbers})
    page = gradient_page(facts, model.config.num_classes, numbers)
    (options.out / PAGE).write_text(page, encoding="utf-8")
    Console(soft_wrap=True).print(page, markup=False, highlight=False)


@torch.no_grad()
def judged(model: AMGAN, n: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """D's raw output (n, K) and the target classes (n,), for each of the settings.

    Raises:
        RequestError: D has a real unit beside its classes, so that the two losses do not read the same logits; or n
            is no number of pictures.
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


def discriminated(discriminator: DiscriminatorNet, images: list[Tensor], training: bool) -> Tensor:
    """D's output for batches of pictures, in training mode or not; D itself stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = copy.deepcopy(discriminator).train(training)
        return torch.cat([net.answer(batch) for batch in images])


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
        before = (training.get("started_from") or {}).get("steps")
        words += f"; {steps} steps on {training['data']}" + (f", after {before:,} before" if before else "")
    return words


def command(options: Options) -> str:
    """The command, without this machine's folders."""
    return f"python -m benchmarks.overlaid_gradient --model {public_place(str(options.model))} --n {options.n}"


if __name__ == "__main__":
    try:
        main(tyro.cli(Options))
    except AmganError as error:
        raise SystemExit(str(error)) from error
