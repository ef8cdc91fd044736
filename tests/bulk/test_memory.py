"""Memory does not grow with the number of pictures."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pyarrow as pa
import pytest

from amgan.bulk.spec import FORMATS
from amgan.sampling import Sample
from tests.bulk.jobs import done, job


def grey(seeds, labels, truncation, confidence):
    """Stands in for a model, remembers nothing, and takes next to no time."""
    samples = [Sample(seed, label, 0, truncation, 0, 0.5, 0.5) for seed, label in zip(seeds, labels)]
    return np.full((len(seeds), 2, 2, 1), 7, np.uint8), samples


def most_memory(kind, count, folder) -> int:
    """Bytes that were held at once by Python and numpy during a job, beyond those before it."""
    tracemalloc.start()
    try:
        done(job(format=kind, n=count), folder, grey)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", FORMATS)
def test_eight_times_the_pictures_in_the_same_memory(kind, tmp_path):
    done(job(format=kind, n=300), tmp_path / "first", grey)  # what is loaded at the first use
    few = most_memory(kind, 1024, tmp_path / "few")
    arrow = pa.total_allocated_bytes()
    many = most_memory(kind, 8192, tmp_path / "many")
    # `zipfile` would hold 7,000 more entries of more than 400 bytes each, some 3 MB.
    assert many - few < 200_000
    assert pa.total_allocated_bytes() - arrow < 200_000
