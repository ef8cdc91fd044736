"""Which jobs there are and who runs which: what is asked of the place where they are kept, and a folder that is one."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from amgan.bulk.job import Job
from amgan.bulk.job_records import LOCK_FILE, SHARED_FILE, JobRecords
from amgan.bulk.job_retries import JobRetries
from amgan.bulk.job_room import JobLimits
from amgan.bulk.progress import JobProgress
from amgan.errors import ConfigError


class JobLedger(Protocol):
    """Keeps jobs and their files, and gives each to one thread at a time. For any number of threads."""

    def open(self) -> None:
        """Begin.

        Raises:
            ConfigError: others keep their jobs here.
        """

    def stop(self) -> None:
        """Give no more jobs."""

    def close(self) -> None:
        """Let go of all; no job is run any more."""

    def work(self, job_id: str) -> Path:
        """The folder of a job's pictures."""

    def jobs(self) -> Sequence[Job]:
        """All jobs."""

    def find(self, job_id: str) -> Job | None:
        """The job of that id as it is now, None if there is none."""

    def add(self, job: Job, check: Callable[[Sequence[Job]], None]) -> None:
        """Take on a job that waits.

        Args:
            job: The job.
            check: Is shown all jobs, none of which changes meanwhile; an error of it is passed on, and nothing is kept.

        Raises:
            OSError: it cannot be written down.
        """

    def take(self) -> Job | None:
        """Wait for a job that may be run, which is the caller's until it calls `end`; None once it is to stop."""

    def tell(self, job_id: str, progress: JobProgress) -> None:
        """Say how far a job is that was taken."""

    def taken(self, job_id: str) -> Job | None:
        """A job that was taken, as it is now; None if it is not to go on: it was cancelled, or others run it."""

    def missed(self, job_id: str, done: int) -> bool:
        """Count that a job that was taken got no further; see `JobRetries`."""

    def end(self, job_id: str, job: Job | None) -> None:
        """Give a job back that was taken.

        Args:
            job_id: The job.
            job: As it is now: over, or waiting to be run again; None if it was not to go on.
        """

    def cancel(self, job_id: str) -> Job | None:
        """Remove a job; who runs it stops. Its files go at once, or then. As it was, None if there is none."""

    def forget(self, choose: Callable[[Sequence[Job]], Sequence[Job]]) -> None:
        """Remove those of all jobs that are chosen, which are over; none changes meanwhile."""

    def settle(self) -> None:
        """Try again what could not be written or removed."""


class OwnLedger:
    """The jobs of one server: in its memory, and in a folder for the next start."""

    def __init__(self, folder: Path, limits: JobLimits) -> None:
        """Name the folder; what is in it is read by `open`."""
        self._folder = folder
        self._condition = threading.Condition(threading.RLock())
        self._stopping = False
        self._cancelled: set[str] = set()
        self._records = JobRecords(folder)
        self._lock = FileLock(folder / LOCK_FILE)
        self._retries = JobRetries(limits.retries, limits.retry_seconds)
        self._jobs: dict[str, Job] = {}

    def open(self) -> None:
        """See `JobLedger`; jobs that were not over wait to go on from where they were."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ConfigError(f"{self._folder}: another server keeps its jobs here; name another folder") from error
        if (self._folder / SHARED_FILE).exists():
            self._lock.release()
            raise ConfigError(f"{self._folder}: servers that share their jobs keep them here; name another folder")
        # Not before: to read also removes the remains of jobs, which for a server that runs are those just being made.
        with self._condition:
            for job in self._records.read():
                self._jobs[job.id] = job if job.is_over else dataclasses.replace(job, state="waiting")

    def stop(self) -> None:
        """See `JobLedger`."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()

    def close(self) -> None:
        """See `JobLedger`."""
        self._lock.release()

    def work(self, job_id: str) -> Path:
        """See `JobLedger`."""
        return self._records.work(job_id)

    def jobs(self) -> Sequence[Job]:
        """See `JobLedger`."""
        with self._condition:
            return list(self._jobs.values())

    def find(self, job_id: str) -> Job | None:
        """See `JobLedger`."""
        with self._condition:
            return self._jobs.get(job_id)

    def add(self, job: Job, check: Callable[[Sequence[Job]], None]) -> None:
        """See `JobLedger`."""
        with self._condition:
            check(self.jobs())
            self._records.add(job)
            self._jobs[job.id] = job
            self._condition.notify_all()

    def take(self) -> Job | None:
        """See `JobLedger`."""
        with self._condition:
            while not self._stopping and self._next() is None:
                self._condition.wait(self._seconds_until_due())
            job = self._next()
            if self._stopping or job is None:
                return None
            job = self._jobs[job.id] = dataclasses.replace(job, state="running", problem=None)
            return job

    def tell(self, job_id: str, progress: JobProgress) -> None:
        """See `JobLedger`."""
        with self._condition:
            if job_id in self._jobs:
                self._jobs[job_id] = dataclasses.replace(self._jobs[job_id], progress=progress)

    def taken(self, job_id: str) -> Job | None:
        """See `JobLedger`."""
        return self.find(job_id)

    def missed(self, job_id: str, done: int) -> bool:
        """See `JobLedger`."""
        with self._condition:
            return self._retries.missed(job_id, done)

    def end(self, job_id: str, job: Job | None) -> None:
        """See `JobLedger`."""
        if job is not None and job.state == "failed":
            # Before its state is written, for which a full disk would have no room.
            self._records.remove_work(job_id)
        with self._condition:
            is_cancelled = job_id in self._cancelled
            self._cancelled.discard(job_id)
            if job is not None and not is_cancelled:
                self._jobs[job_id] = job
                if job.is_over:
                    self._retries.forget(job_id)
                    self._records.change(job)
                # Those who wait for a job that is due do not know of this one yet.
                self._condition.notify_all()
        if is_cancelled:
            self._records.remove(job_id)

    def cancel(self, job_id: str) -> Job | None:
        """See `JobLedger`."""
        with self._condition:
            job = self._jobs.pop(job_id, None)
            if job is None:
                return None
            self._retries.forget(job_id)
            if job.state == "running":
                self._cancelled.add(job_id)
                # A restart before its thread has stopped must not run it again.
                self._records.hide(job_id)
        if job.state != "running":
            self._records.remove(job_id)
        return job

    def forget(self, choose: Callable[[Sequence[Job]], Sequence[Job]]) -> None:
        """See `JobLedger`."""
        with self._condition:
            gone = choose(self.jobs())
            for job in gone:
                del self._jobs[job.id]
        for job in gone:
            self._records.remove(job.id)

    def settle(self) -> None:
        """See `JobLedger`."""
        self._records.settle()

    def _next(self) -> Job | None:
        waiting = (job for job in self._jobs.values() if job.state == "waiting")
        return next((job for job in waiting if self._retries.is_due(job.id)), None)

    def _seconds_until_due(self) -> float | None:
        waiting = (job.id for job in self._jobs.values() if job.state == "waiting")
        return min(map(self._retries.seconds_until, waiting), default=None)
