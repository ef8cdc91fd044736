"""Training: the bare step of the two nets in its variants, and the same step within the training loop."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from accelerate import Accelerator
from rich.console import Console
from rich.table import Table

from amgan.cli.benchmark.timing import device, time_in_turns
from amgan.data.labelled_images import LabelledImages
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import OBJECTIVES, Logits, discriminator_loss, dynamic_targets, generator_loss
from amgan.training.checkpoint import Progress
from amgan.training.config import TrainConfig
from amgan.training.loop import Trainer
from amgan.training.progress import TrainingProgress
from amgan.training.recipe import RECIPES
from amgan.training.signals import StopRequest

STEPS_A_CALL = 5
PICTURES = 4096


def training_table(width: int, batch_size: int, channels: int, seconds: float, architecture: str = "dcgan") -> Table:
    """Images/s of each variant, all in turns, with the loop's cost over the bare step of its own kind."""
    config = ModelConfig(
        class_names=tuple(f"class {n}" for n in range(10)),
        channels=3 if channels == 3 else 1,
        generator_width=width,
        discriminator_width=width,
        architecture=architecture,
    )
    candidates: dict[str, Callable[[], object]] = {
        f"bare step, {'bf16' if bf16 else 'fp32'}, {'channels_last' if last else 'contiguous'}": bare_steps(
            config, batch_size, bf16, torch.channels_last if last else torch.contiguous_format
        )
        for bf16 in (False, True)
        for last in (False, True)
    }
    with tempfile.TemporaryDirectory() as folder:
        candidates["training loop, fp32, channels_last"] = loop_steps(config, batch_size, Path(folder))
        times = time_in_turns(candidates, seconds)
    base = times["bare step, fp32, channels_last"]
    table = Table(title=f"Training, both widths {width}, batch {batch_size}")
    for heading in ("", "images/s", "time against bare fp32 channels_last"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, taken in times.items():
        table.add_row(name, f"{STEPS_A_CALL * batch_size / taken:.0f}", f"{taken / base:.3f}")
    return table


def bare_steps(
    config: ModelConfig, batch_size: int, bf16: bool, memory_format: torch.memory_format, capturable: bool = False
) -> Callable[[], None]:
    """A call that does `STEPS_A_CALL` steps of nothing but the two nets, their losses and optimizers, on one batch.

    Args:
        config: The nets.
        batch_size: Real pictures a step.
        bf16: Whether the nets run under autocast.
        memory_format: Of weights and pictures.
        capturable: Whether the call may be captured in a CUDA graph.
    """
    torch.manual_seed(0)
    place = device()
    objective = OBJECTIVES[config.objective]
    generator = config.nets.generator(config).to(place).to(memory_format=memory_format)  # type: ignore[call-overload]
    discriminator = config.nets.discriminator(config).to(place).to(memory_format=memory_format)  # type: ignore[call-overload]
    learning = discriminator.learning, generator.parameters()
    optimizers = [
        torch.optim.Adam(parameters, 4e-4, RECIPES["dcgan"].betas, fused=True, capturable=capturable)
        for parameters in learning
    ]
    shape = (batch_size, config.channels, config.image_size, config.image_size)
    images = torch.rand(shape, device=place).mul(2).sub(1).contiguous(memory_format=memory_format)
    labels = torch.randint(config.num_classes, (batch_size,), device=place)

    def judge(*seen: torch.Tensor) -> Logits:
        with torch.autocast(place.type, torch.bfloat16, enabled=bf16):
            return Logits.split(discriminator(*seen), objective)

    def step() -> None:
        latents = torch.randn(batch_size, config.latent_dim, device=place)
        with torch.autocast(place.type, torch.bfloat16, enabled=bf16):
            fakes = generator(latents).contiguous(memory_format=memory_format)
            seen, seen_fakes = discriminator.perceive(images), discriminator.perceive(fakes)
        real, fake = judge(*seen), judge(*(part.detach() for part in seen_fakes))
        optimizers[0].zero_grad()
        discriminator_loss(objective, real, labels, fake, dynamic_targets(fake)).backward()
        optimizers[0].step()
        with discriminator.frozen():
            judged = judge(*seen_fakes)
            optimizers[1].zero_grad()
            generator_loss(objective, judged, dynamic_targets(judged)).backward()
            optimizers[1].step()

    def steps() -> None:
        for _ in range(STEPS_A_CALL):
            step()

    return steps


def loop_steps(config: ModelConfig, batch_size: int, folder: Path) -> Callable[[], Progress]:
    """A call that does `STEPS_A_CALL` steps of the training loop, as in a real run in fp32, on random pictures."""
    options = TrainConfig(
        data=("random",),
        out=folder,
        architecture=config.architecture,
        generator_width=config.generator_width,
        discriminator_width=config.discriminator_width,
        batch_size=batch_size,
        discriminator_first=0,
        precision="fp32",
        steps=10**9,
        log_every=50,
        sheet_every=10**9,
        checkpoint_every=10**9,
    )
    accelerator = Accelerator(mixed_precision="no")
    shape = (PICTURES, config.channels, config.image_size, config.image_size)
    data = LabelledImages(
        images=torch.randint(256, shape, dtype=torch.uint8),
        labels=torch.arange(PICTURES) % config.num_classes,
        class_names=config.class_names,
        source="random",
        fit="none",
        original_sizes={},
    )
    console = Console(file=io.StringIO())
    trainer = Trainer(options, data.to(accelerator.device), accelerator, console)
    progress = TrainingProgress(accelerator, console, 0, options.steps, options.log_every)
    done = Progress(0, 0.0, 1)

    def steps() -> Progress:
        nonlocal done
        trainer.loop(done, done.step + STEPS_A_CALL, progress, StopRequest())
        done = Progress(done.step + STEPS_A_CALL, 0.0, 1)
        return done

    return steps
