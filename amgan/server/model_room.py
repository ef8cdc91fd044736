"""The models as the event loop needs them: at once if they are loaded, else from a thread, never blocking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from amgan.engine.loading import in_thread
from amgan.engine.shelf import Shelf
from amgan.engine.shelf_entry import LEAST_DIGITS, Entry
from amgan.errors import AmganError, RequestError
from amgan.model import AMGAN
from amgan.release.folder import digest_of
from amgan.sampling.sampler import Sampler

REVISION = re.compile(rf"[0-9a-f]{{{LEAST_DIGITS},64}}", re.ASCII)


class NoSuchModelError(RequestError):
    """There is no model of that name or that revision."""


@dataclass(frozen=True, eq=False)
class OpenModel:
    """A loaded model.

    Attributes:
        name: Its name on the shelf.
        model: The model.
    """

    name: str
    model: AMGAN

    @property
    def sampler(self) -> Sampler:
        """Draws its pictures."""
        return self.model.sampler


class ModelRoom:
    """Opens the models of a shelf, for coroutines of one event loop."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._digests: dict[Path, str] = {}

    async def open(self, name: str | None, revision: str | None = None) -> OpenModel:
        """A model of the shelf.

        Args:
            name: Its name; None for the default one.
            revision: The revision or at least its first 8 digits; None for the one that is shown.

        Raises:
            NoSuchModelError: there is no such name or revision.
            ReleaseError: its release is broken or cannot be had.
            BusyError: too many others are being loaded.
        """
        if name is None:
            if self.shelf.default is None:
                raise NoSuchModelError("this server has no model")
            name = self.shelf.default.name
        if revision is not None and not REVISION.fullmatch(revision):
            raise NoSuchModelError(f"a revision is {LEAST_DIGITS} or more of the digits 0-9 and a-f")
        try:
            return OpenModel(name, await self.shelf.open(name, revision))
        except RequestError as error:
            raise NoSuchModelError(str(error)) from error

    async def revision_of(self, entry: Entry) -> str | None:
        """The revision of an entry that is shown; None for a model that was not fetched yet or cannot be read."""
        model = self.shelf.loaded(entry.name)
        if model is not None:
            return model.revision
        try:
            place = entry.locate(fetch=False)
        except AmganError:
            return None
        if place.revision is not None:
            return place.revision
        if place.folder not in self._digests:
            try:
                self._digests[place.folder] = await in_thread(lambda: digest_of(place.folder))
            except (AmganError, OSError):
                return None
        return self._digests[place.folder]
