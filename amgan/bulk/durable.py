"""Files that are there whole or not at all, also after a kill or a power cut."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def replacing(place: Path, scratch: Path) -> Iterator[BinaryIO]:
    """A file to write and read, which takes its place once the block has ended well.

    Args:
        place: Where it shall be.
        scratch: A folder on the same disk for it meanwhile; what a kill leaves there can be removed.
    """
    # Several processes may write the same file; each renames its own, whole.
    writing = scratch / f"{place.name.lstrip('.')}.{os.getpid()}.writing"
    with writing.open("w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    writing.replace(place)
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
