"""``directions``: finds what a model's sliders change, for a release that was written without them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.console import say
from amgan.errors import ReleaseError
from amgan.model import AMGAN
from amgan.release.checked_files import is_there
from amgan.release.directions import Word, write_directions
from amgan.release.folder import DIRECTIONS_FILE, read_config
from amgan.sampling.direction_search import find_directions


@dataclass(frozen=True)
class DirectionsCommand:
    """Find the directions in which a model's pictures change one thing: the page offers them as sliders.

    A training writes them by itself. Where they are there they stay: names of pictures rely on them.

    Attributes:
        model: A release folder.
    """

    model: Path


def run_directions(command: DirectionsCommand, console: Console) -> None:
    """Find them and write the file.

    Raises:
        AmganError: no such model, or it has directions.
    """
    read_config(command.model)
    file = command.model / DIRECTIONS_FILE
    if is_there(file):
        raise ReleaseError(f"{file} is there; names of pictures along its directions lead nowhere without it")
    model = AMGAN.from_pretrained(command.model)
    directions = find_directions(model.generator, model.sampler.renderer, model.seed_index)
    write_directions(file, directions, model.config)
    for pair, numbers in zip(directions.words, directions.end_numbers, strict=True):
        ends = [f"{_said(word, model)} (d{number})" for word, number in zip(pair, numbers, strict=True)]
        say(console, " - ".join(ends))
    for label, number in zip(directions.classes, directions.class_numbers, strict=True):
        say(console, f"to {_said(label, model)} (d{number})")
    say(console, f"Written: {file}")


def _said(word: Word, model: AMGAN) -> str:
    return word if isinstance(word, str) else model.class_names[word]
