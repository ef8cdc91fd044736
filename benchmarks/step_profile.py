"""Where the time of a step of training goes, by PyTorch's profiler, for an architecture.

``OMP_NUM_THREADS=1 python -m benchmarks.step_profile --architecture features``. Five steps of the training loop as they
are, after five that are not counted; the share is of the time that operators themselves take, without those they call.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro
from torch.profiler import ProfilerActivity, profile

from amgan.cli.benchmark.timing import synchronize
from amgan.cli.benchmark.training import loop_steps
from amgan.networks.config import ModelConfig

KINDS = {
    "convolutions": ("conv", "mkldnn", "cudnn"),
    "matrix products": ("addmm", "mm", "bmm", "linear"),
    "normalisation": ("norm",),
    "the optimizers": ("adam",),
    "copies, casts and layouts": ("copy_", "clone", "contiguous", "to_copy", "cat", "pad", "fill_", "zero_"),
    "random numbers": ("normal_", "random", "uniform", "bernoulli", "multinomial", "dropout"),
}
"""What operators are for, by a part of their names; the first that fits."""


@dataclass(frozen=True)
class Options:
    """Profile a step.

    Attributes:
        architecture: Of the nets.
        width: Feature maps of G at its last resolution.
        discriminator_width: Of D's first layer or, for features, of its heads.
        batch_size: Real pictures a step.
        top: How many operators are shown by themselves.
    """

    architecture: Literal["dcgan", "features"] = "features"
    width: int = 32
    discriminator_width: int = 128
    batch_size: int = 64
    top: int = 12


def main(options: Options) -> None:
    """Print two tables: by kind, and the operators that take most."""
    config = ModelConfig(
        tuple(f"class {number}" for number in range(10)),
        generator_width=options.width,
        discriminator_width=options.discriminator_width,
        architecture=options.architecture,
        labeling="predefined",
    )
    with tempfile.TemporaryDirectory() as folder:
        steps = loop_steps(config, options.batch_size, Path(folder))
        steps()
        synchronize()
        with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiled:
            steps()
            synchronize()
    own: Counter[str] = Counter()
    for event in profiled.key_averages():
        own[event.key] += event.self_device_time_total or event.self_cpu_time_total
    whole = sum(own.values())
    by_kind: Counter[str] = Counter()
    for name, taken in own.items():
        by_kind[kind_of(name)] += taken
    _print("what", by_kind.most_common(), whole)
    _print("operator", own.most_common(options.top), whole)


def kind_of(operator: str) -> str:
    """What an operator is for."""
    name = operator.lower()
    return next((kind for kind, parts in KINDS.items() if any(part in name for part in parts)), "all else")


def _print(heading: str, rows: list[tuple[str, int]], whole: float) -> None:
    print(f"\n| {heading} | share |\n| --- | ---: |")
    for name, taken in rows:
        print(f"| {name} | {taken / whole:.1%} |")


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
