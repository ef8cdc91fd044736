"""The shelf: the models that an app or server offers, loaded when they are first asked for."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import torch

import amgan
from amgan.engine.hub_entry import HubEntry
from amgan.engine.hub_snapshots import Snapshots
from amgan.engine.loading import Loadings
from amgan.engine.shelf_entry import Entry, FolderEntry, News, Place, is_named_by, public
from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import AmganError, ConfigError, ReleaseError, RequestError
from amgan.model import AMGAN
from amgan.release.class_translations import ClassTranslations
from amgan.release.folder import CONFIG_FILE, WEIGHTS_FILE, translations_of

FAVOURITES = ("groceries", "fashion-mnist")
"""The model that is shown first: the first of these that is there."""
MOST_LOADED = 4
"""So many models stay in memory."""
MOST_TRANSLATED = 256
"""Of so many it is kept what their classes are called in other languages."""
LOOK_EVERY = 2.0
"""Seconds after which the folder is looked through again: a model that was just trained is there at once."""


def models_folder(given: Path | None = None) -> Path:
    """Where models are looked for: the folder given, or that of AMGAN_WEIGHTS, or ./weights, or that of the project.

    ./weights counts only if a model is in it: whoever works elsewhere may have weights of another kind.
    """
    chosen = given or os.environ.get("AMGAN_WEIGHTS")
    if chosen:
        return Path(chosen)
    here, project = Path("weights"), Path(amgan.__file__).parents[1] / "weights"
    return here if _releases(here) or not _releases(project) else project


class ShownFolder(NamedTuple):
    """A release folder, what its model is asked for by, and how code of a user names it; see `FolderEntry`."""

    folder: Path
    name: str | None = None
    shown: str | None = None


class Shelf:
    """The models of one folder of release folders, or the one that the folder is, and models of the Hub after them.

    Safe to use from several threads: two first users of a model wait for one and the same loading.

    Attributes:
        folder: The folder of release folders, or a release folder.
    """

    def __init__(
        self,
        folder: str | Path,
        hub_models: Sequence[str] = (),
        most_loaded: int = MOST_LOADED,
        device: torch.device | None = None,
        preloaded: Mapping[str, str] = MappingProxyType({}),
        others: Callable[[], Iterable[ShownFolder]] = tuple,
    ) -> None:
        """Look through the folder; only config.json files are read, no weights, and nothing is asked of the Hub.

        Args:
            folder: Holds a release folder for each model, or is one. May be missing or empty.
            hub_models: "user/name", whose newest revision is shown, or "user/name@revision", a branch, tag or commit
                that is never left.
            most_loaded: How many models are kept in memory, those used last.
            device: Where models are loaded and their arithmetic is decided, as they are drawn there; None for the CPU.
            preloaded: Commits in the cache for names among `hub_models`, for when the Hub is away.
            others: Gives release folders that lie elsewhere, as they are now. A name of the folder goes before theirs.

        Raises:
            ConfigError: a name among `hub_models` is none, or is there twice.
        """
        self.folder = Path(folder)
        snapshots: dict[str, Snapshots] = {}
        self._hub_entries = [HubEntry.parse(name, snapshots, preloaded.get(name)) for name in hub_models]
        if len({entry.name for entry in self._hub_entries}) < len(hub_models):
            raise ConfigError(f"a model is named twice in {' '.join(hub_models):.200}")
        self._others = others
        self._releases: dict[tuple[Any, ...], FolderEntry] = {}
        self._by_name: dict[str, Entry] = {}
        self._looking = threading.Lock()
        self._look_at = 0.0
        self._models = SingleFlightLRU[AMGAN](most_loaded)
        self._loadings = Loadings[AMGAN]()
        self._translations = SingleFlightLRU[ClassTranslations](MOST_TRANSLATED)
        self._device = device

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is on the shelf, usable or not."""
        return tuple(self._entries().values())

    @property
    def available(self) -> tuple[Entry, ...]:
        """Entries whose config is known."""
        return tuple(entry for entry in self.entries if entry.config is not None)

    @property
    def default(self) -> Entry | None:
        """The entry to show first: one that needs no network if there is any; None if there is no usable one."""
        local = [entry for entry in self.available if isinstance(entry, FolderEntry)]
        others = [entry for entry in self.entries if isinstance(entry, HubEntry)]
        named = {entry.name: entry for entry in local}
        return next((named[name] for name in FAVOURITES if name in named), next(iter([*local, *others]), None))

    def entry(self, name: str) -> Entry:
        """The entry of that name.

        Raises:
            RequestError: there is none.
        """
        entries = self._entries()
        if name not in entries:
            known = ", ".join(entry.name for entry in entries.values() if entry.problem is None)
            raise RequestError(f"no model {name!r:.80}; there is {known[:400] or 'none at all'}")
        return entries[name]

    def look_again(self) -> None:
        """Look through the folders as soon as something is asked for, not only when it is time to."""
        with self._looking:
            self._look_at = 0.0

    def model(self, name: str, revision: str | None = None, fetch: bool = True) -> AMGAN:
        """The model of that name, fetched and loaded when it is first asked for.

        Args:
            name: Of an entry.
            revision: Exactly this one: the revision or at least its first 8 digits; for a model of the Hub that is not
                pinned also any full commit. None for the one that is shown.
            fetch: Whether the Hub may be asked, which can take long.

        Raises:
            RequestError: there is none of that name or that revision.
            ReleaseError: its release is broken or cannot be had, in one line and without the server's paths.
        """
        entry = self.entry(name)
        model = self._loaded(entry, entry.locate(revision, fetch))
        # A folder says what it holds only when it is loaded.
        if revision is not None and isinstance(entry, FolderEntry) and not is_named_by(model.revision, revision):
            raise RequestError(f"revision {revision!r:.50} of {name} is not here; here is {model.revision}")
        return model

    def loaded(self, name: str, revision: str | None = None) -> AMGAN | None:
        """What `model` would give if that is in memory; it waits for nothing and costs next to nothing. Else None.

        Raises:
            RequestError: there is no model of that name.
        """
        entry = self.entry(name)
        try:
            place = entry.locate(revision, fetch=False)
        except AmganError:
            return None
        model = self._models.kept((entry, place.revision))
        if model is None or revision is None or is_named_by(model.revision, revision):
            return model
        return None

    def class_texts(self, name: str, revision: str | None, language: str) -> Mapping[str, str]:
        """What a model's classes are called to a reader of a language, by their own names, as far as that is known.

        Nothing is fetched and no weights are read, as many lists name classes of models that nobody looks at. Of a
        folder that says it whatever revision it holds now: a class of the same name is the same one to people.
        """
        with contextlib.suppress(AmganError, OSError):
            entry = self.entry(name)
            place = entry.locate(revision, fetch=False)
            known = self._translations.get((entry, place.revision), lambda: translations_of(place.folder))
            return known.get(language, {})
        return {}

    async def open(self, name: str, revision: str | None = None, fetch: bool = True) -> AMGAN:
        """`model` for a coroutine: at once if it is in memory, else from a thread.

        Raises:
            AmganError: as `model`; too many others are being loaded.
        """
        loaded = self.loaded(name, revision)
        if loaded is not None:
            return loaded
        return await self._loadings.get((name, revision, fetch), lambda: self.model(name, revision, fetch))

    def news(self, name: str, at_once: bool = False) -> News:
        """Whether there is a newer revision of a model; may ask the Hub, within seconds.

        Raises:
            RequestError: there is no model of that name.
        """
        return self.entry(name).news(at_once)

    def take_newest(self, name: str) -> AMGAN:
        """Fetch the newest revision of a model and show it from now on. If it is broken, all stays as it is.

        Raises:
            RequestError: there is none of that name, or it has one revision only.
            ReleaseError: the newest revision is broken or cannot be had.
        """
        entry = self.entry(name)
        place = entry.fetch_newest()
        model = self._loaded(entry, place)
        entry.settle(place)
        entry.loaded(place, model.config)
        return model

    def _entries(self) -> dict[str, Entry]:
        with self._looking:
            if (now := time.monotonic()) >= self._look_at:
                self._look_at = now + LOOK_EVERY
                before = self._releases
                own = [ShownFolder(folder) for folder in _releases(self.folder)]
                names = {one.folder.name for one in own}
                self._releases = {
                    (one, *state): before.get((one, *state)) or FolderEntry(*one)
                    for one in (*own, *(other for other in self._others() if other.name not in names))
                    if (state := _state(one.folder))
                }
                self._by_name = {entry.name: entry for entry in (*self._releases.values(), *self._hub_entries)}
            return self._by_name

    def _loaded(self, entry: Entry, place: Place) -> AMGAN:
        return self._models.get((entry, place.revision), lambda: self._load(entry, place))

    def _load(self, entry: Entry, place: Place) -> AMGAN:
        try:
            model = AMGAN.from_pretrained(place.folder, device=self._device)
        except ReleaseError as error:
            problem = public(error, place.folder, entry.name)
            entry.failed(place, problem)
            raise ReleaseError(problem) from error
        if place.revision is not None:
            model.revision = place.revision
        model.hold_sampler()
        entry.loaded(place, model.config)
        return model


def _state(folder: Path) -> tuple[Any, ...]:
    """What is another one for another release in a folder's place; empty if it has just gone."""
    try:
        files = [(folder / name).stat() for name in (CONFIG_FILE, WEIGHTS_FILE) if (folder / name).exists()]
    except OSError:
        return ()
    return (folder, *((file.st_ino, file.st_mtime_ns, file.st_size) for file in files))


def _releases(folder: Path) -> list[Path]:
    if (folder / CONFIG_FILE).is_file() and (folder / WEIGHTS_FILE).is_file():
        return [folder.absolute()]  # even "." has a name then
    found = sorted(path.parent for path in folder.glob(f"*/{CONFIG_FILE}")) if folder.is_dir() else []
    # A release that is being written has a hidden name.
    return [path for path in found if not path.name.startswith(".")]
