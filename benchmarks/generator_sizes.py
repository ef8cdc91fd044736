"""What larger pictures cost against their share of the arithmetic: ``python -m benchmarks.generator_sizes``.

Generators of one architecture and width draw in turns, in the arithmetic that `auto` takes, on one thread.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch
import tyro
from rich.console import Console
from rich.table import Table
from torch.utils.flop_counter import FlopCounterMode

from amgan import AMGAN
from amgan.networks.config import ModelConfig

SIZES = (32, 64, 128)
AT_ONCE = 16


@dataclass(frozen=True)
class Options:
    """Measure the generators of each size.

    Attributes:
        architecture: dcgan or features.
        widths: Of G.
        rounds: The sizes take turns so often; the best of each counts.
    """

    architecture: str = "dcgan"
    widths: tuple[int, ...] = (32, 96)
    rounds: int = 12


def main(options: Options) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    table = Table(title=f"One picture of {AT_ONCE} at once, {options.architecture}")
    for column in ("width", "pixels", "arithmetic", "MFLOP", "ms", "GFLOP/s", "of its share"):
        table.add_column(column, justify="right")
    for width in options.widths:
        for row in rows(options, width):
            table.add_row(*row)
    Console(width=100).print(table)


def rows(options: Options, width: int) -> list[tuple[str, ...]]:
    """A row a size; its share is what its arithmetic would take at the speed of 32 pixels."""
    models = {size: _model(options.architecture, width, size) for size in SIZES}
    latents = torch.randn(AT_ONCE, models[SIZES[0]].config.latent_dim, generator=torch.Generator().manual_seed(0))
    for model in models.values():
        model.sampler.renderer.render(latents)  # prepares it
    seconds = dict.fromkeys(SIZES, float("inf"))
    for _ in range(options.rounds):
        for size, model in models.items():
            started = time.perf_counter()
            model.sampler.renderer.render(latents)
            seconds[size] = min(seconds[size], (time.perf_counter() - started) / AT_ONCE)
    flops = {size: _flops(model) for size, model in models.items()}
    base = seconds[SIZES[0]] / flops[SIZES[0]]
    return [
        (
            str(width), str(size), models[size].sampler.renderer.precision, f"{flops[size] / 1e6:.0f}",
            f"{1e3 * seconds[size]:.2f}", f"{flops[size] / seconds[size] / 1e9:.0f}",
            f"{seconds[size] / (flops[size] * base):.2f}",
        )
        for size in SIZES
    ]  # fmt: skip


def _model(architecture: str, width: int, size: int) -> AMGAN:
    torch.manual_seed(0)
    config = ModelConfig(
        class_names=tuple(f"class {number}" for number in range(10)),
        channels=3,
        image_size=size,
        architecture=architecture,  # type: ignore[arg-type]
        generator_width=width,
        discriminator_width=32,
    )
    return AMGAN(config)


def _flops(model: AMGAN) -> int:
    with FlopCounterMode(display=False) as counted, torch.no_grad():
        model.generator(torch.randn(1, model.config.latent_dim))
    return counted.get_total_flops()


if __name__ == "__main__":
    main(tyro.cli(Options))
