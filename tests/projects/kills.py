"""Work in a process that is killed at a write: the first one, then the second one, until it comes through."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

LIBRARIES = ["amgan.projects.asking", "amgan.projects.report", "tests.projects.trainings", "sklearn.linear_model"]
WRITES = ("fsync", "rename", "replace")


def killed_at_each_write(work: Callable[..., None], *arguments: object) -> Iterator[int]:
    """Begin again and again, in a process that has loaded the libraries, and yield after each kill."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    for writes in range(100):
        process = context.Process(target=_work, args=(writes, work, arguments))
        process.start()
        process.join(240)
        if process.exitcode == 0:
            return
        assert process.exitcode == -signal.SIGKILL, process.exitcode
        yield writes
    raise AssertionError("it never comes through")


def _work(writes: int, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    done = 0

    def cut_off(write: Callable[..., object]) -> Callable[..., object]:
        def writing(*given: object, **named: object) -> object:
            nonlocal done
            if done == writes:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            return write(*given, **named)

        return writing

    for owner in (os, Path):
        for name in WRITES:
            if hasattr(owner, name):
                setattr(owner, name, cut_off(getattr(owner, name)))
    work(*arguments)
