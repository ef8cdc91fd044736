"""Measures what jobs hold in memory: ``python -m tests.bulk.memory_process FOLDER``.

In a process of its own, since whatever else runs in a process is counted as well.
"""

from __future__ import annotations

import json
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa

from amgan.bulk.formats import FORMS
from amgan.sampling.sampler import Sample
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


def least_memory(kind, count, folder) -> int:
    """`most_memory` of two jobs, the smaller: now and then Python makes its table of interned names anew, 4 MB."""
    return min(most_memory(kind, count, folder / name) for name in ("one", "two"))


def growth(kind, folder) -> tuple[int, int]:
    """By how much eight times the pictures, four times in parquet, need more, in Python and in arrow."""
    done(job(format=kind, n=300), folder / "first", grey)  # what is loaded at the first use
    # Half a row group of parquet, of which all chunks are held at once.
    few = least_memory(kind, 2048 if kind == "parquet" else 1024, folder / "few")
    arrow = pa.total_allocated_bytes()
    many = least_memory(kind, 8192, folder / "many")
    return many - few, pa.total_allocated_bytes() - arrow


if __name__ == "__main__":
    print(json.dumps({kind: growth(kind, Path(sys.argv[1]) / kind) for kind in FORMS}))
