"""Files and folders that are there whole or not at all, also after a kill or a power cut.

Of what could not be written to its end nothing is left: a disk that is full would stay full.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from safetensors import SafetensorError

from amgan.private_files import make_private_folder, open_private

TORCH_COULD_NOT_WRITE = ("inline_container", "PytorchStreamWriter", "iostream error")
"""In the messages of torch.save."""

PROBE_BYTES = 1 << 20

FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says of a disk, or a user's part of it, that takes no more."""


def write_whole(file: Path, content: bytes, private: bool = False) -> None:
    """Write a file.

    Args:
        file: Where; one that is there is replaced.
        content: All of it.
        private: Whether it and the folders made for it are for their owner's eyes; see `amgan.private_files`.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    if private:
        make_private_folder(file.parent)
    with replacing(file, private=private) as writing:
        writing.write(content)


@contextlib.contextmanager
def replacing(place: Path, scratch: Path | None = None, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write and read, which takes its place once the block has ended well.

    Args:
        place: Where it shall be.
        scratch: A folder on the same disk for it meanwhile, where several processes may write the same file, each its
            own; what a kill leaves there, `left_over` finds. None for a hidden file beside it, which the next one who
            writes it takes.
        private: Whether it is for its owner's eyes; see `amgan.private_files`.
    """
    name = place.name.lstrip(".")
    writing = scratch / f"{name}.{os.getpid()}.writing" if scratch else place.with_name(f".{name}.writing")
    with removing_half(writing):
        with open_private(writing, "w+b") if private else writing.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # some disks say only now that they are full
        writing.replace(place)
    sync_folder(place.parent)


def left_over(place: Path, scratch: Path) -> list[Path]:
    """What was being written to take this place, by whichever process; the arguments are those of `replacing`."""
    return list(scratch.glob(f"{glob.escape(place.name.lstrip('.'))}.*.writing"))


@contextlib.contextmanager
def replacing_folder(place: Path) -> Iterator[Path]:
    """A folder to be made and filled, which takes its place, and that of an earlier one, once the block has ended well.

    A reader finds the old folder or the new one; between two renames, for an instant, none.
    """
    writing, old = clear_folder(place)
    with removing_half(writing):
        yield writing
        if place.exists():
            place.rename(old)
        writing.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def clear_folder(place: Path) -> tuple[Path, Path]:
    """Remove what a kill left half written or half removed, and put back what it caught between two renames.

    Returns:
        Where a new folder is written, and where the one that it replaces goes meanwhile.
    """
    writing, old = (place.with_name(f".{place.name}.{state}") for state in ("writing", "old"))
    shutil.rmtree(writing, ignore_errors=True)
    if old.exists() and not place.exists():
        old.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    return writing, old


@contextlib.contextmanager
def removing_half(half: Path) -> Iterator[None]:
    """Work that writes a file or folder; it is removed if that fails.

    Raises:
        OSError: also where a library says in another way that it could not write.
    """
    try:
        yield
    except BaseException as error:
        refusal = _as_os_error(error, half.parent)
        if half.is_dir():
            shutil.rmtree(half, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)
        if refusal is not None:
            raise refusal from error
        raise


def _as_os_error(error: BaseException, folder: Path) -> OSError | None:
    """What the system said to a library that says it in words of its own; None for errors of another kind."""
    if isinstance(error, SafetensorError) and (number := re.search(r"\(os error (\d+)\)", str(error))):
        return OSError(int(number[1]), os.strerror(int(number[1])))
    if isinstance(error, RuntimeError) and any(words in str(error) for words in TORCH_COULD_NOT_WRITE):
        # It does not say why: whoever tries again is told.
        try:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(bytes(PROBE_BYTES))
        except OSError as refusal:
            return OSError(refusal.errno, refusal.strerror)
        return OSError(errno.EIO, "a file could not be written to its end")
    return None


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
