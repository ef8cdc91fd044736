"""``sample``: pictures by class and seed, as a sheet, single files, a zip or an array."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from amgan.bounds import check_seeds, check_whole
from amgan.cli.models import open_model
from amgan.console import say
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.archive import picture_files, write_npz, zip_pictures
from amgan.sampling.media import encode_png, enlarge, grid
from amgan.sampling.sampler import Sample
from amgan.whole_files import replacing, write_whole

MAX_PICTURES = 100_000
SUFFIXES = (".png", ".zip", ".npz", "")


@dataclass(frozen=True)
class SampleCommand:
    """Draw pictures of a class, or of any.

    Attributes:
        model: A release folder or a model repository of the Hub.
        out: Where to: .png for a sheet, .zip, .npz, or a folder of PNG files with manifest.json.
        label: Class by name or number; several take turns; any class if not given.
        n: How many pictures: those of seeds S, S + 1, ...
        seed: The first seed, S.
        truncation: Below 1: pictures more alike and more typical.
        confidence: Dynamic models: D's least probability of the class; the model's own if not given.
        columns: Columns of a sheet.
        scale: Whole factor by which a sheet's pictures are enlarged, without smoothing.
        revision: Branch, tag or commit on the Hub.
    """

    model: str
    out: Path
    label: tuple[str, ...] = ()
    n: int = 16
    seed: int = 0
    truncation: float = 1.0
    confidence: float | None = None
    columns: int = 8
    scale: int = 1
    revision: str | None = None


def run_sample(command: SampleCommand, console: Console) -> None:
    """Draw the pictures and write them.

    Raises:
        AmganError: the model, a seed or a class cannot be served, or `out` has another suffix.
    """
    _check(command)
    model = open_model(command.model, command.revision)
    seeds = check_seeds(command.seed, command.n)
    labels = [command.label[i % len(command.label)] if command.label else None for i in range(command.n)]
    pictures, samples = model.sampler.sample(seeds, labels, command.truncation, command.confidence)
    _write(command, model, pictures, samples)
    names = sorted({model.class_names[sample.label] for sample in samples})
    say(
        console,
        f"{command.n} pictures of {', '.join(names[:6])}{' and more' if len(names) > 6 else ''}, "
        f"seeds {seeds[0]} to {seeds[-1]}, revision {model.revision[:8]} -> {command.out}",
    )


def _check(command: SampleCommand) -> None:
    check_whole(command.n, "n", 1, MAX_PICTURES)
    if not 1 <= command.scale <= 64 or command.columns < 1:
        raise RequestError("scale must be from 1 to 64, and columns 1 or more")
    if command.out.suffix.lower() not in SUFFIXES:
        raise RequestError(f"{command.out}: write to .png, .zip, .npz, or a folder")


def _write(command: SampleCommand, model: AMGAN, pictures: np.ndarray, samples: list[Sample]) -> None:
    out, suffix = command.out, command.out.suffix.lower()
    name = Path(command.model).name
    (out if suffix == "" else out.parent).mkdir(parents=True, exist_ok=True)
    if suffix == ".png":
        sheet = grid(pictures, min(command.columns, len(pictures)))
        write_whole(out, encode_png(enlarge(sheet, command.scale)))
    elif suffix == ".npz":
        with replacing(out) as array_file:  # given a name, numpy would put .npz behind .NPZ
            write_npz(array_file, pictures, samples, model.class_names, name, model.revision)
    elif suffix == ".zip":
        write_whole(out, zip_pictures(pictures, samples, model.class_names, name, model.revision))
    else:
        for file, content in picture_files(pictures, samples, model.class_names, name, model.revision):
            (out / file).write_bytes(content)  # many: to wait for the disk after each takes long
