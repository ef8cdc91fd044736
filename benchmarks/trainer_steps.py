"""A step of this training beside a step as mimicry's trainer takes it, on the same nets, in turns within one run.

``OMP_NUM_THREADS=1 python -m benchmarks.trainer_steps --architecture features --discriminator-width 128``. Re-stated
from torch_mimicry 0.1.16 (its trainer and its nets): D learns from a batch that G draws for it, G from another one,
which goes through all of D with the gradients of its weights as well; four numbers of each step are read back. One step
of D for one of G, fp32, contiguous, Adam without fusing. Its data loader is left out of both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
import tyro

from amgan.cli.benchmark.timing import device, time_in_turns
from amgan.cli.benchmark.training import STEPS_A_CALL, bare_steps, loop_steps
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import OBJECTIVES, Logits, discriminator_loss, dynamic_targets, generator_loss


@dataclass(frozen=True)
class Options:
    """Time the steps.

    Attributes:
        architecture: Kind of the nets.
        generator_width: Feature maps of G at its last resolution.
        discriminator_width: Feature maps of D's first layer, or of its heads.
        batch_size: Real pictures a step.
        image_size: Side of the pictures.
        seconds: Least time spent on each.
    """

    architecture: Literal["dcgan", "features"] = "dcgan"
    generator_width: int = 32
    discriminator_width: int = 32
    batch_size: int = 64
    image_size: Literal[32, 64, 128] = 32
    seconds: float = 20.0


def mimicry_steps(config: ModelConfig, batch_size: int) -> Callable[[], None]:
    """A call that does `STEPS_A_CALL` steps as mimicry does them, on one batch."""
    torch.manual_seed(0)
    place = device()
    objective = OBJECTIVES[config.objective]
    generator, discriminator = (make(config).to(place) for make in (config.nets.generator, config.nets.discriminator))
    d_optimizer = torch.optim.Adam(discriminator.learning, 2e-4, (0.0, 0.9))
    g_optimizer = torch.optim.Adam(generator.parameters(), 2e-4, (0.0, 0.9))
    images = torch.rand(batch_size, config.channels, config.image_size, config.image_size, device=place) * 2 - 1
    labels = torch.randint(config.num_classes, (batch_size,), device=place)

    def draw() -> torch.Tensor:
        return generator(torch.randn(batch_size, config.latent_dim, device=place))

    def judge(pictures: torch.Tensor) -> Logits:
        return Logits.split(discriminator(*discriminator.perceive(pictures)), objective)

    def step() -> None:
        d_optimizer.zero_grad()
        real, fake = judge(images), judge(draw().detach())
        d_loss = discriminator_loss(objective, real, labels, fake, dynamic_targets(fake))
        d_loss.backward()
        d_optimizer.step()
        g_optimizer.zero_grad()
        judged = judge(draw())
        g_loss = generator_loss(objective, judged, dynamic_targets(judged))
        g_loss.backward()
        g_optimizer.step()
        for number in (d_loss, g_loss, real.real.sigmoid().mean(), fake.real.sigmoid().mean()):
            number.item()

    def steps() -> None:
        for _ in range(STEPS_A_CALL):
            step()

    return steps


def main(options: Options) -> None:
    """Print pictures a second of each kind of step, and how many times as fast it is as mimicry's."""
    config = ModelConfig(
        class_names=tuple("abcdefghij"),
        architecture=options.architecture,
        image_size=options.image_size,
        generator_width=options.generator_width,
        discriminator_width=options.discriminator_width,
    )
    last = torch.channels_last
    with tempfile.TemporaryDirectory() as folder:
        rows: dict[str, Callable[[], object]] = {
            "mimicry's step, fp32": mimicry_steps(config, options.batch_size),
            "bare step, fp32": bare_steps(config, options.batch_size, False, last),
            "bare step, bf16": bare_steps(config, options.batch_size, True, last),
            "training loop, fp32": loop_steps(config, options.batch_size, Path(folder)),
        }
        times = time_in_turns(rows, options.seconds)
    for name, taken in times.items():
        rate, times_as_fast = STEPS_A_CALL * options.batch_size / taken, times["mimicry's step, fp32"] / taken
        print(f"{name}: {rate:.0f} pictures/s, {times_as_fast:.2f} times mimicry's")


if __name__ == "__main__":
    main(tyro.cli(Options))
