"""Small jobs and a stand-in for a model: pictures that are a pure function of their name, in microseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.errors import ClassSearchError
from amgan.sampling.sampler import Sample

NAMES = ("Sneaker", "T-shirt/top", "T shirt (top)")
"""The last two are told apart by what some disks refuse."""


def job(**changes: Any) -> JobSpec:
    settings: dict[str, Any] = {"model": "shoes", "revision": "0123abcd", "format": "zip"}
    if "labels" not in changes:
        settings["n"] = 300
    return JobSpec(**(settings | changes))


class StandIn:
    """Draws noise by name. A class is not there for the (seed, label) pairs in `missing`."""

    def __init__(self, size: int = 3, missing: Sequence[tuple[int, int]] = ()) -> None:
        self.size = size
        self.missing = set(missing)
        self.calls = 0
        self.drawn: list[tuple[int, int | None]] = []

    def __call__(
        self, seeds: Sequence[int], labels: Sequence[int | None], truncation: float, confidence: float | None
    ) -> tuple[np.ndarray, list[Sample]]:
        self.calls += 1
        for pair in zip(seeds, labels, strict=True):
            if pair in self.missing:
                raise ClassSearchError(f"no class {pair[1]} in seed {pair[0]}")
        self.drawn += zip(seeds, labels)
        pictures = [self.picture(seed, label) for seed, label in zip(seeds, labels)]
        samples = [
            Sample(seed, label, seed % 7, truncation, seed % 3 if label is None else label, 1 / (seed + 2), 0.5)
            for seed, label in zip(seeds, labels)
        ]
        return np.stack(pictures), samples

    def picture(self, seed: int, label: int | None) -> np.ndarray:
        digest = hashlib.shake_128(f"{seed} {label}".encode()).digest(self.size * self.size)
        return np.frombuffer(digest, np.uint8).reshape(self.size, self.size, 1)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def done(spec: JobSpec, folder: Path, draw: Any = None, **options: Any) -> Path:
    """The result of a job that ran to its end."""
    result = run_job(spec, draw or StandIn(), folder=folder, **{"class_names": NAMES, **options})
    assert result is not None
    return result
