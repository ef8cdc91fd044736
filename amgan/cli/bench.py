"""``bench``: what this machine does with the nets, every row beside its baseline in one run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from rich.console import Console
from rich.table import Table

from amgan.cli.benchmark.sampling import sampling_table
from amgan.cli.benchmark.timing import device, time_in_turns
from amgan.cli.benchmark.training import training_table
from amgan.networks.architectures import ArchitectureName

GEMM_SIDE = 2048
GEMM_SECONDS = 2.0


@dataclass(frozen=True)
class BenchCommand:
    """Measure images/s of training and of sampling, with untrained nets, on this machine.

    Attributes:
        architecture: Kind of the nets: dcgan, the paper's.
        sampling_width: Feature maps of G at its last resolution, when sampling.
        training_width: The same in training, and of D's first layer.
        batch_size: Pictures a training step.
        channels: 1 for grey, 3 for RGB.
        seconds: Least time spent on each row of a table; the median of alternating rounds counts.
    """

    architecture: ArchitectureName = "dcgan"
    sampling_width: int = 96
    training_width: int = 32
    batch_size: int = 64
    channels: int = 3
    seconds: float = 10.0


def run_bench(command: BenchCommand, console: Console) -> None:
    """Print the tables."""
    console.print(gemm_table())
    channels, seconds, kind = command.channels, command.seconds, command.architecture
    console.print(training_table(command.training_width, command.batch_size, channels, seconds, kind))
    console.print(sampling_table(command.sampling_width, channels, seconds, kind))


def gemm_table() -> Table:
    """The machine's peak, to read the nets against: products of large matrices in fp32 and bf16, in GFLOPS."""
    place = device()
    pairs = {
        str(dtype).removeprefix("torch."): [torch.randn(GEMM_SIDE, GEMM_SIDE, device=place).to(dtype) for _ in range(2)]
        for dtype in (torch.float32, torch.bfloat16)
    }
    times = time_in_turns({name: partial(torch.matmul, *pair) for name, pair in pairs.items()}, GEMM_SECONDS)
    table = Table(title=f"Machine: {place}, {torch.get_num_threads()} thread(s), torch {torch.__version__}")
    table.add_column(f"matrix product {GEMM_SIDE}x{GEMM_SIDE}")
    table.add_column("GFLOPS", justify="right")
    for name, seconds in times.items():
        table.add_row(name, f"{2 * GEMM_SIDE**3 / seconds / 1e9:.0f}")
    return table
