"""Files that are there whole or not at all, also after a kill or a power cut."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from amgan.private_files import open_private


@contextlib.contextmanager
def replacing(place: Path, scratch: Path, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write and read, which takes its place once the block has ended well.

    Args:
        place: Where it shall be.
        scratch: A folder on the same disk for it meanwhile; what a kill leaves there, `left_over` finds.
        private: Whether it is for its owner's eyes; see `amgan.private_files`.
    """
    # Several processes may write the same file; each renames its own, whole.
    writing = scratch / f"{place.name.lstrip('.')}.{os.getpid()}.writing"
    try:
        with open_private(writing, "w+b") if private else writing.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        writing.replace(place)
    except BaseException:
        # The next try has another name; on a disk that is full each would leave what it had room for.
        with contextlib.suppress(OSError):
            writing.unlink()
        raise
    sync_folder(place.parent)


def left_over(place: Path, scratch: Path) -> list[Path]:
    """What was being written to take this place, by whichever process; the arguments are those of `replacing`."""
    return list(scratch.glob(f"{glob.escape(place.name.lstrip('.'))}.*.writing"))


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
