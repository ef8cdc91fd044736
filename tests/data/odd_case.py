"""What an odd data set is and what is to come of it, and the plain sets that others are made from."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tests.data.data_sets import grey_of

Level = int | tuple[int, int, int]


class Link(str):
    """What a link leads to."""


Content = int | bytes | Image.Image | Link

Files = dict[str, Content]


@dataclass(frozen=True)
class Read:
    """What is read of a set.

    Attributes:
        classes: The levels of each class's pictures, the classes in their order.
        lines: What the summary says besides where from, classes and sizes.
        done: How the pictures were brought to their size.
        unlabelled: The levels of pictures without a class.
        at: Where in a picture the level is looked at.
        tolerance: By how much it may be off.
    """

    classes: dict[str, list[Level]]
    lines: tuple[str, ...] = ()
    done: str = "as they are"
    unlabelled: list[Level] = field(default_factory=list)
    at: tuple[int, int] = (16, 16)
    tolerance: int = 0


@dataclass(frozen=True)
class Case:
    """A data set and what is to come of it: what is read, or words of the refusal."""

    files: Files | Callable[[Path], Any]
    expected: Read | str
    options: dict[str, Any] = field(default_factory=dict)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def lay(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_bytes(encoded(grey_of(content) if isinstance(content, int) else content))


def left_out(words: str) -> tuple[str, ...]:
    return (f"Left out  {words}",)


PETS: Files = {"cat/0.png": 10, "cat/1.png": 11, "dog/2.png": 20}

PETS_READ = {"cat": [10, 11], "dog": [20]}


def pets(more: Files, *lines: str) -> Case:
    """Two classes and something more, which is left out with these words."""
    return Case(PETS | more, Read(PETS_READ, lines))


LOOSE: Files = {"0.png": 10, "1.png": 11, "2.png": 20}

ROWS = [("0.png", "cat"), ("1.png", "cat"), ("2.png", "dog")]


def csv(head: str, rows: Iterable[tuple[object, ...]] = ROWS, separator: str = ",", end: str = "\n") -> bytes:
    return end.join([head, *(separator.join(map(str, row)) for row in rows), ""]).encode()


GOOD = csv("file_name,label")

HIDDEN = left_out("1 picture hidden or in helper folders")
