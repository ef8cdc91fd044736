"""Room on the disk: what jobs may come to take, and which results have to go for them."""

from __future__ import annotations

from collections.abc import Iterable

from amgan.bulk.job import Job

PACKING = 2
"""While a result is put together its chunks are there as well, so a job takes so many times its result."""


def taken_for_sure(jobs: Iterable[Job], safe_since: float) -> int:
    """Bytes that cannot be had for another job: for jobs that are not over, and results nobody had time to fetch.

    Args:
        jobs: All jobs there are.
        safe_since: Results since then are safe, seconds since 1970.
    """
    return sum(_needed(job) for job in jobs if job.ended is None or job.ended > safe_since)


def results_to_remove(jobs: Iterable[Job], most_bytes: int) -> list[Job]:
    """The oldest results, so many that the rest and what runs fit together.

    Args:
        jobs: All jobs there are.
        most_bytes: What they may take together.
    """
    jobs = list(jobs)
    over = most_bytes - sum(_needed(job) for job in jobs)
    chosen = []
    # What takes no room makes none.
    for job in sorted((job for job in jobs if job.bytes), key=lambda job: job.ended or 0.0):
        if over >= 0:
            break
        over += _needed(job)
        chosen.append(job)
    return chosen


def _needed(job: Job) -> int:
    return job.bytes or 0 if job.is_over else PACKING * job.estimate
