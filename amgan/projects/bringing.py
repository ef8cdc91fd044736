"""Photos brought into a project, read as a training reads them; what cannot be read is named and left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from amgan.data.decoded_pictures import DECODE_CHUNK, BrokenPicture
from amgan.data.picture_files import printable
from amgan.data.reasons import Reason, both
from amgan.errors import BusyError, DataError
from amgan.projects.folder import Project
from amgan.projects.labels import labels_of
from amgan.projects.reading import PhotoFile, Reader, reading_here
from amgan.projects.thumbs import keep_thumb
from amgan.whole_files import write_whole

if TYPE_CHECKING:
    from amgan.data.archives import Unpacking

MOST_PHOTOS = 5000
"""Of a project: each is compared with each."""

LONGEST_NAME = 200


@dataclass
class Brought:
    """What came of it.

    Attributes:
        added: New photos.
        there: Photos that were in the project before, or twice among these.
        labelled: New photos whose class was known.
        broken: What cannot be read, and why.
        left_out: Files that are no photos; None if there are none.
    """

    added: int = 0
    there: int = 0
    labelled: int = 0
    broken: list[BrokenPicture] = field(default_factory=list)
    left_out: Reason | None = None

    def add(self, other: Brought) -> None:
        """What came of more of them."""
        self.added += other.added
        self.there += other.there
        self.labelled += other.labelled
        self.broken += other.broken
        self.left_out = both(self.left_out, other.left_out)


class NothingBroughtError(DataError):
    """None of the files is a photo that can be read.

    Attributes:
        brought: What they are.
    """

    def __init__(self, problem: Reason, brought: Brought) -> None:
        super().__init__(problem)
        self.brought = brought


Told = Callable[[int], None]
"""Is told how many more files were read."""


def bring(
    project: Project,
    sources: Sequence[str],
    who: str,
    reading: Callable[[], AbstractContextManager[Reader]] = reading_here,
    unpacking: Unpacking | None = None,
    told: Told = lambda count: None,
) -> Brought:
    """Copy photos into a project. Where folders or a table say their class, they are labelled so.

    Args:
        project: The project.
        sources: Photos, folders, archives, data sets or ids of the Hub.
        who: Whoever brings them.
        reading: Reads them.
        unpacking: How archives are unpacked; None for the usual bounds.
        told: Is told of what is done.

    Raises:
        NothingBroughtError: there is no photo among them, or none that can be read.
        DataError: one cannot be used, or they are more than `MOST_PHOTOS`; then nothing is added.
        BusyError: others are being brought into the project.
        OSError: the project cannot be written.
    """
    with _alone(project):
        before, brought = labels_of(project.log.read()), Brought()
        coming = _Coming(project, brought, set(before.names), told)
        try:
            with reading() as reader:
                _take_all(coming, sources, reader, unpacking)
        except BaseException:
            for name in coming.added:
                (project.photos / name).unlink(missing_ok=True)
            raise
        if brought.broken and not (coming.added or brought.there):
            first = brought.broken[0]
            count, name = str(len(brought.broken)), first.name
            why = Reason("none_readable", {"count": count, "name": name, "reason": first.reason})
            raise NothingBroughtError(why, brought)
        if not (coming.added or brought.there):
            places, others = {"sources": ", ".join(sources)}, brought.left_out
            none = Reason("only_others", {**places, "left_out": others}) if others else Reason("no_photos", places)
            raise NothingBroughtError(none, brought)
        if coming.added:
            project.log.add("add", who, added=coming.added)
        if coming.labels:
            called = {name: before.class_of(name) for name in set(coming.labels.values())}
            project.log.add("label", who, labels={photo: called[name] for photo, name in coming.labels.items()})
    brought.added, brought.labelled = len(coming.added), len(coming.labels)
    return brought


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Two who bring the same photo would write one file."""
    lock = FileLock(project.folder / "photos.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(Reason("photos_coming", {"folder": str(project.folder)})) from error
    try:
        yield
    finally:
        lock.release()


@dataclass
class _Coming:
    project: Project
    brought: Brought
    known: set[str]
    told: Told
    added: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


def _take_all(coming: _Coming, sources: Sequence[str], reader: Reader, unpacking: Unpacking | None) -> None:
    from amgan.data.archives import at_hand, is_archive  # `datasets` takes a second to import

    alone = [source for source in sources if Path(source).is_file() and not is_archive(Path(source))]
    _take(coming, [PhotoFile(Path(file).name, Path(file)) for file in alone], reader)
    for source in sources:
        if source not in alone:
            with at_hand(source, unpacking) as (place, packed):
                files, left_out = _files(place)
                coming.brought.left_out = both(coming.brought.left_out, left_out, packed)
                _take(coming, files, reader)


def _files(source: str) -> tuple[Iterable[PhotoFile], Reason | None]:
    from amgan.data.folder import pictures_without_classes
    from amgan.data.table import files_of, image_column_of, label_column_of, labels_of, open_table

    folder = Path(source)
    if folder.is_dir() and (found := pictures_without_classes(folder)) is not None:
        pictures, left_out = found
        _check_count(source, len(pictures))
        return (PhotoFile(str(file.relative_to(folder)), file) for file in pictures), left_out
    table, left_out = open_table(source, "train")
    _check_count(source, len(table))
    image_column = image_column_of(table, source)
    numbers, names = labels_of(table, source, label_column_of(table, source, image_column))

    def rows() -> Iterator[PhotoFile]:
        for row, (cell, number) in enumerate(zip(files_of(table, source, image_column)[image_column], numbers)):
            path = (cell or {}).get("path") or f"row {row}"
            content = (cell or {}).get("bytes") or (Path(path) if cell and cell.get("path") else b"")
            name = os.path.relpath(path, source) if Path(path).is_relative_to(source) else path
            yield PhotoFile(name, content, names[number] if number >= 0 else None)

    return rows(), left_out


def _check_count(source: str, count: int) -> None:
    if count > MOST_PHOTOS:
        raise DataError(Reason("many_in", {"source": source, "most": f"{MOST_PHOTOS:,}", "count": f"{count:,}"}))


def _take(coming: _Coming, files: Iterable[PhotoFile], reader: Reader) -> None:
    for part in _chunks(files):
        for file, read in zip(part, reader(part)):
            if isinstance(read, BrokenPicture):
                coming.brought.broken.append(read)
                continue
            if read.name in coming.known:
                coming.brought.there += 1
                continue
            if len(coming.known) >= MOST_PHOTOS:
                raise DataError(Reason("many_together", {"most": f"{MOST_PHOTOS:,}"}))
            content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
            write_whole(coming.project.photos / read.name, content)
            keep_thumb(coming.project, read.name, read.thumb)
            coming.known.add(read.name)
            coming.added[read.name] = printable(file.name)[-LONGEST_NAME:]
            if file.label is not None:
                coming.labels[read.name] = file.label
        coming.told(len(part))


def _chunks(files: Iterable[PhotoFile]) -> Iterator[list[PhotoFile]]:
    part: list[PhotoFile] = []
    for file in files:
        part.append(file)
        if len(part) == DECODE_CHUNK:
            yield part
            part = []
    yield part
