"""A store of jobs on one stand-in model, which can be held up, be away and fail; and a disk that can be full."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from amgan.bulk.drawing import Draw
from amgan.bulk.job import Job
from amgan.bulk.job_room import JobLimits
from amgan.bulk.job_store import JobStore
from amgan.bulk.spec import JobSpec
from amgan.sampling.class_names import ClassNames
from tests.models import NAMES


@dataclass
class ShopModel:
    draw: Draw
    classes: ClassNames = field(default_factory=lambda: ClassNames(NAMES))
    knows_classes: bool = True
    abreast: int = 1
    picture_bytes: int = 400


class Shop:
    """The store, and what happens to its model."""

    def __init__(self, folder: Path, sample: Draw, **limits: Any) -> None:
        self.gate, self.drawn, self.sample = threading.Event(), 0, sample
        self.gate.set()
        self.held_after = 0
        self.problem: Exception | None = None
        self.away: Exception | None = None
        self.fails_after: int | None = None
        self.opened = 0
        self.knows_classes = True
        self.store = JobStore(folder, self.open, JobLimits(**({"least_bytes": 0} | limits)))

    def open(self, name: str, revision: str) -> ShopModel:
        self.opened += 1
        if self.away:
            raise self.away
        return ShopModel(self.draw, knows_classes=self.knows_classes)

    def draw(self, *arguments: Any) -> Any:
        assert self.drawn < self.held_after or self.gate.wait(30)
        if self.problem and (self.fails_after is None or self.drawn >= self.fails_after):
            raise self.problem
        self.drawn += len(arguments[0])
        return self.sample(*arguments)

    def until(self, job: Job, *states: str) -> Job:
        wait_until(lambda: self.store.job(job.id).state in states, lambda: f"the job stays {self.store.job(job.id)}")
        return self.store.job(job.id)


class FullDisk:
    """Nothing more is brought to the disk while a folder holds more than `room` bytes."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self._folder = folder
        self.room = room
        self._sync = os.fsync
        monkeypatch.setattr(os, "fsync", self.sync)

    def sync(self, handle: int) -> None:
        if self.taken() > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._sync(handle)

    def taken(self) -> int:
        found = 0
        for path in self._folder.rglob("*"):
            try:
                found += path.stat().st_size if path.is_file() else 0
            except FileNotFoundError:  # renamed meanwhile
                continue
        return found


def spec(n: int | None = 3, **changes: Any) -> JobSpec:
    return JobSpec(**({"model": "toy", "revision": "r1", "format": "npz", "n": n} | changes))


def wait_until(happened: Callable[[], object], otherwise: Callable[[], str] = lambda: "it did not happen") -> None:
    for _ in range(3000):
        if happened():
            return
        time.sleep(0.01)
    raise AssertionError(otherwise())
