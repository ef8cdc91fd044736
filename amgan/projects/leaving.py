"""Labels that leave a project: as metadata.jsonl beside its photos, or as a folder with a subfolder a class."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from amgan.data.class_folders import class_folder
from amgan.errors import ConfigError
from amgan.projects.folder import Project
from amgan.projects.labels import Labels
from amgan.whole_files import replacing_folder, write_whole

METADATA = "metadata.jsonl"
UNLABELLED_FOLDER = "unlabelled"
PART = 2**20


def write_metadata(project: Project, labels: Labels) -> Path:
    """Make the folder of the photos a data set, in which what is left out has no row and what is open no class.

    Returns:
        The folder, for `train --data` and for `datasets`.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(project.photos / METADATA, _metadata(labels))
    return project.photos


def _metadata(labels: Labels) -> bytes:
    rows = [{"file_name": name, "label": labels.classes.get(name)} for name in labels.photos]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def check_photos(project: Project, labels: Labels) -> None:
    """Let photos pass that are the project's own files.

    Raises:
        RequestError: one is gone, or a link to elsewhere.
    """
    for photo in labels.photos:
        project.check_own(project.photos / photo)


def write_class_folders(project: Project, labels: Labels, out: Path) -> Path:
    """Copy the photos into a subfolder of their class each, or into `UNLABELLED_FOLDER`.

    Raises:
        ConfigError: there is such a folder already.
        RequestError: a photo is gone, or a link to elsewhere.
        OSError: it cannot be written; then nothing is left of it.
    """
    check_photos(project, labels)
    if out.exists():
        raise ConfigError(f"{out} is there already; choose another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing_folder(out) as writing:
        writing.mkdir()
        for photo in labels.photos:
            place = writing / _folder_of(labels, photo)
            place.mkdir(exist_ok=True)
            shutil.copyfile(project.photos / photo, place / photo)
    return out


def zipped(project: Project, labels: Labels, in_folders: bool) -> Iterator[bytes]:
    """The photos with their labels as a zip, part by part, so that it needs no room anywhere.

    Args:
        project: Which.
        labels: Its labels.
        in_folders: With a subfolder a class, in place of metadata.jsonl beside the photos.

    Raises:
        OSError: a photo cannot be read; then the zip is cut short.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as zipping:  # photos do not shrink
        if not in_folders:
            zipping.writestr(METADATA, _metadata(labels))
        for photo in labels.photos:
            name = f"{_folder_of(labels, photo)}/{photo}" if in_folders else photo
            with (project.photos / photo).open("rb") as file, zipping.open(name, "w") as entry:
                while part := file.read(PART):
                    entry.write(part)
                    yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Takes what is written until it is asked for it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def _folder_of(labels: Labels, photo: str) -> str:
    name = labels.classes.get(photo)
    return UNLABELLED_FOLDER if name is None else class_folder(name)
