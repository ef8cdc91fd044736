"""One training at a time in a folder: the lock is the system's, and ends with the process, whatever ends it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from filelock import FileLock, Timeout

from amgan.errors import ConfigError

LOCK_FILE = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other trainings out of a folder, which is made if it is not there.

    One that was made and in which nothing was written, since the work ended before, is removed again.

    Raises:
        ConfigError: another training is at work there.
        OSError: the folder cannot be written.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigError(
            f"{folder}: another training is at work there; wait for it, stop it, or choose another folder"
        ) from error
    try:
        yield
    finally:
        if is_new and [path.name for path in folder.iterdir()] == [LOCK_FILE]:
            (folder / LOCK_FILE).unlink()
            folder.rmdir()
        lock.release()


@contextlib.contextmanager
def alone_in(folder: Path, accelerator: Accelerator) -> Iterator[None]:
    """`locked` for the processes of one training: the main one holds the lock, all of them learn if it cannot be had.

    Raises:
        ConfigError: in every process, that another training is at work there.
        OSError: the folder cannot be written; in the others `ConfigError`.
    """
    with contextlib.ExitStack() as held:
        failure: Exception | None = None
        if accelerator.is_main_process:
            try:
                held.enter_context(locked(folder))
            except (ConfigError, OSError) as error:
                failure = error
        if accelerator.num_processes > 1:
            (told,) = broadcast_object_list([failure and str(failure)])
            if told and failure is None:
                raise ConfigError(told)
        if failure is not None:
            raise failure
        yield
