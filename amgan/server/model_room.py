"""The models as the event loop needs them: at once if they are loaded, else from a thread, never blocking."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from amgan.engine.shelf import Shelf
from amgan.engine.shelf_entry import LEAST_DIGITS, Entry
from amgan.errors import AmganError, BusyError, RequestError
from amgan.model import AMGAN
from amgan.release.folder import digest_of
from amgan.sampling.sampler import Sampler

T = TypeVar("T")

MOST_LOADING = 8
"""So many models are fetched or loaded at once; each is a thread, which may wait for the Hub."""

REVISION = re.compile(rf"[0-9a-f]{{{LEAST_DIGITS},64}}", re.ASCII)


class NoSuchModelError(RequestError):
    """There is no model of that name or that revision."""


@dataclass(frozen=True, eq=False)
class OpenModel:
    """A loaded model.

    Attributes:
        name: Its name on the shelf.
        model: The model.
        sampler: Draws its pictures.
    """

    name: str
    model: AMGAN
    sampler: Sampler


class ModelRoom:
    """Opens the models of a shelf, for coroutines of one event loop."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        # A model asks all its tensors whether its sampler still fits; those of a shelf do not change.
        self._samplers: WeakKeyDictionary[AMGAN, Sampler] = WeakKeyDictionary()
        self._digests: dict[Path, str] = {}
        self._loading: dict[tuple[str, str | None], asyncio.Future[AMGAN]] = {}

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
            model = self.shelf.loaded(name, revision)
            if model is None:
                model = await self._load(name, revision)
        except RequestError as error:
            raise NoSuchModelError(str(error)) from error
        sampler = self._samplers.get(model)
        if sampler is None:
            sampler = self._samplers[model] = model.sampler
        return OpenModel(name, model, sampler)

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

    async def _load(self, name: str, revision: str | None) -> AMGAN:
        key = (name, revision)
        if key not in self._loading:
            if len(self._loading) >= MOST_LOADING:
                raise BusyError("too many models are being loaded; try again soon")
            future = self._loading[key] = in_thread(lambda: self.shelf.model(name, revision))
            future.add_done_callback(lambda done: self._loading.pop(key))
        # One who gives up does not stop the loading that others wait for.
        return await asyncio.shield(self._loading[key])


def in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Do something in a thread of its own, which does not hold up the end of the program as a pool's threads would."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]
        else:
            future.set_exception(error)
            future.exception()  # known, even if nobody waits any more

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="loading", daemon=True).start()
    return future
