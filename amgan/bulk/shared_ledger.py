"""Jobs of several servers, in a PostgreSQL database; their files lie in a folder that all of them see.

A job that runs is its server's as long as that says so again and again. One that says nothing for the time of a lease
may be dead, and another server goes on with the chunks that are there. If it was only asleep, it finds the job lost,
and until it has stopped the lock in the job's folder keeps the other one waiting.
"""

from __future__ import annotations

import dataclasses
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from amgan.bulk.job import Job
from amgan.bulk.job_records import LOCK_FILE, SHARED_FILE, JobRecords
from amgan.bulk.job_retries import Missed
from amgan.bulk.job_room import JobLimits
from amgan.bulk.job_rows import (
    SCHEMA,
    all_jobs,
    cancel_jobs,
    delete_job,
    due_job,
    folder_name,
    give_back_job,
    insert_job,
    job_row,
    left_jobs,
    let_go,
    owned_state,
    renew_job,
    take_job,
)
from amgan.bulk.progress import JobProgress
from amgan.errors import BusyError, ConfigError, JobsAwayError
from amgan.postgres import Postgres
from amgan.private_files import make_private_folder

logger = logging.getLogger(__name__)

T = TypeVar("T")

LEASE_SECONDS = 30.0
LONGEST_BEAT = 1.0
"""So often, or four times in a lease, jobs that run are said to, and new ones looked for."""
_MOMENT = 5.0


@dataclasses.dataclass
class _Taken:
    """A job that this server runs.

    Attributes:
        job: As it is now.
        renewed: When it was last said to run, on this server's clock.
        missed: Its tries.
        is_lost: Whether it was cancelled, or taken by others.
    """

    job: Job
    renewed: float
    missed: Missed
    is_lost: bool = False


class SharedLedger:
    """A `JobLedger` in a database."""

    def __init__(self, address: str, folder: Path, limits: JobLimits, lease: float = LEASE_SECONDS) -> None:
        """Connect.

        Args:
            address: Of the database.
            folder: Of the files of all jobs, for all servers of that database.
            limits: How often jobs are tried again.
            lease: After so many seconds without a sign of life of its server a job is another's.

        Raises:
            ConfigError: the database cannot be used.
        """
        self._database = Postgres(address, "jobs", SCHEMA, JobsAwayError)
        self._folder, self._limits, self._lease = folder, limits, lease
        self._beat = min(LONGEST_BEAT, lease / 4)
        self._records = JobRecords(folder)
        self._owner = secrets.token_hex(8)
        self._condition = threading.Condition()
        self._stopping = False
        self._taken: dict[str, _Taken] = {}
        self._is_away = False
        self._closed = threading.Event()
        self._heart = threading.Thread(target=self._keep_beating, name="jobs", daemon=True)

    def open(self) -> None:
        """See `JobLedger`."""
        lock = FileLock(self._folder / LOCK_FILE)
        try:
            # Others that start now look as well.
            lock.acquire(timeout=_MOMENT)
        except Timeout as error:
            raise ConfigError(
                f"{self._folder}: a server that shares nothing keeps its jobs here; name another folder"
            ) from error
        try:
            name = self._folder / SHARED_FILE
            if not name.exists():
                name.write_text(secrets.token_hex(16))
            mine = name.read_text()
        finally:
            lock.release()
        with self._database.writing() as db:
            if folder_name(db, mine) != mine:
                raise ConfigError(
                    f"{self._folder} is not the folder in which other servers of this database keep their jobs; name "
                    "that one, or if it is lost, empty the table job_folder"
                )
        self._records.keep_others_out()
        self._heart.start()

    def stop(self) -> None:
        """See `JobLedger`."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()

    def close(self) -> None:
        """See `JobLedger`."""
        self._closed.set()
        if self._heart.is_alive():
            self._heart.join()
        self._database.close()

    def work(self, job_id: str) -> Path:
        """See `JobLedger`."""
        return self._records.work(job_id)

    def jobs(self) -> Sequence[Job]:
        """See `JobLedger`."""
        with self._database.reading() as db:
            return all_jobs(db)

    def find(self, job_id: str) -> Job | None:
        """See `JobLedger`."""
        with self._database.reading() as db:
            return job_row(db, job_id)

    def add(self, job: Job, check: Callable[[Sequence[Job]], None]) -> None:
        """See `JobLedger`."""
        with self._database.writing() as db:
            check(all_jobs(db))
            insert_job(db, job)
            make_private_folder(self._folder / job.id)
        with self._condition:
            self._condition.notify()

    def take(self) -> Job | None:
        """See `JobLedger`."""
        while not self._stopping:
            job = self._unless_away(self._take)
            if job is not None:
                return job
            with self._condition:
                if not self._stopping:
                    self._condition.wait(self._beat)
        return None

    def tell(self, job_id: str, progress: JobProgress) -> None:
        """See `JobLedger`; others learn of it with the next beat."""
        with self._condition:
            taken = self._taken[job_id]
            taken.job = dataclasses.replace(taken.job, progress=progress)

    def taken(self, job_id: str) -> Job | None:
        """See `JobLedger`."""
        with self._condition:
            taken = self._taken[job_id]
            # A server that the database does not hear may have lost it, and does not hear of that either.
            is_lost = taken.is_lost or time.monotonic() > taken.renewed + self._lease
            return None if is_lost else taken.job

    def missed(self, job_id: str, done: int) -> bool:
        """See `JobLedger`."""
        with self._condition:
            taken = self._taken[job_id]
            taken.missed = taken.missed.again(done)
            return taken.missed.times <= self._limits.retries

    def end(self, job_id: str, job: Job | None) -> None:
        """See `JobLedger`; while the database is away it is waited for."""
        with self._condition:
            taken = self._taken[job_id]
        while not self._unless_away(lambda: self._give_back(job_id, job, taken.missed)):
            if self._stopping or self._closed.wait(self._beat):
                break  # the lease runs out
        with self._condition:
            del self._taken[job_id]

    def cancel(self, job_id: str) -> Job | None:
        """See `JobLedger`."""
        with self._database.writing() as db:
            job = job_row(db, job_id)
            if job is None:
                return None
            cancel_jobs(db, [job_id])
            is_left = job_id in left_jobs(db)
        with self._condition:
            if job_id in self._taken:
                self._taken[job_id].is_lost = True  # it need not wait for the next beat
        if is_left:
            self._remove(job_id)
        return job

    def forget(self, choose: Callable[[Sequence[Job]], Sequence[Job]]) -> None:
        """See `JobLedger`."""

        def forget() -> None:
            with self._database.writing() as db:
                gone = choose(all_jobs(db))
                cancel_jobs(db, [job.id for job in gone])
            for job in gone:
                self._remove(job.id)

        self._unless_away(forget)

    def settle(self) -> None:
        """See `JobLedger`; what servers have left that are gone is removed as well."""

        def settle() -> None:
            with self._database.reading() as db:
                left = left_jobs(db)
            for job_id in left:
                self._remove(job_id)

        self._records.settle()
        self._unless_away(settle)

    def _take(self) -> Job | None:
        with self._condition:
            # One that is lost may still be at work here.
            mine = tuple(self._taken)
        with self._database.reading() as db:
            if due_job(db, mine) is None:
                return None
        began = time.monotonic()
        with self._database.writing() as db:
            job_id = due_job(db, mine)
            found = None if job_id is None else take_job(db, job_id, self._owner, self._lease)
        if found is None:
            return None
        job, missed = found
        with self._condition:
            self._taken[job.id] = _Taken(job, began, missed)
        return job

    def _give_back(self, job_id: str, job: Job | None, missed: Missed) -> bool:
        with self._database.writing() as db:
            state = owned_state(db, job_id, self._owner)
            if state == "running":
                if job is None:  # this server alone took it for lost
                    let_go(db, job_id)
                elif job.is_over:
                    give_back_job(db, job, missed, 0.0)
                else:
                    pause = missed.pause(self._limits.retry_seconds) if job.state == "waiting" else 0.0
                    give_back_job(db, dataclasses.replace(job, state="waiting"), missed, pause)
        if state == "cancelled":
            self._remove(job_id)
        elif state == "running" and job is not None and job.state == "failed":
            self._records.remove_work(job_id)
        return True

    def _remove(self, job_id: str) -> None:
        """Remove the files of a job that is cancelled, and then the job."""
        self._records.remove(job_id)
        with self._database.writing() as db:
            delete_job(db, job_id)

    def _keep_beating(self) -> None:
        while not self._closed.wait(self._beat):
            with self._condition:
                mine = {job_id: taken for job_id, taken in self._taken.items() if not taken.is_lost}
            if mine:
                self._unless_away(partial(self._renew, mine))

    def _renew(self, mine: Mapping[str, _Taken]) -> None:
        began = time.monotonic()
        with self._database.writing() as db:
            kept = {one.job.id for one in mine.values() if renew_job(db, one.job, self._owner, self._lease)}
        with self._condition:
            for job_id, taken in mine.items():
                taken.renewed = began
                taken.is_lost = job_id not in kept

    def _unless_away(self, work: Callable[[], T]) -> T | None:
        """Ask the database for what goes on by itself, or later if it is away, of which the log tells once."""
        try:
            result = work()
        except (BusyError, JobsAwayError) as error:
            if not self._is_away:
                logger.warning("%s", error)
            self._is_away = True
            return None
        self._is_away = False
        return result
