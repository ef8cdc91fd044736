"""How much of jobs a server takes on."""

from __future__ import annotations

from dataclasses import dataclass


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
