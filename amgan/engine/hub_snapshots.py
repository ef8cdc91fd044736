"""What the cache holds of one repository of the Hub, known to all entries of a shelf that show something of it.

Visitors' links bring any commit of it; of those a few stay, and never is one taken away that an entry shows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from amgan.engine.shelf_entry import Place
from amgan.errors import ReleaseError
from amgan.hub.fetching import fetch_release, forget_release

MOST_KEPT = 16
"""Snapshots that only visitors' links want; a release has up to 2 GB, most have a few MB."""


class Snapshots:
    """The snapshots of one repository. Safe to use from several threads."""

    def __init__(self, repo_id: str) -> None:
        """Know none yet; nothing is asked of the Hub or the disk.

        Args:
            repo_id: "user/name".
        """
        self.repo_id = repo_id
        self._folders: dict[str, Path] = {}
        self._shown: dict[str, str] = {}
        self._brought: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[str]:
        """The commits that are known to be here."""
        return iter(list(self._folders))

    def place(self, commit: str) -> Place | None:
        """Where a commit is, if it is known to be here."""
        folder = self._folders.get(commit)
        return None if folder is None else Place(folder, commit)

    def fetch(self, revision: str | None) -> Place:
        """Bring a revision here, None for the main branch; see `fetch_release`."""
        return self._found(*fetch_release(self.repo_id, revision))

    def cached(self, revision: str) -> Place | None:
        """A revision, if the cache holds it; nothing is asked of the Hub."""
        try:
            return self._found(*fetch_release(self.repo_id, revision, local_files_only=True))
        except ReleaseError:
            return None

    def bring(self, commit: str) -> Place:
        """Fetch a commit that a link names. Of what links brought the oldest gives way, if no entry shows it."""
        place = self.fetch(commit)
        with self._lock:
            self._brought[commit] = None
            self._brought.move_to_end(commit)
            unseen = [brought for brought in self._brought if brought not in self._shown.values()]
            for oldest in unseen[: max(0, len(unseen) - MOST_KEPT)]:
                del self._brought[oldest]
                self._folders.pop(oldest, None)
                forget_release(self.repo_id, oldest)
        return place

    def show(self, name: str, commit: str) -> None:
        """The entry of that name shows this commit from now on, in place of what it showed before."""
        with self._lock:
            self._shown[name] = commit

    def drop(self, commit: str) -> None:
        """A commit turned out to be malformed here; it is fetched again when it is asked for again."""
        self._folders.pop(commit, None)

    def _found(self, folder: Path, commit: str) -> Place:
        self._folders[commit] = folder
        return Place(folder, commit)
