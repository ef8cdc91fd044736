"""What stands on a shelf: a model that can be loaded, from a folder or from elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from amgan.errors import ReleaseError, RequestError
from amgan.networks.config import ModelConfig
from amgan.release.folder import read_config

LEAST_DIGITS = 8
"""So many digits of a revision name it."""


@dataclass(frozen=True)
class Place:
    """Where a release is on this machine.

    Attributes:
        folder: The release folder.
        revision: The revision that its pictures go by; None for the digest of the folder.
    """

    folder: Path
    revision: str | None


@dataclass(frozen=True)
class News:
    """Whether there is another revision than the one here.

    Attributes:
        newest: The revision that can be had now, None if there is nothing to offer.
        problem: Why that could not be found out, or None.
    """

    newest: str | None = None
    problem: str | None = None


class Entry(ABC):
    """A model on the shelf, loaded or not.

    Attributes:
        name: What it is asked for by.
        config: What its config.json says; None if it says nothing usable, or nothing yet.
        problem: One line on why the model cannot be used, as far as is known, or None.
        moves: Whether newer revisions may come, for which `news` and `fetch_newest` are.
    """

    name: str
    config: ModelConfig | None
    problem: str | None
    moves = False

    @abstractmethod
    def is_here(self, revision: str | None = None) -> bool:
        """Whether `locate` needs no network."""

    @abstractmethod
    def locate(self, revision: str | None = None, fetch: bool = True) -> Place:
        """Where the release is, brought here if need be.

        Args:
            revision: Which; None for the one that the shelf shows.
            fetch: Whether the network may be asked.

        Raises:
            RequestError: that revision is not to be had.
            ReleaseError: the model is not.
        """

    @abstractmethod
    def loading_code(self, revision: str) -> str:
        """The Python expression that loads that revision."""

    def loaded(self, place: Place, config: ModelConfig) -> None:  # noqa: B027 - most have nothing to remember
        """A release of it turned out well."""

    def failed(self, place: Place, problem: str) -> None:  # noqa: B027
        """A release of it turned out to be malformed."""

    def news(self, at_once: bool = False) -> News:
        """Look for a newer revision, which may take some seconds.

        Args:
            at_once: Ask even if that was done a moment ago.
        """
        return News()

    def fetch_newest(self) -> Place:
        """Bring the newest revision here; `settle` makes it the one that is shown.

        Raises:
            ReleaseError: it cannot be had now.
        """
        raise RequestError(f"{self.name} has one revision only")

    def settle(self, place: Place) -> None:
        """Show this release from now on."""
        raise RequestError(f"{self.name} has one revision only")


class FolderEntry(Entry):
    """A release folder."""

    def __init__(self, folder: Path, name: str | None = None, shown: str | None = None) -> None:
        """Read its config.json, no weights.

        Args:
            folder: Which.
            name: What the model is asked for by; as the folder is called if not given.
            shown: The folder as code of a user names it; one below weights/ if not given.
        """
        self.name = folder.name if name is None else name
        self._shown = f"weights/{self.name}" if shown is None else shown
        self.config = None
        self.problem = None
        self._folder = folder
        try:
            self.config = read_config(folder)
        except ReleaseError as error:
            self.problem = public(error, folder, self.name)

    def is_here(self, revision: str | None = None) -> bool:
        """Always."""
        return True

    def locate(self, revision: str | None = None, fetch: bool = True) -> Place:
        """The folder, whatever revision is asked: which one it holds is known when it is loaded."""
        if self.problem is not None:
            raise ReleaseError(self.problem)
        return Place(self._folder, None)

    def loading_code(self, revision: str) -> str:
        """As seen from the project's folder."""
        return f"AMGAN.from_pretrained({self._shown!r})"


def is_named_by(revision: str, asked: str) -> bool:
    """Whether `asked` is a revision or enough of its first digits."""
    return revision == asked or (len(asked) >= LEAST_DIGITS and revision.startswith(asked))


def public(error: Exception, folder: Path, name: str) -> str:
    """What an error says, with the model's name in place of the server's path."""
    return str(error).replace(str(folder), name)
