"""The folder of a project: plain files, which git or a zip carries.

``project.json`` its title; ``photos/`` the photos as they came, named by their content; ``labels.jsonl`` what people
did (`acts.py`); ``runs/`` a folder a training; ``reviews.sqlite`` what people said; ``.cache/`` what can be made anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from amgan.data.reasons import Reason
from amgan.errors import ConfigError, RequestError
from amgan.projects.acts import ActLog
from amgan.whole_files import write_whole

PROJECT_FILE = "project.json"
FORMAT_VERSION = 1
LONGEST_TITLE = 100
"""That of a review, which says the run as well, has 120."""


@dataclass(frozen=True)
class Project:
    """A project.

    Attributes:
        folder: Where it is.
        title: What it is called.
    """

    folder: Path
    title: str

    @classmethod
    def create(cls, folder: Path, title: str) -> Project:
        """Make a folder a project; one that is a project is opened, and keeps its title.

        Raises:
            ConfigError: it holds something else, or the title is too long.
            OSError: it cannot be written.
        """
        if (folder / PROJECT_FILE).exists():
            return cls.open(folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigError(f"{folder} holds something else already; choose a new folder for the project")
        title = " ".join(title.split())
        if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
            raise ConfigError(Reason("bad_title", {"most": str(LONGEST_TITLE)}))
        (folder / "photos").mkdir(parents=True, exist_ok=True)
        content = {"format_version": FORMAT_VERSION, "title": title}
        write_whole(folder / PROJECT_FILE, json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n")
        return cls(folder, title)

    @classmethod
    def open(cls, folder: Path) -> Project:
        """Open a project.

        Raises:
            ConfigError: there is none, one of a newer version, or something in it is a link.
        """
        try:
            content = json.loads((folder / PROJECT_FILE).read_bytes())
            version, title = content["format_version"], str(content["title"])
        except FileNotFoundError as error:
            raise ConfigError(f"{folder} is no project; amgan project new {folder} --photos ... makes one") from error
        except (ValueError, TypeError, KeyError) as error:
            raise ConfigError(Reason("file_broken", {"file": str(folder / PROJECT_FILE)})) from error
        for path in folder.iterdir():
            if path.is_symlink():  # a folder from anywhere would have files elsewhere changed
                raise ConfigError(Reason("link_within", {"file": str(path)}))
        if version != FORMAT_VERSION:
            values = {"folder": str(folder), "format": f"{version!r:.20}", "known": str(FORMAT_VERSION)}
            raise ConfigError(Reason("newer_project", values))
        return cls(folder, title[:LONGEST_TITLE])

    def content(self, file: Path) -> bytes:
        """What a file of the project holds, for whoever is shown it.

        Raises:
            RequestError: there is none, or a link leads out of the project.
            OSError: it cannot be read.
        """
        self.check_own(file)
        return file.read_bytes()

    def check_own(self, file: Path) -> None:
        """Let only files of the project pass, for whoever is shown them.

        Raises:
            RequestError: there is none, or a link leads out of the project.
        """
        if not file.resolve().is_relative_to(self.folder.resolve()) or not file.is_file():
            raise RequestError(Reason("no_file"))

    @property
    def photos(self) -> Path:
        """The folder of the photos, which with its metadata.jsonl is a data set."""
        return self.folder / "photos"

    @property
    def log(self) -> ActLog:
        """What people did to the labels."""
        return ActLog(self.folder / "labels.jsonl")

    @property
    def runs(self) -> Path:
        """The folder of the trainings."""
        return self.folder / "runs"

    @property
    def reviews(self) -> Path:
        """The file of the reviews."""
        return self.folder / "reviews.sqlite"

    @property
    def cache(self) -> Path:
        """The folder of what can be made anew."""
        return self.folder / ".cache"
