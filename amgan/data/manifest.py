"""What exports of this program say of the pictures of a folder: the class of each, and the order of the classes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amgan.data.class_folders import CLASSES_FILE, MANIFEST_FILES, composed, natural_order
from amgan.errors import DataError

MOST_BYTES = 2**30
"""Of one of these files; a million pictures have a third of it."""


@dataclass(frozen=True)
class Manifest:
    """Classes of a folder's files; without a manifest there are none.

    Attributes:
        folder: The folder.
        classes: The class of each file by its path, as `_key` spells it.
        order: The classes in their order, if it is said.
    """

    folder: Path
    classes: dict[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    def class_of(self, file: Path) -> str | None:
        """The class of a file below the folder, or None if no row is about it."""
        if not self.classes:
            return None
        return self.classes.get(_key(file.relative_to(self.folder).as_posix()))

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names of classes in the order that is said, and behind them the others in natural order."""
        rank = {name: number for number, name in enumerate(self.order)}
        return sorted(names, key=lambda name: (rank.get(name, len(rank)), natural_order(name)))


def classes_json(names: Sequence[str]) -> bytes:
    """The content of classes.json."""
    return json.dumps(list(names), indent=2, ensure_ascii=False).encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder; one that is not as this program writes it says nothing.

    Raises:
        DataError: it is too large.
        OSError: it cannot be read.
    """
    classes: dict[str, str] = {}
    for path in _there(folder, *MANIFEST_FILES):
        for row in _rows(path):
            file, name = (row.get("file"), row.get("class")) if isinstance(row, dict) else (None, None)
            if isinstance(file, str) and isinstance(name, str) and name.strip() and name.isprintable():
                classes.setdefault(_key(file), composed(name))
    order = [name for path in _there(folder, CLASSES_FILE) if classes for name in _rows(path)]
    return Manifest(folder, classes, tuple(composed(name) for name in order if isinstance(name, str)))


def _there(folder: Path, *names: str) -> list[Path]:
    return [folder / name for name in names if (folder / name).is_file()]


def _rows(path: Path) -> Iterator[Any]:
    if path.stat().st_size > MOST_BYTES:
        raise DataError(f"{path} has more than {MOST_BYTES:,} bytes; without it each subfolder is a class")
    with path.open("rb") as file:
        if path.suffix == ".jsonl":
            yield from map(_parsed, file)
        elif isinstance(rows := _parsed(file.read()), list):
            yield from rows


def _parsed(content: bytes) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(content)
    return None


def _key(path: str) -> str:
    # A disk may have changed capitals and accents; what differs in nothing else is never written.
    return composed(composed(path).casefold())
