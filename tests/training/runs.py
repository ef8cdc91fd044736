"""Tiny pictures and tiny runs for the tests of training, and the comparison of two checkpoints bit by bit."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import torch
from accelerate.state import AcceleratorState, GradientState
from PIL import Image
from rich.console import Console
from safetensors.torch import load_file

from amgan.metrics.labeling import measure_labeling
from amgan.sampling import direction_search, release_sheet
from amgan.sampling.map_making import make_map
from amgan.training import TrainConfig, releasing, train
from amgan.training.loop import Trainer

CLASSES = ("round", "square", "tall")


def make_pictures(folder: Path, count: int = 64, labelled: int | None = None) -> Path:
    """An image folder of grey 32x32 noise, one subfolder a class, each class at its own brightness.

    If fewer are to be labelled, the others are the same pictures in a subfolder named unlabelled.
    """
    draw = np.random.default_rng(7)
    for number in range(count):
        kind = number % len(CLASSES)
        pixels = draw.integers(60 * kind, 60 * kind + 100, (32, 32), dtype=np.uint8)
        place = folder / (CLASSES[kind] if number < (count if labelled is None else labelled) else "unlabelled")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place / f"{number:03d}.png")
    return folder


def tiny(data: Path, out: Path, **changes: Any) -> TrainConfig:
    """Settings of a run that takes about a second."""
    settings: dict[str, Any] = {
        "data": (str(data),), "out": out, "steps": 4, "batch_size": 8, "latent_dim": 6, "generator_width": 4,
        "discriminator_width": 4, "precision": "fp32", "log_every": 2, "sheet_every": 100, "checkpoint_every": 100,
        "confidence": 0.0, "index_seeds": 0, "seed": 3, "architecture": "dcgan", "generator_first": 0,
        "discriminator_first": 0,
    }  # fmt: skip
    return TrainConfig(**(settings | changes))


LIBRARIES = ["tests.training.runs", "torch._dynamo"]
"""What the forkserver loads once for all processes that start from it; the second comes with an optimizer."""


def forget_accelerator() -> None:
    """Let the next run of this process choose its precision anew; Accelerate keeps that in shared state."""
    AcceleratorState._reset_state(reset_partial_state=False)
    GradientState._reset_state()


def run(config: TrainConfig, console: Console | None = None) -> None:
    """Train in this process, as the command line would in one of its own."""
    forget_accelerator()
    try:
        train(config, console or Console(quiet=True))
    finally:
        forget_accelerator()


LOOKED_AT = 64
"""So many pictures of a release are counted by class."""

IN_RELEASES = (
    (releasing, "BATCHES", 2),
    (releasing, "BATCHES_ON_THE_WAY", 2),
    (releasing, "measure_labeling", partial(measure_labeling, pictures=LOOKED_AT)),
    (releasing, "make_map", partial(make_map, rows=4, columns=8)),
    (direction_search, "MOVED", 10),
    (release_sheet, "SHEET_DRAWS", 2),
)


def shorten_releases(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Let releases take no time; how good their statistics, sheets and maps are does not matter."""
    for module, name, value in IN_RELEASES:
        put(module, name, value)


def printed_run(data: str, out: str, token: str = "", **changes: Any) -> dict[str, Any]:
    """Train with releases that take no time, and with this token of the Hub; what was printed, and what waits."""
    shorten_releases()
    torch.set_num_threads(1)
    os.environ["HF_TOKEN"] = token
    console = Console(file=io.StringIO(), width=200)
    run(tiny(Path(data), Path(out), **changes), console)
    return {
        "printed": console.file.getvalue(),  # type: ignore[attr-defined]
        "unpushed": sorted(path.name for path in Path(out).glob("unpushed/*")),
    }


def checkpoint(out: Path, step: int) -> Path:
    """Where a run's checkpoint of a step lies."""
    return out / "checkpoints" / f"step-{step:09d}"


def contents(folder: Path, processes: int = 1) -> dict[str, Any]:
    """All that a checkpoint restores, by file: nets, average, optimizers, random states, step."""
    files = ["model.safetensors", "model_1.safetensors", "average.safetensors"]
    found: dict[str, Any] = {
        name: load_file(folder / name) for name in files + [f"random-{rank}.safetensors" for rank in range(processes)]
    }
    for name in ("optimizer.bin", "optimizer_1.bin"):
        found[name] = torch.load(folder / name, weights_only=True)
    return found


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Names of what is not bit-equal in two nested structures of tensors and numbers."""
    if isinstance(one, torch.Tensor):
        same = one.dtype == other.dtype and one.shape == other.shape and torch.equal(one, other)
        return [] if same else [place]
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return [f"{place}: {sorted(map(str, one.keys() ^ other.keys()))}"]
        return [name for key in one for name in differences(one[key], other[key], f"{place}/{key}")]
    if isinstance(one, (list, tuple)):
        if len(one) != len(other):
            return [place]
        return [name for i, pair in enumerate(zip(one, other)) for name in differences(*pair, f"{place}/{i}")]
    return [] if one == other else [place]


@contextlib.contextmanager
def killed_at(step: int) -> Iterator[None]:
    """Meanwhile, trainings break off before a step, as by Ctrl-C."""
    train_step = Trainer.train_step

    def killed(trainer: Trainer, number: int) -> torch.Tensor:
        if number == step:
            raise KeyboardInterrupt
        return train_step(trainer, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "train_step", killed)
        yield


def start_worker(
    config: TrainConfig, settings: Path, processes: int = 1, environment: dict[str, str] | None = None, **extra: Any
) -> subprocess.Popen[str]:
    """Start `tests.training.worker` in one process, or in several under torchrun; its output is a pipe of lines."""
    settings.write_text(json.dumps(asdict(config) | {"out": str(config.out)} | extra))
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(processes)]
    command = [sys.executable, "-u", *(torchrun if processes > 1 else []), "-m", "tests.training.worker", str(settings)]
    return subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        env=(environment or dict(os.environ)) | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    """Read lines up to the first that starts with `wanted`, and return them."""
    seen = ""
    assert process.stdout
    for line in process.stdout:
        seen += line
        if line.startswith(wanted):
            return seen
    raise AssertionError(f"ended without {wanted!r}:\n{seen}")


def finish(process: subprocess.Popen[str], seconds: float = 240) -> str:
    """Wait for the end and return the rest of the output; whatever happens, no process is left behind."""
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        kill(process)
        pytest.fail(f"after {seconds} s it had not ended, and had said:\n{process.communicate()[0]}")
    finally:
        kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """A launcher and its workers, at once."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in (psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)):
            each.kill()
    process.wait()
