"""The projects of a server: a folder each in one folder, found by checked names, and no more than it takes."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from amgan.data.reasons import Reason
from amgan.errors import AmganError, ConfigError, RequestError, UnknownProjectError
from amgan.private_files import make_private_folder, user_data_folder
from amgan.projects.folder import PROJECT_FILE, Project

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)

MOST_PROJECTS = 50
"""Of a room."""

LONGEST_START = 40
"""So many letters of a title become the name of its folder."""


class ProjectRoom:
    """The folder. Other processes may make projects in it, too."""

    def __init__(self, folder: Path | None = None) -> None:
        """Keep it; it is made with the first project.

        Args:
            folder: Which; one in the user's own data folder if not given.
        """
        self.folder = folder or user_data_folder() / "projects"

    @property
    def projects(self) -> list[Project]:
        """Those of the projects that can be opened."""
        found = []
        for name in self.names:
            with suppress(AmganError, OSError):
                found.append(self.open(name))
        return found

    @property
    def names(self) -> list[str]:
        """Of all projects, the one that was changed last first."""
        try:
            inside = list(self.folder.iterdir())
        except FileNotFoundError:
            return []
        found = [path for path in inside if NAME.fullmatch(path.name) and not path.is_symlink()]
        found = [path for path in found if (path / PROJECT_FILE).is_file()]
        return [path.name for path in sorted(found, key=lambda path: (-path.stat().st_mtime, path.name))]

    def open(self, name: str) -> Project:
        """A project by the name of its folder.

        Raises:
            UnknownProjectError: there is none.
            ConfigError: it cannot be opened.
        """
        folder = self.folder / name
        if not NAME.fullmatch(name) or folder.is_symlink() or not (folder / PROJECT_FILE).is_file():
            raise UnknownProjectError(Reason("no_project"))
        return Project.open(folder)

    def create(self, title: str) -> Project:
        """Make a project, in a folder that is called like it as far as addresses allow.

        Raises:
            RequestError: there are `MOST_PROJECTS` already, or it cannot be called so.
            OSError: it cannot be written.
        """
        make_private_folder(self.folder)
        with FileLock(self.folder / ".lock"):
            names = {name.lower() for name in self.names}
            if len(names) >= MOST_PROJECTS:
                raise RequestError(Reason("many_projects", {"most": str(MOST_PROJECTS)}))
            start = _start(title)
            tries = (start if number == 1 else f"{start}-{number}" for number in range(1, MOST_PROJECTS + 2))
            name = next(name for name in tries if name not in names and not (self.folder / name).exists())
            try:
                return Project.create(self.folder / name, title)
            except ConfigError as error:
                raise RequestError(Reason.of(error)) from error


def _start(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_START].strip("-") or "project"
