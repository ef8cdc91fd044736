"""A bulk job in a process of its own, which somebody may kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from amgan import AMGAN
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec


def work(release: Path, spec: JobSpec, folder: Path, started: Any) -> None:
    """Do the job with the model of a release folder; `started` is set when the model is ready."""
    model = AMGAN.from_pretrained(release)
    model.sample(seeds=0)
    started.set()
    run_job(spec, model.sampler.sample, model.class_names, folder)
