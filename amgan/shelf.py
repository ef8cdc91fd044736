"""The shelf: the release folders an app offers, each model loaded once, on its first use."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path

from amgan.config import ModelConfig
from amgan.errors import ReleaseError, RequestError
from amgan.model import AMGAN
from amgan.release import CONFIG_FILE, read_config

FAVOURITE = "fashion-mnist"
"""The model that is shown first if it is there."""


@dataclass(frozen=True)
class Entry:
    """One release folder on the shelf.

    Attributes:
        name: The folder's name.
        folder: Where it is.
        config: What config.json says, or None if it says nothing usable.
        problem: One line on why the model cannot be used, or None.
    """

    name: str
    folder: Path
    config: ModelConfig | None
    problem: str | None


class Shelf:
    """The models of one folder of release folders.

    Safe to use from several threads: two first users of a model wait for one and the same loading.
    """

    def __init__(self, folder: str | Path) -> None:
        """Look through the folder; only config.json files are read, no weights.

        Args:
            folder: Holds a release folder for each model. May be missing or empty.
        """
        self.folder = Path(folder)
        found = sorted(path.parent for path in self.folder.glob(f"*/{CONFIG_FILE}")) if self.folder.is_dir() else []
        # A release that is being written has a hidden name.
        self.entries = tuple(_entry(path) for path in found if not path.name.startswith("."))
        self._models: dict[str, AMGAN] = {}
        self._locks = {entry.name: threading.Lock() for entry in self.entries}

    @property
    def available(self) -> tuple[Entry, ...]:
        """Entries whose config can be read."""
        return tuple(entry for entry in self.entries if entry.config is not None)

    @property
    def default(self) -> Entry | None:
        """The entry to show first, or None if there is no usable one."""
        return next((entry for entry in self.available if entry.name == FAVOURITE), next(iter(self.available), None))

    def entry(self, name: str) -> Entry:
        """The entry of that name.

        Raises:
            RequestError: there is none.
        """
        for entry in self.entries:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.available[:12])
        raise RequestError(f"no model {name!r:.80}; there is {known or 'none at all'}")

    def model(self, name: str) -> AMGAN:
        """The model of that name, loaded when it is first asked for.

        Raises:
            RequestError: there is none of that name.
            ReleaseError: its release folder is broken, in one line and without the server's paths.
        """
        entry = self.entry(name)
        with self._locks[name]:
            if name not in self._models:
                if entry.problem is not None:
                    raise ReleaseError(entry.problem)
                try:
                    self._models[name] = AMGAN.from_pretrained(entry.folder)
                except ReleaseError as error:
                    raise ReleaseError(_public(entry.folder, error)) from error
            return self._models[name]

    def warm_up(self) -> None:
        """Load the default model and draw one picture, so that the first visitor need not wait for either.

        Says nothing of a broken model: who asks for it is told.
        """
        if self.default is not None:
            with contextlib.suppress(ReleaseError):
                self.model(self.default.name).sample()


def _entry(folder: Path) -> Entry:
    try:
        return Entry(folder.name, folder, read_config(folder), None)
    except ReleaseError as error:
        return Entry(folder.name, folder, None, _public(folder, error))


def _public(folder: Path, error: Exception) -> str:
    return str(error).replace(str(folder), folder.name)
