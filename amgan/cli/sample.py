"""``sample``: pictures by class and seed, as a sheet, single files, a zip or an array."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from rich.console import Console

from amgan.bounds import check_whole
from amgan.cli.models import fetching_told, open_model, open_shelf
from amgan.cli.seed_flag import SeedFlag
from amgan.console import pictures_named, say
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.archive import picture_files, write_npz, zip_pictures
from amgan.sampling.marking import MADE_UP, made_up, name_in
from amgan.sampling.media import encode_png, enlarge, grid
from amgan.sampling.picture_row import NamedPicture, picture_row
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import picture_seeds
from amgan.whole_files import replacing, write_whole

MAX_PICTURES = 100_000
SUFFIXES = (".png", ".zip", ".npz", "")


@dataclass(frozen=True)
class SampleCommand:
    """Draw pictures of a class, or of any.

    Attributes:
        model: A release folder or a model repository of the Hub; with --from only where the picture's model is not
            found by its name.
        out: Where to: .png for a sheet, .zip, .npz, or a folder of PNG files with manifest.json.
        label: Class by name or number; several take turns; any class if not given.
        n: How many pictures: those of seeds S, S + 1, ...
        seed: The first seed, S, or the name of a variation; the next ones follow it.
        truncation: Below 1: pictures more alike and more typical.
        confidence: Dynamic models: D's least probability of the class; the model's own if not given.
        columns: Columns of a sheet.
        scale: Whole factor by which a sheet's pictures are enlarged, without smoothing.
        revision: Branch, tag or commit on the Hub.
        picture: In place of classes and seeds, a PNG file that this program made: the same picture is drawn again.
    """

    model: str | None = None
    out: Path = field(kw_only=True)
    label: tuple[str, ...] = ()
    n: int = 16
    seed: SeedFlag = 0
    truncation: float = 1.0
    confidence: float | None = None
    columns: int = 8
    scale: int = 1
    revision: str | None = None
    picture: Annotated[Path | None, tyro.conf.arg(name="from")] = None


def run_sample(command: SampleCommand, console: Console) -> None:
    """Draw the pictures and write them.

    Raises:
        AmganError: the model, a seed or a class cannot be served, or `out` has another suffix.
    """
    _check(command)
    if command.picture is not None:
        command, model = _of_picture(command, command.picture)
    elif command.model is None:
        raise RequestError("give --model, or --from with a picture")
    else:
        model = open_model(command.model, command.revision)
    seeds = picture_seeds(command.seed, command.n)
    labels = [command.label[i % len(command.label)] if command.label else None for i in range(command.n)]
    pictures, samples = model.sampler.sample(seeds, labels, command.truncation, command.confidence)
    _write(command, model, pictures, samples)
    names = sorted({model.class_names[sample.label] for sample in samples})
    say(console, f"{pictures_named(command.n, names, seeds, model.revision)} -> {command.out}")


def _of_picture(command: SampleCommand, picture: Path) -> tuple[SampleCommand, AMGAN]:
    """The command that draws a picture again, and its model."""
    if command.label or command.n != SampleCommand.n or command.seed or command.truncation != 1 or command.confidence:
        raise RequestError("the picture says class, seed and truncation; leave out what you gave of these, or --from")
    try:
        name = NamedPicture.of(name_in(picture.read_bytes()))
        if command.model is None:
            with fetching_told():
                model = open_shelf([name.model]).model(name.model, name.revision)
        else:
            model = open_model(command.model, command.revision or name.revision if "/" in name.model else None)
    except OSError as error:
        raise RequestError(f"{picture}: it cannot be read ({error.strerror})") from error
    except RequestError as error:
        raise RequestError(f"{picture}: {error}") from error
    if model.revision != name.revision:
        raise RequestError(
            f"{picture}: revision {name.revision[:8]} of {name.model} drew it; {command.model} is {model.revision[:8]}"
        )
    command = replace(command, model=name.model, n=1, label=() if name.asked is None else (name.asked,))
    return replace(command, seed=name.seed, truncation=name.truncation, confidence=name.confidence), model


def _check(command: SampleCommand) -> None:
    check_whole(command.n, "n", 1, MAX_PICTURES)
    if not 1 <= command.scale <= 64 or command.columns < 1:
        raise RequestError("scale must be from 1 to 64, and columns 1 or more")
    if command.out.suffix.lower() not in SUFFIXES:
        raise RequestError(f"{command.out}: write to .png, .zip, .npz, or a folder")


def _write(command: SampleCommand, model: AMGAN, pictures: np.ndarray, samples: list[Sample]) -> None:
    out, suffix = command.out, command.out.suffix.lower()
    name = str(command.model)
    if Path(name).is_dir():
        name = Path(name).name
    (out if suffix == "" else out.parent).mkdir(parents=True, exist_ok=True)
    if suffix == ".png":
        sheet = grid(pictures, min(command.columns, len(pictures)))
        row = picture_row(out.name, samples[0], model.class_names, name, model.revision)
        write_whole(out, encode_png(enlarge(sheet, command.scale), made_up(row) if len(samples) == 1 else MADE_UP))
    elif suffix == ".npz":
        with replacing(out) as array_file:  # given a name, numpy would put .npz behind .NPZ
            write_npz(array_file, pictures, samples, model.class_names, name, model.revision)
    elif suffix == ".zip":
        write_whole(out, zip_pictures(pictures, samples, model.class_names, name, model.revision))
    else:
        for file, content in picture_files(pictures, samples, model.class_names, name, model.revision):
            (out / file).write_bytes(content)  # many: to wait for the disk after each takes long
