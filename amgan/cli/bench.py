"""``bench``: what this machine does with the nets, every row beside its baseline in one run."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from amgan.cli.benchmark.machine import gemm_table
from amgan.cli.benchmark.sampling import sampling_table
from amgan.cli.benchmark.training import training_table
from amgan.networks.architectures import ArchitectureName


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
