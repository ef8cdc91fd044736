"""Data sets that come as one archive: unpacked while they are read, within bounds that no archive can break."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple, Protocol

from amgan.data.class_folders import SPLIT_NAMES
from amgan.data.file_tree import PassedOver, direct_files, is_helper, subfolders
from amgan.data.labels_beside import labels_in
from amgan.data.manifest import read_manifest
from amgan.data.picture_files import TABLE_SUFFIXES, is_picture, why_left_out
from amgan.data.reasons import Reason
from amgan.errors import DataError, one_line, some_of
from amgan.whole_files import FULL

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

MOST_MEMBERS = 1_000_000
"""So many files and folders an archive may have."""

MOST_BYTES = 100 * 2**30
"""So much may come out of an archive, and never more than the disk has left."""

MOST_RATIO = 200
"""So many times its own size may come out of an archive beyond `SMALL`: pictures hardly shrink at all."""

SMALL = 256 * 2**20

DEEPEST = 32
"""So many folders may lie one in the other."""

LONGEST_NAME = 255

CHUNK = 2**20

UNICODE_FLAG = 0x800
FILE_KIND, PLAIN_FILE = 0o170000, 0o100000

COMPRESSED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
FORMAT_ERRORS = (zipfile.BadZipFile, tarfile.TarError)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def is_archive(path: Path) -> bool:
    """Whether a file is called like an archive that can be unpacked here."""
    return path.is_file() and path.name.lower().endswith(SUFFIXES)


def archive_in(folder: Path) -> Path | None:
    """The archive of a folder that holds nothing else but notes; a lone .tar may be a data set as it is.

    Raises:
        DataError: there are several.
    """
    beside = [path for path in folder.iterdir() if not is_helper(path.name)]
    archives = sorted(path for path in beside if is_archive(path) and path.suffix.lower() != ".tar")
    if not archives or any(path.is_dir() for path in beside):
        return None
    if len(archives) > 1:
        names = some_of([path.name for path in archives])
        raise DataError(Reason("several_archives", {"folder": str(folder), "names": names}))
    return archives[0]


class Unpacking(NamedTuple):
    """How much may come out of an archive, in bytes, and the folder in which that is for the time being."""

    most_bytes: int
    place: Path | None = None


@contextmanager
def at_hand(source: str, unpacking: Unpacking | None = None) -> Iterator[tuple[str, Reason | None]]:
    """What a data set is called, or where its files are for the time being if it is an archive.

    Args:
        source: The data set.
        unpacking: How archives are unpacked; None for the usual bounds.

    Returns:
        That, and what of the archive is not unpacked.

    Raises:
        DataError: the archive cannot be read, is encrypted, leads out of its folder or is larger than the bounds.
    """
    path, archive = Path(source), None
    with suppress(OSError):  # which whoever reads the folder says
        archive = path if is_archive(path) else archive_in(path) if path.is_dir() else None
    if archive is None:
        yield source, None
        return
    unpacking = unpacking or Unpacking(MOST_BYTES)
    with tempfile.TemporaryDirectory(prefix="amgan-data-", dir=unpacking.place) as place:
        left_out = _unpack(archive, Path(place), unpacking.most_bytes)
        folder = _inmost(Path(place))
        try:
            yield str(folder), left_out
        except DataError as error:
            raise type(error)(Reason.of(error).replace(str(folder), str(archive))) from error


def _unpack(archive: Path, place: Path, most: int) -> Reason | None:
    # Links and special files are left out: nothing that is written can lie elsewhere.
    allowed = min(most, max(SMALL, MOST_RATIO * archive.stat().st_size), shutil.disk_usage(place).free)
    hidden, links = [], 0
    try:
        for number, member in enumerate(_members(archive, _Budget(allowed))):
            if number >= MOST_MEMBERS:
                raise DataError(Reason("archive_many", {"most": f"{MOST_MEMBERS:,}"}))
            target = _target(place, member.name)
            if any(map(is_helper, target.relative_to(place).parts)):
                hidden.append(target)
            elif member.is_folder:
                target.mkdir(parents=True, exist_ok=True)
            elif member.content is None:
                links += 1
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(member.content, file, CHUNK)
    # RuntimeError and NotImplementedError are zipfile's words for a password and an unknown compression.
    except (OSError, EOFError, RuntimeError, ValueError, zlib.error, lzma.LZMAError, *FORMAT_ERRORS) as error:
        raise DataError(Reason("archive_not_unpacked", {"archive": str(archive), "reason": _why_not(error)})) from error
    return why_left_out(Counter(), PassedOver(hidden), Reason("left_links_inside", {"count": links}))


def _why_not(error: Exception) -> Reason:
    if isinstance(error, DataError):
        return Reason.of(error)
    sentence = getattr(error, "strerror", None) or one_line(error)  # without the place, which nobody knows
    values = {"sentence": f"{sentence:.300}"}
    if isinstance(error, OSError) and error.errno in FULL:
        return Reason("archive_disk", values)
    return Reason("archive_locked" if "password" in sentence else "archive_damaged", values)


@dataclass
class _Budget:
    """How much may still come out of an archive; what it says of its sizes is not trusted."""

    left: int

    def counted(self, stream: IO[bytes]) -> _Counted:
        return _Counted(stream, self)


@dataclass
class _Counted:
    stream: IO[bytes]
    budget: _Budget

    def read(self, size: int = -1, /) -> bytes:
        part = self.stream.read(size)
        self.budget.left -= len(part)
        if self.budget.left < 0:
            raise DataError(Reason("archive_large"))
        return part


class _Member(NamedTuple):
    """One of an archive; its content is None if it is no plain file."""

    name: str
    content: _Readable | None
    is_folder: bool = False


def _members(archive: Path, budget: _Budget) -> Iterator[_Member]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for info in zipped.infolist():
                if info.is_dir() or (info.external_attr >> 16) & FILE_KIND not in (0, PLAIN_FILE):
                    yield _Member(_zip_name(info), None, info.is_dir())
                    continue
                with zipped.open(info) as content:
                    yield _Member(_zip_name(info), budget.counted(content))
        return
    with archive.open("rb") as file:
        start = file.read(6)
    opener = next((opener for magic, opener in COMPRESSED.items() if start.startswith(magic)), Path.open)
    # As a stream, so that headers and what is left out count as well.
    with opener(archive, "rb") as plain, tarfile.open(fileobj=budget.counted(plain), mode="r|") as tar:  # type: ignore[call-overload]
        for member in tar:
            yield _Member(member.name, tar.extractfile(member) if member.isreg() else None, member.isdir())


def _zip_name(info: zipfile.ZipInfo) -> str:
    # macOS and others write UTF-8 without saying so, and zipfile takes it for a code page of DOS.
    if not info.flag_bits & UNICODE_FLAG:
        try:
            return info.filename.encode("cp437").decode()
        except ValueError:
            pass
    return info.filename


def _target(place: Path, name: str) -> Path:
    path = PurePosixPath(name.replace("\\", "/"))
    target = place.joinpath(*path.parts)
    if path.is_absolute() or ".." in path.parts or "\0" in name or not target.is_relative_to(place):
        raise DataError(Reason("archive_leads_out", {"name": f"{name!r:.100}"}))
    if len(path.parts) > DEEPEST or any(len(part.encode()) > LONGEST_NAME for part in path.parts):
        raise DataError(Reason("archive_long_name", {"name": f"{name!r:.100}"}))
    return target


def _inmost(folder: Path) -> Path:
    # photos.zip most often holds a folder photos, which holds the classes, and perhaps notes beside it.
    while not (labels_in(folder) or read_manifest(folder).classes or any(map(_is_data, direct_files(folder)))):
        inside = subfolders(folder)
        if len(inside) != 1 or inside[0].name.lower() in SPLIT_NAMES:
            break
        has_labels = labels_in(inside[0]) or read_manifest(inside[0]).classes
        if not has_labels and not subfolders(inside[0]):
            break
        folder = inside[0]
    return folder


def _is_data(file: Path) -> bool:
    return is_picture(file) or file.suffix.lower() in TABLE_SUFFIXES
