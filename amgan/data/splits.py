"""The parts of a data set that lie in folders called train, test and the like, in any capitals."""

from __future__ import annotations

from pathlib import Path

from amgan.data.class_folders import SPLIT_NAMES
from amgan.data.file_tree import PassedOver, direct_files, files_below, subfolders
from amgan.errors import DataError, SplitError


def is_split(folder: Path, split: str = "train") -> bool:
    """Whether a folder is called like a part of a data set, or like one of that name."""
    return folder.name.lower() in SPLIT_NAMES | {split.lower()}


def part_of(folder: Path, parts: list[Path], split: str) -> Path:
    """The folder of a split; the whole one if it is not split and "train" is asked.

    Raises:
        SplitError: no such split.
        DataError: two folders are it.
    """
    found = [path for path in parts if path.name.lower() == split.lower()]
    if len(found) > 1:
        names = " and ".join(repr(path.name) for path in found)
        raise DataError(f"{folder}: the folders {names} differ in capitals only; put them together, or rename one")
    if not found and (parts or split != "train"):
        names = ", ".join(path.name for path in parts)
        raise SplitError(f"{folder}: no split {split!r}; it has {names or 'none, so it is all train'}")
    return found[0] if found else folder


def beside_part(folder: Path, root: Path, passed: PassedOver) -> list[Path]:
    """The files of a folder that lie in no split at all: what lies in the others is not lost."""
    if root == folder:
        return []
    others = [path for path in subfolders(folder, passed) if path != root and not is_split(path)]
    return direct_files(folder) + [file for path in others for file in files_below(path)]
