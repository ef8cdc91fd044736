"""A training in a process of its own: ``python -m tests.training.worker settings.json``, also under torchrun.

With ``"weights": folder`` in the settings each process also writes its own weights whenever a checkpoint is saved.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from rich.console import Console
from safetensors.torch import save_file

from amgan.training import TrainConfig, loop, train
from amgan.training.checkpoint import Checkpoints, Progress
from tests.training.runs import shorten_releases


def watch_weights(folder: Path) -> None:
    """Let every process write what it trains, at each checkpoint, to `folder`/<step>-<rank>.safetensors."""

    class Watched(Checkpoints):
        def save(self, progress: Progress) -> Path:
            accelerator = self._accelerator
            # PyTorch before 2.12 cannot go back through two forwards between which they were sent.
            assert not any(getattr(net, "broadcast_buffers", False) for net in accelerator._models)
            tensors = {
                f"{number}.{name}": parameter.detach().clone(memory_format=torch.contiguous_format)
                for number, net in enumerate(accelerator._models)
                for name, parameter in accelerator.unwrap_model(net).named_parameters()
            }
            folder.mkdir(parents=True, exist_ok=True)
            save_file(tensors, folder / f"{progress.step}-{accelerator.process_index}.safetensors")
            return super().save(progress)

    loop.Checkpoints = Watched


def threads() -> list[str]:
    """The names of this process's threads, those of libraries among them, where the system tells."""
    return [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]


def main() -> None:
    shorten_releases()
    settings = json.loads(Path(sys.argv[1]).read_text())
    weights = settings.pop("weights", None)
    if weights:
        watch_weights(Path(weights))
    # Lines arrive at once at the reader of a pipe, unlike with print.
    paths = {name: Path(settings[name]) for name in ("out", "judge") if settings.get(name)}
    several = {name: tuple(value) for name, value in settings.items() if isinstance(value, list)}
    train(TrainConfig(**settings | paths | several), Console(file=sys.stdout, width=200))
    # At the end of the interpreter such a thread may abort the process, after all its work is done.
    if left := [name for name in threads() if "gloo" in name]:
        sys.exit(f"threads of the group are left: {', '.join(left)}")


if __name__ == "__main__":
    main()
