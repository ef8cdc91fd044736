"""How fast models draw against the first one, as the rest of the machine slows them all.

``OMP_NUM_THREADS=1 python -m benchmarks.models_by_turns weights/fashion-mnist-predefined weights/cifar10``. Batches of
64 by turns, in seconds of the thread itself; the medians.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import tyro

from amgan.model import AMGAN

BATCH = 64


@dataclass(frozen=True)
class Options:
    """What is compared.

    Attributes:
        models: Release folders; the first is what the others are compared with.
        rounds: Batches of each.
    """

    models: tyro.conf.Positional[tuple[Path, ...]]
    rounds: int = 20


def main() -> None:
    """Print each model's share of the first one's pictures a second."""
    options = tyro.cli(Options)
    models = [AMGAN.from_pretrained(path) for path in options.models]
    for model in models:
        model.sample(seeds=range(BATCH))
    seconds: list[list[float]] = [[] for _ in models]
    for _ in range(options.rounds):
        for model, taken in zip(models, seconds):
            began = time.thread_time()
            model.sample(seeds=range(BATCH))
            taken.append(time.thread_time() - began)
    first = statistics.median(seconds[0])
    for path, taken in zip(options.models, seconds):
        print(f"{path.name}: {first / statistics.median(taken):.2f}")


if __name__ == "__main__":
    main()
