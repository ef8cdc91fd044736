"""How much of jobs a server takes on: its limits, room on the disk, and which results have to go for new ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from amgan.bulk.job import Job
from amgan.errors import BusyError

PACKING = 2
"""While a result is put together its chunks are there as well, so a job takes so many times its result."""


def check_room(jobs: Iterable[Job], estimate: int, limits: JobLimits, now: float, free: int) -> None:
    """See that another job has room beside those that are not over, and results nobody had time to fetch.

    Args:
        jobs: All jobs there are.
        estimate: Bytes that the result of the new one will have.
        limits: What all may take.
        now: The time, seconds since 1970.
        free: Bytes that the disk has left.

    Raises:
        BusyError: it has none now.
    """
    stay = [job for job in jobs if job.ended is None or job.ended > now - limits.safe_seconds]
    if sum(job.is_over for job in stay) >= limits.over:
        raise BusyError(f"{limits.over} jobs have just ended, whose results may still be fetched; try again later")
    needed = max(PACKING * estimate, limits.least_bytes)
    if sum(_needed(job, limits) for job in stay) + needed > limits.bytes:
        raise BusyError(
            "the disk space for jobs is taken by others that run or have just ended; "
            "try again later, or ask for fewer pictures"
        )
    if needed + sum(_to_come(job) for job in stay) + limits.spare_bytes > free:
        raise BusyError("the server's disk is nearly full now; try again later, or ask for fewer pictures")


def jobs_to_remove(jobs: Iterable[Job], limits: JobLimits) -> list[Job]:
    """The oldest jobs that are over, so many that the rest and what runs fit together.

    Args:
        jobs: All jobs there are.
        limits: What they may take together, and how many may be kept.
    """
    jobs = list(jobs)
    over = sorted((job for job in jobs if job.is_over), key=lambda job: job.ended or 0.0)
    too_many = max(0, len(over) - limits.over)
    chosen, left = over[:too_many], limits.bytes
    left -= sum(_needed(job, limits) for job in jobs) - sum(_needed(job, limits) for job in chosen)
    for job in over[too_many:]:
        if left >= 0:
            break
        # What takes no room makes none.
        if needed := _needed(job, limits):
            left += needed
            chosen.append(job)
    return chosen


def _to_come(job: Job) -> int:
    """Bytes that a job may still write: those of others are not free only because they are not written yet."""
    if job.is_over:
        return 0
    drawn = job.progress.drawn / job.spec.count if job.progress else 0.0
    return round((PACKING - drawn) * job.estimate)


def _needed(job: Job, limits: JobLimits) -> int:
    return max(limits.least_bytes, job.bytes or 0 if job.is_over else PACKING * job.estimate)


@dataclass(frozen=True)
class JobLimits:
    """How much a server takes on.

    Attributes:
        running: Jobs that run at once.
        waiting: Jobs that may wait beside them.
        pictures: Most pictures of one job.
        bytes: What all jobs and their results together may take on disk; the oldest results make room for new jobs.
        spare_bytes: So much of the disk jobs leave to others: a vote must find room, too.
        least_bytes: What a job counts at least, one that failed too: its folder takes room, and a start reads it.
        over: So many jobs that are over are kept; the oldest ones make room for new jobs.
        keep_seconds: How long a finished job is kept.
        safe_seconds: How long a result is there to be fetched before it may have to make room.
        retries: So often in a row a job is tried again that gets no further.
        retry_seconds: How long it waits before the first of these; then twice as long each time, up to 30 times. With
            20 retries that is about 8 hours.
    """

    running: int = 2
    waiting: int = 20
    pictures: int = 10_000_000
    bytes: int = 20 * 2**30
    spare_bytes: int = 64 * 2**20
    least_bytes: int = 64 * 2**10
    over: int = 10_000
    keep_seconds: float = 7 * 24 * 3600.0
    safe_seconds: float = 3600.0
    retries: int = 20
    retry_seconds: float = 60.0
