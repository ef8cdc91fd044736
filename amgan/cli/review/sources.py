"""The models of a new review, as they were typed or as a list of names has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from amgan.cli.models import fetching_told, open_shelf
from amgan.errors import RequestError
from amgan.release.folder import CONFIG_FILE
from amgan.reviews.making import Source
from amgan.sampling.picture_row import NamedPicture


class SourcesHere:
    """Models from the weights, from folders that were typed, and from the Hub."""

    def __init__(self, names: Sequence[str], weights: Path | None) -> None:
        """Find the weights.

        Args:
            names: Every model that may be asked for.
            weights: Folder with the models; None for that of a folder among `names`, or the default one.

        Raises:
            RequestError: folders that are not in the same one.
        """
        self._folders = {name: Path(name).resolve() for name in names if (Path(name) / CONFIG_FILE).is_file()}
        if weights is None and self._folders:
            # A folder was typed, as for other commands: its neighbours are the weights.
            parents = {folder.parent for folder in self._folders.values()}
            if len(parents) > 1:
                raise RequestError("both models must be in the same folder, of which a server draws their pictures")
            weights = parents.pop()
        self._shelf = open_shelf(map(self._known, names), weights)
        self._has_folder_models = any("/" not in self._known(name) for name in names)

    def sources(self, names: Iterable[str]) -> list[Source]:
        """Models by the names that were typed.

        Raises:
            AmganError: one is not there or broken.
        """
        with fetching_told():
            return [Source.of(name, self._shelf.model(name)) for name in map(self._known, names)]

    def sources_of(self, names: Iterable[NamedPicture], model: str | None) -> dict[tuple[str, str], Source]:
        """The models of a list of names, in their revisions.

        Args:
            names: The list.
            model: Where the model is if that was typed, in place of the name that the list has for it.

        Raises:
            AmganError: one is not there, not in that revision, or broken.
        """
        found: dict[tuple[str, str], Source] = {}
        with fetching_told():
            for key in dict.fromkeys((name.model, name.revision) for name in names):
                known = self._known(key[0] if model is None else model)
                found[key] = Source.of(known, self._shelf.model(known, key[1]))
        return found

    @property
    def note(self) -> str | None:
        """What a server needs to draw the pictures, if it does not look into the same folder anyway."""
        folder = self._shelf.folder.resolve()
        if not self._has_folder_models or folder == open_shelf().folder.resolve():
            return None
        return f"a server draws these pictures only if it is started with --weights {folder}"

    def _known(self, name: str) -> str:
        return self._folders[name].name if name in self._folders else name
