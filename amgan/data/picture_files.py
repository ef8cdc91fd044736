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

TABLE_SUFFIXES = {".parquet", ".arrow"}
"""Files that make a folder a data set of `datasets` wherever they lie: the Hub has them in folders of many names."""

UNDECODED_FORMATS = {"BUFR", "GRIB", "HDF5", "MPEG", "WMF", "EPS"}
"""Formats that Pillow names but does not decode by itself."""
HEIC_SUFFIXES = (".heic", ".heif")
"""What phones of Apple make, which Pillow reads with the help of pillow-heif."""
HEIC_WAY_OUT = "to read them, pip install pillow-heif"

NO_PICTURE_SUFFIXES = {".txt", ".md", ".json", ".jsonl", ".csv", ".xml", ".yaml", ".yml", ".html", ".ini", ".db"}
NO_PICTURE_STEMS = {"README", "LICENSE", "LICENCE"}
MOST_NAMES = 5


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


def left_out_in_words(endings: Counter[str], passed: PassedOver, *others: tuple[int, str, str]) -> str:
    """In words, what of a folder is not read; "" if there is nothing.

    Args:
        endings: Files that are neither pictures nor notes, by their endings.
        passed: What was passed over.
        others: Counts of other things, what each is, and where it lies.
    """
    parts = []
    if endings:
        names = [
            f"{ending} {endings[ending]}" if len(endings) > 1 else ending for ending in _by_count(endings)[:MOST_NAMES]
        ]
        more = ", ..." if len(endings) > MOST_NAMES else ""
        parts.append(f"{counted(endings.total(), 'file')} ({', '.join(names)}{more})")
    hidden = sum(map(is_picture, passed.helpers))
    others += (
        (hidden, "picture", "hidden or in helper folders"),
        (len(passed.links), "link", "to nowhere or to what is read already"),
    )
    return ", ".join(parts + [f"{counted(count, noun)} {where}" for count, noun, where in others if count])


def is_unread_heic(name: str) -> bool:
    """Whether a file is called like a photo of a phone that cannot be read here."""
    suffix = PurePath(name).suffix.lower()
    return suffix in HEIC_SUFFIXES and suffix not in picture_suffixes()


def heic_in_words(unread: Counter[str], read: int) -> str:
    """In words, how many photos of phones are not read, beside so many that are."""
    photos = sum(unread[suffix] for suffix in HEIC_SUFFIXES)
    return f"; {photos} of {photos + read} photos are HEIC: {HEIC_WAY_OUT}" if photos else ""


def not_read_in_words(endings: Counter[str]) -> str:
    """In words, why files of these endings are no pictures here."""
    if any(endings[suffix] for suffix in HEIC_SUFFIXES):
        return f" (.heic is not read yet: {HEIC_WAY_OUT})"
    return f" ({_by_count(endings)[0]} is not read: save such files as .png or .jpg)" if endings else ""


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
