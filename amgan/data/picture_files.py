"""Which files are pictures, which are tables, and what is said of those that are neither."""

from __future__ import annotations

import functools
import importlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePath

from PIL import Image

from amgan.data.file_tree import PassedOver, files_below
from amgan.data.reasons import Reason, both
from amgan.errors import some_of

TABLE_SUFFIXES = {".parquet", ".arrow"}
"""Files that make a folder a data set of `datasets` wherever they lie: the Hub has them in folders of many names."""

UNDECODED_FORMATS = {"BUFR", "GRIB", "HDF5", "MPEG", "WMF", "EPS"}
"""Formats that Pillow names but does not decode by itself."""
HEIC_SUFFIXES = (".heic", ".heif")
"""What phones of Apple make, which Pillow reads with the help of pillow-heif."""

NO_PICTURE_SUFFIXES = {".txt", ".md", ".json", ".jsonl", ".csv", ".xml", ".yaml", ".yml", ".html", ".ini", ".db"}
NO_PICTURE_STEMS = {"README", "LICENSE", "LICENCE"}


@functools.cache
def picture_suffixes() -> frozenset[str]:
    """Endings of the files that this Pillow decodes, such as ".png"."""
    with suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()
    known = Image.registered_extensions()  # fills Image.OPEN
    return frozenset(suffix for suffix, name in known.items() if name in Image.OPEN and name not in UNDECODED_FORMATS)


def is_picture(file: Path) -> bool:
    """Whether a file is called like a picture that can be read here."""
    return file.suffix.lower() in picture_suffixes()


def has_pictures(folder: Path) -> bool:
    """Whether a picture lies at any depth below a folder."""
    return any(map(is_picture, files_below(folder)))


def holds_table_files(folder: Path, but: Iterable[Path] = ()) -> bool:
    """Whether a table lies at any depth below a folder, other than those of `but`."""
    return any(file.suffix.lower() in TABLE_SUFFIXES and file not in but for file in files_below(folder))


def why_left_out(endings: Counter[str], passed: PassedOver, *others: Reason) -> Reason | None:
    """What of a folder is not read; None if there is nothing.

    Args:
        endings: Files that are neither pictures nor notes, by their endings.
        passed: What was passed over.
        others: Other things, each with its count, which may be 0.
    """
    names = [f"{ending} {endings[ending]}" if len(endings) > 1 else ending for ending in _by_count(endings)]
    found = (
        Reason("left_files", {"count": endings.total(), "endings": some_of(names)}),
        *others,
        Reason("left_hidden", {"count": sum(map(is_picture, passed.helpers))}),
        Reason("left_links", {"count": len(passed.links)}),
    )
    return both(*(reason for reason in found if reason.values["count"]))


def is_unread_heic(name: str) -> bool:
    """Whether a file is called like a photo of a phone that cannot be read here."""
    suffix = PurePath(name).suffix.lower()
    return suffix in HEIC_SUFFIXES and suffix not in picture_suffixes()


def why_no_heic(unread: Counter[str], read: int) -> Reason | None:
    """How many photos of phones are not read, beside so many that are; None if there are none."""
    photos = sum(unread[suffix] for suffix in HEIC_SUFFIXES)
    return Reason("left_heic", {"count": photos, "all": photos + read}) if photos else None


def why_not_read(endings: Counter[str]) -> Reason | str:
    """Why files of these endings are no pictures here; "" if there are none."""
    if any(endings[suffix] for suffix in HEIC_SUFFIXES):
        return Reason("heic_not_read")
    return Reason("ending_not_read", {"ending": _by_count(endings)[0]}) if endings else ""


def _by_count(endings: Counter[str]) -> list[str]:
    return sorted(endings, key=lambda ending: (-endings[ending], ending))


def printable(name: str) -> str:
    """A file's name as a line can show it, whatever letters it has."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def counted(count: int, noun: str) -> str:
    """A number of things, as 1 file or 2,000 files."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def unread_endings(files: Iterable[Path]) -> Counter[str]:
    """How many files that are neither pictures nor notes have which ending."""
    return Counter(
        printable(file.suffix.lower()) or "no ending"
        for file in files
        if not is_picture(file)
        and file.suffix.lower() not in NO_PICTURE_SUFFIXES
        and file.stem.upper() not in NO_PICTURE_STEMS
    )
