"""Files on their way into a project: said first, then sent in parts, kept in incoming/ until they are brought in.

A file is known by an id that whoever sends it chooses, so that it goes on where a broken line left it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path, PurePosixPath

from filelock import FileLock

from amgan.data.archives import DEEPEST, LONGEST_NAME, is_archive
from amgan.data.picture_files import HEIC_SUFFIXES, picture_suffixes
from amgan.data.reasons import Reason, UnusableFileError
from amgan.errors import RequestError, UnknownProjectError
from amgan.projects.bringing import MOST_PHOTOS
from amgan.projects.folder import Project
from amgan.whole_files import sync_folder

UPLOAD_ID = re.compile(r"[0-9a-f]{16,64}", re.ASCII)

MOST_PHOTO_BYTES = 100 * 2**20
MOST_PROJECT_BYTES = 10 * 2**30
"""What the photos of a project and what is on its way to it may take together."""

LEFT_FREE = 2**30
"""So many bytes of the disk stay free."""

KEPT_SECONDS = 3 * 86_400.0
"""A file whose rest does not come is removed then."""

NOT_EXPECTED = Reason("not_expected")

ARCHIVES = (".zip",)
LABELS = (".csv", ".jsonl")
"""Beside photos such a file may say their classes."""


@dataclass(frozen=True)
class Upload:
    """A file that is to come, or has come in part.

    Attributes:
        id: Names it.
        name: What it is called, with the folders that it lies in.
        size: In bytes.
        received: How many of them are here.
    """

    id: str
    name: str
    size: int
    received: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return self.received == self.size


@dataclass(frozen=True)
class Refused:
    """A file that is not taken, and why."""

    name: str
    reason: Reason


class Uploads:
    """Those of a project; several processes may add to them at once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.folder = project.folder / "incoming"

    @property
    def all(self) -> list[Upload]:
        """In the order of their names."""
        found = []
        for file in self.folder.glob("*.json"):
            try:
                content = json.loads(file.read_bytes())
                data = file.with_suffix("")
                received = data.stat().st_size if data.exists() else 0
                found.append(Upload(file.stem, content["name"], content["size"], received))
            except (OSError, ValueError, TypeError, KeyError):  # it was removed just now, or is not ours
                continue
        return sorted(found, key=lambda upload: upload.name)

    @property
    def whole(self) -> list[Upload]:
        """Those that have come."""
        return [upload for upload in self.all if upload.is_whole]

    def expect(self, files: Sequence[Upload], photos: int) -> list[Upload | Refused]:
        """Say which files are to come.

        Args:
            files: Which.
            photos: So many the project has already.

        Returns:
            Each with what is here of it already, or why it is not taken.

        Raises:
            RequestError: all of them together are more than the project or the disk takes; then none is expected.
            OSError: the project cannot be written.
        """
        self.folder.mkdir(exist_ok=True)
        with self._lock():
            self._remove_old()
            known = {upload.id: upload for upload in self.all}
            answers: list[Upload | Refused] = []
            coming: dict[str, Upload] = {}
            for file in files:
                reason = _why_not(file)
                if reason:
                    answers.append(Refused(file.name, reason))
                    continue
                same = known.get(file.id)
                if same and (same.name, same.size) != (file.name, file.size):
                    answers.append(Refused(file.name, Reason("same_id")))
                    continue
                answers.append(same or file)
                if not same:
                    coming[file.id] = file
            self._check_room(coming, known, photos)
            for file in coming.values():
                content = {"name": file.name, "size": file.size}
                (self.folder / f"{file.id}.json").write_text(json.dumps(content), encoding="utf-8")
                if not file.size:
                    (self.folder / file.id).touch()
        return answers

    def add(self, upload_id: str, offset: int, content: bytes) -> int:
        """Add a part of a file. One that does not follow what is here is passed over.

        Returns:
            How many bytes are here then; when all are, they are on the disk.

        Raises:
            UnknownProjectError: no such file is expected.
            RequestError: it is more than the file was said to have.
            OSError: it cannot be written; then what was here before still is.
        """
        note, file = self.folder / f"{upload_id}.json", self.folder / upload_id
        if not UPLOAD_ID.fullmatch(upload_id) or not note.is_file():
            raise UnknownProjectError(NOT_EXPECTED)
        with self._lock(), self._expected(note, file) as (writing, size):
            received = writing.tell()
            if offset != received:
                return received
            if offset + len(content) > size:
                raise RequestError(Reason("more_than_said", {"size": f"{size:,}"}))
            try:
                if writing.write(content) != len(content):
                    os.write(writing.fileno(), content[writing.tell() - received :])  # which says why
                if offset + len(content) == size:
                    os.fsync(writing.fileno())
                    with note.open("rb+") as noted:  # thousands are said at once; only now do they count
                        os.fsync(noted.fileno())
                    sync_folder(self.folder)
            except OSError:
                writing.truncate(received)
                raise
        return offset + len(content)

    def laid_out(self, uploads: Sequence[Upload], place: Path) -> list[list[str]]:
        """Lay files out as they lay where they come from, and say what is to be read together.

        Args:
            uploads: Which; they stay, until it is known that they were brought in.
            place: An empty folder on the same disk.

        Returns:
            Sources for `bring`: the photos that lie in no folder, each archive, and each data set of folders.
        """
        alone, archives, tops, deepest = [], [], [], 0
        for upload in uploads:
            parts = PurePosixPath(upload.name).parts
            target = _free(place.joinpath("folders" if len(parts) > 1 else "files", *parts))
            target.parent.mkdir(parents=True, exist_ok=True)
            _same_file(self.folder / upload.id, target)
            if is_archive(target):
                archives.append([str(target)])
            elif len(parts) > 1:
                deepest = max(deepest, len(parts))
                tops.append(parts[0])
            else:
                alone.append(str(target))
        tops = sorted(set(tops))
        # Several folders of photos are classes, if they do not hold such folders themselves.
        folders = [place / "folders" / top for top in tops] if len(tops) == 1 or deepest > 2 else [place / "folders"]
        together = [[str(folder)] for folder in folders if tops]
        return [each for each in (alone, *together, *archives) if each]

    def remove(self, uploads: Sequence[Upload]) -> None:
        """Remove those that were brought in, or that nobody wants any more."""
        if uploads:
            with self._lock():
                self._remove(uploads)

    @staticmethod
    @contextmanager
    def _expected(note: Path, file: Path) -> Iterator[tuple[FileIO, int]]:
        if not note.is_file():  # it was removed just now, and must not be there again without a word of it
            raise UnknownProjectError(NOT_EXPECTED)
        with file.open("ab", buffering=0) as writing:
            yield writing, json.loads(note.read_bytes())["size"]

    def _remove(self, uploads: Sequence[Upload]) -> None:
        for upload in uploads:
            # In this order: one that is cut off here has come whole still.
            (self.folder / f"{upload.id}.json").unlink(missing_ok=True)
            (self.folder / upload.id).unlink(missing_ok=True)

    def _lock(self) -> FileLock:
        return FileLock(self.folder / ".lock")

    def _remove_old(self) -> None:
        oldest = time.time() - KEPT_SECONDS
        for upload in self.all:
            file = self.folder / upload.id
            newest = (file if file.exists() else file.with_suffix(".json")).stat().st_mtime
            if not upload.is_whole and newest < oldest:
                self._remove([upload])

    def _check_room(self, coming: dict[str, Upload], known: dict[str, Upload], photos: int) -> None:
        count = photos + len(coming) + len(known)
        if count > MOST_PHOTOS:
            raise RequestError(Reason("many_photos", {"most": f"{MOST_PHOTOS:,}", "count": f"{count:,}"}))
        more = sum(upload.size for upload in coming.values())
        others = sum(upload.size for upload in known.values())
        kept = sum(entry.stat().st_size for entry in os.scandir(self._project.photos))
        if kept + others + more > MOST_PROJECT_BYTES:
            values = {"most": in_gigabytes(MOST_PROJECT_BYTES), "size": in_gigabytes(kept + others + more)}
            raise RequestError(Reason("many_bytes", values))
        free = shutil.disk_usage(self.folder).free - sum(upload.size - upload.received for upload in known.values())
        if free < more + LEFT_FREE:
            values = {"left": in_gigabytes(max(free, 0)), "size": in_gigabytes(more)}
            raise RequestError(Reason("little_room", values))


def in_gigabytes(count: int) -> str:
    """Bytes in words, in units of 10^9, with one decimal."""
    return f"{count / 1e9:.1f}"


def safe_name(text: str) -> str:
    """The name of a file with its folders, which leads nowhere else.

    Raises:
        UnusableFileError: it does, or is too long.
    """
    parts = unicodedata.normalize("NFC", text).replace("\\", "/").split("/")
    parts = [part.strip() for part in parts if part.strip() not in ("", ".")]
    if not parts or ".." in parts or not all(map(str.isprintable, parts)):
        raise UnusableFileError(Reason("leads_out"))
    if len(parts) > DEEPEST or any(len(part.encode("utf-8", "replace")) > LONGEST_NAME - 20 for part in parts):
        raise UnusableFileError(Reason("long_name"))
    return "/".join(parts)


def _why_not(file: Upload) -> Reason | None:
    suffix = PurePosixPath(file.name).suffix.lower()
    if not UPLOAD_ID.fullmatch(file.id):
        return Reason("bad_id")
    if suffix in HEIC_SUFFIXES and suffix not in picture_suffixes():
        return Reason("heic_here")
    if suffix not in (*picture_suffixes(), *ARCHIVES, *LABELS):
        return Reason("other_kind")
    if file.size > (MOST_PROJECT_BYTES if suffix in ARCHIVES else MOST_PHOTO_BYTES):
        return Reason("large_zip" if suffix in ARCHIVES else "large_photo", {"size": in_gigabytes(file.size)})
    return None


def _same_file(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:  # of a disk that knows no links
        shutil.copyfile(file, target)


def _free(target: Path) -> Path:
    """A place that nothing is at: two photos may be called the same."""
    names = (target if not number else target.with_stem(f"{target.stem}-{number}") for number in range(MOST_PHOTOS + 1))
    return next(name for name in names if not name.exists())
