"""A bulk job in a process of its own, which somebody may kill."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from amgan import AMGAN
from amgan.bulk.job_folder import JobFolder
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec


def before_each_chunk(wait: Callable[[JobFolder], object]) -> None:
    """Hold up jobs before a chunk is written, so that none is over before the test has seen what it wants to see."""
    write = JobFolder.write_chunk

    def waits_and_writes(place: JobFolder, number: int, content: bytes) -> None:
        wait(place)
        write(place, number, content)

    JobFolder.write_chunk = waits_and_writes  # type: ignore[method-assign]


def work(release: Path, spec: JobSpec, folder: Path, started: Any) -> None:
    """Do the job with the model of a release folder; `started` is set when the model is ready."""
    model = AMGAN.from_pretrained(release)
    model.sample(seeds=0)
    started.set()
    run_job(spec, model.sampler.sample, model.class_names, folder)
