"""Releases that wait to be pushed: copies in the run's folder, which a failure or a kill does not lose."""

from __future__ import annotations

import contextlib
import re
import shutil
import threading
from pathlib import Path

from amgan.release.folder import RELEASE_FILES
from amgan.whole_files import removing_half

FOLDER = "unpushed"
OWN_TAGS_FILE = "pushed-tags.txt"
TAG = re.compile(r"step-(\d{7,})", re.ASCII)
UNFINISHED = "writing-"
"""Start of the names of copies that are being written, and may be left over by a kill."""

MAX_WAITING = 20
"""How many releases wait for a Hub that is away; then the oldest gives way, since a disk ends somewhere."""


def step_tag(step: int) -> str:
    """The tag of a step's release, such as step-0010000."""
    return f"step-{step:07d}"


def step_of(tag: str) -> int | None:
    """The step of a tag that `step_tag` gave, None for another one."""
    match = TAG.fullmatch(tag)
    return int(match[1]) if match else None


class OwnTags:
    """The tags that a run made or tried to make, its earlier parts included; others of that name are not its own."""

    def __init__(self, out: Path) -> None:
        self._file = out / OWN_TAGS_FILE
        self._tags: set[str] = set()
        with contextlib.suppress(OSError, UnicodeDecodeError):
            self._tags.update(self._file.read_text(encoding="utf-8").split())

    def __contains__(self, tag: str) -> bool:
        return tag in self._tags

    def add(self, tag: str) -> None:
        """Remember a tag, before it is made. Where it cannot be written, it is forgotten with the process."""
        if tag in self._tags:
            return
        self._tags.add(tag)
        with contextlib.suppress(OSError), self._file.open("a", encoding="utf-8") as file:
            file.write(f"{tag}\n")


class UnpushedReleases:
    """The waiting releases of one run, `out`/unpushed/<tag>, those of an earlier part of the run included.

    One thread may add while another takes the oldest and removes it.
    """

    def __init__(self, out: Path) -> None:
        self.folder = out / FOLDER
        self._lock = threading.Lock()
        self._in_work: str | None = None
        for left_over in self.folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        self._tags = {path.name for path in self.folder.glob("*") if TAG.fullmatch(path.name)}

    @property
    def tags(self) -> list[str]:
        """What waits or is in work, in the order of the steps."""
        with self._lock:
            return self._in_order()

    def add(self, release: Path, tag: str) -> str | None:
        """Copy a release folder, in place of one that waits under this tag.

        Returns:
            The tag of the release that had to give way, if one had to.

        Raises:
            OSError: it could not be copied.
        """
        writing = self.folder / f"{UNFINISHED}{tag}"
        shutil.rmtree(writing, ignore_errors=True)
        with removing_half(writing):
            writing.mkdir(parents=True)
            for name in RELEASE_FILES:
                if (release / name).is_file():
                    shutil.copyfile(release / name, writing / name)
        with self._lock:
            if tag == self._in_work:  # left over by an earlier part of the run, and of the same step
                shutil.rmtree(writing)
                return None
            shutil.rmtree(self.folder / tag, ignore_errors=True)
            writing.rename(self.folder / tag)
            self._tags.add(tag)
            idle = [waiting for waiting in self._in_order() if waiting != self._in_work]
            if len(idle) <= MAX_WAITING:
                return None
            self._remove(idle[0])
            return idle[0]

    def take(self) -> str | None:
        """The oldest, which is in work from now on, until it is removed or put back."""
        with self._lock:
            self._in_work = next(iter(self._in_order()), None)
            return self._in_work

    def put_back(self) -> None:
        """Let what is in work wait again."""
        with self._lock:
            self._in_work = None

    def remove(self, tag: str) -> None:
        """Take a release away for good."""
        with self._lock:
            self._in_work = None
            self._remove(tag)

    def _remove(self, tag: str) -> None:
        self._tags.discard(tag)
        shutil.rmtree(self.folder / tag, ignore_errors=True)
        with contextlib.suppress(OSError):  # others are in there
            self.folder.rmdir()

    def _in_order(self) -> list[str]:
        return sorted(self._tags, key=lambda tag: step_of(tag) or 0)
