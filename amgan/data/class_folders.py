"""A class's name as the name of a folder, on every file system, and back."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import unquote

from amgan.data.file_tree import is_helper

SPLIT_NAMES = {"train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval", "evaluation"}
"""Folders that hold a split of a data set and are no class by themselves."""

UNLABELLED_NAMES = {"unlabelled", "unlabeled"}
"""What a folder or a class is called, in any capitals, whose pictures have no class."""

MANIFEST_FILES = ("manifest.jsonl", "manifest.json")
"""What an export says of its pictures: of jobs, a row a line; of samples and kept pictures, a list of rows."""

CLASSES_FILE = "classes.json"
"""The names of a model's classes in their order, beside a manifest."""

MOST_BYTES = 120
"""A longer name is cut: with the seed behind it, and twice in a path, it still fits wherever files may be copied."""

CUT = "%~"
"""Stands before the hash of a name that is cut; no escape is written so."""

REFUSED = re.compile(r'[\x00-\x1f\x7f"%*/:<>?\\|]|^\.|[. ]+\Z')
"""What some file system refuses, drops or hides, and the sign of an escape itself."""

DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?", re.IGNORECASE | re.DOTALL)
"""What Windows takes for a device."""

NO_CLASSES = {name.casefold() for name in (*SPLIT_NAMES, *MANIFEST_FILES, CLASSES_FILE)}


def composed(name: str) -> str:
    """A name as every keyboard writes it: é as one letter, where a Mac has e and an accent (NFC)."""
    return unicodedata.normalize("NFC", name)


def means_unlabelled(name: object) -> bool:
    """Whether the name of a folder or of a class says that its pictures have none."""
    return str(name).lower() in UNLABELLED_NAMES


def natural_order(name: str) -> tuple[list[str | int], str]:
    """By what names of classes are sorted, everywhere the same: 2 comes before 10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d{1,18})", name)], name


def alike(name: str) -> str:
    """What is the same for names that differ in capitals or spaces only."""
    return " ".join(name.casefold().split())


def class_folder(name: str) -> str:
    """The folder name of a class: its own, but for what file systems or the reader take otherwise, which is %XX.

    It depends on nothing but the name in NFC, and two that differ have different folders. Capitals stay, so a disk
    that knows none has "Mug" and "mug" in one folder: there the manifest beside them tells the pictures apart.
    """
    name = composed(name)
    escaped = REFUSED.sub(lambda found: "".join(map(_escape, found[0])), name)
    if DEVICES.fullmatch(name) or name.casefold() in NO_CLASSES or is_helper(escaped):
        escaped = _escape(escaped[0]) + escaped[1:]
    if len(escaped.encode()) <= MOST_BYTES:
        return escaped
    end = f"{CUT}{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return escaped.encode()[: MOST_BYTES - len(end)].decode(errors="ignore") + end


def class_of_folder(folder: str) -> str:
    """The class of a folder: what `class_folder` made it from, or else its name as it is, in NFC.

    A name that was cut cannot be told from its folder, and one that only looks like an escape is left as it is.
    """
    folder = composed(folder)
    name = unquote(folder)
    return name if class_folder(name) == folder else folder


def _escape(character: str) -> str:
    return f"%{ord(character):02X}"
