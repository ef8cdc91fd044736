"""Files read as photos, many at once: in threads, or apart, where a file that means harm ends only what reads it."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import psutil
from PIL import Image

from amgan.data.decoded_pictures import BrokenPicture, decoded_or_broken
from amgan.data.opening import quiet_pillow
from amgan.data.picture_files import picture_suffixes
from amgan.data.reasons import Reason
from amgan.projects.thumbs import SIDE, thumb_of

MOST_MEMORY = 2 * 2**30
"""Bytes for a process that reads apart, beside those it began with as a copy of another one; the largest photo that is
read takes less than half of it."""

MOST_SECONDS = 30
"""Of a processor for one photo, read apart."""

MOST_APART = 2
"""So many processes read at once, each with its memory."""

TOO_MUCH = Reason("too_much")


class PhotoFile(NamedTuple):
    """A file that may be a photo: what it is called, its bytes or where they are, and its class if that is known."""

    name: str
    content: bytes | Path
    label: str | None = None


class ReadPhoto(NamedTuple):
    """A photo: its name in the project, which is made of its content, and a small picture of it as a file."""

    name: str
    thumb: bytes


class Reader(Protocol):
    """Reads files, each by itself."""

    def __call__(self, files: Sequence[PhotoFile]) -> list[ReadPhoto | BrokenPicture]:
        """What each of them is, in their order."""


def read_photo(file: PhotoFile) -> ReadPhoto | BrokenPicture:
    """A photo, or why it is none."""
    try:
        content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
    except OSError as error:
        return BrokenPicture(file.name, Reason("unreadable", {"sentence": error.strerror or "it cannot be read"}))
    read = decoded_or_broken(file.name, content, SIDE)
    if isinstance(read, BrokenPicture):
        return read
    suffix = Path(file.name).suffix.lower()
    if suffix not in picture_suffixes():
        suffix = f".{(Image.open(io.BytesIO(content)).format or 'png').lower()}"
    return ReadPhoto(f"{hashlib.sha256(content).hexdigest()[:16]}{suffix}", thumb_of(read))


@contextmanager
def reading_here() -> Iterator[Reader]:
    """Read in threads of this process, for files of whoever runs it."""
    with quiet_pillow(), ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        yield lambda files: list(pool.map(read_photo, files))


@contextmanager
def reading_apart() -> Iterator[Reader]:
    """Read in other processes within `MOST_MEMORY` and `MOST_SECONDS`, for files of strangers.

    A decoder that crashes, or takes more than that, ends its process; its file counts as broken, and reading goes on.
    """
    reader = _ReaderApart()
    try:
        yield reader
    finally:
        reader.close()


class _ReaderApart:
    def __init__(self) -> None:
        # On Linux a copy of this process, which has imported everything; that takes seconds elsewhere.
        self._processes = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self._pool: Executor | None = None

    def __call__(self, files: Sequence[PhotoFile]) -> list[ReadPhoto | BrokenPicture]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                min(MOST_APART, os.cpu_count() or 1), self._processes, initializer=_limit_memory
            )
        asked = [self._submitted(file) for file in files]
        read = [self._result(one) for one in asked]
        # Whatever was still waiting went with the process: which of them it was shows when each is alone.
        return [self._alone(file) if one is None else one for file, one in zip(files, read)]

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _submitted(self, file: PhotoFile) -> Future[ReadPhoto | BrokenPicture] | None:
        assert self._pool is not None
        try:
            return self._pool.submit(_read_within_limits, file)
        except BrokenProcessPool:
            return None

    def _result(self, asked: Future[ReadPhoto | BrokenPicture] | None) -> ReadPhoto | BrokenPicture | None:
        try:
            return None if asked is None else asked.result()
        except BrokenProcessPool:
            self._pool = None
            return None

    def _alone(self, file: PhotoFile) -> ReadPhoto | BrokenPicture:
        with ProcessPoolExecutor(1, self._processes, initializer=_limit_memory) as pool:
            try:
                return pool.submit(_read_within_limits, file).result()
            except BrokenProcessPool:
                return BrokenPicture(file.name, TOO_MUCH)


def _limit_memory() -> None:
    try:
        import resource  # there is none on Windows
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    held = getattr(psutil.Process().memory_info(), "data", 0)  # the limit counts it, and only Linux says it
    most = held + MOST_MEMORY if hard == resource.RLIM_INFINITY else min(held + MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _read_within_limits(file: PhotoFile) -> ReadPhoto | BrokenPicture:
    try:
        import resource
    except ImportError:
        pass
    else:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        most = int(used.ru_utime + used.ru_stime) + MOST_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        with quiet_pillow():
            return read_photo(file)
    except MemoryError:
        return BrokenPicture(file.name, TOO_MUCH)
