"""``map``: puts a map of its seeds beside a model, for the page on which one wanders in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.console import say
from amgan.model import AMGAN
from amgan.release.folder import MAP_FILE, read_config
from amgan.release.seed_map import write_map
from amgan.sampling.map_making import make_map


@dataclass(frozen=True, kw_only=True)
class MapCommand:
    """Put a map of its seeds beside a model that has none: the page /map shows it. A training makes one itself.

    Attributes:
        model: A release folder.
    """

    model: Path


def run_map(command: MapCommand, console: Console) -> None:
    """Draw the seeds' pictures, place them and write the file.

    Raises:
        AmganError: no such model.
    """
    read_config(command.model)  # a folder here: there is no place for the file in a model of the Hub
    model = AMGAN.from_pretrained(command.model)
    seed_map = make_map(model.sampler)
    file = command.model / MAP_FILE
    write_map(file, seed_map)
    size = file.stat().st_size
    say(console, f"Written: {seed_map.rows * seed_map.columns} seeds, {size / 1e6:.2f} MB, in {file}")
