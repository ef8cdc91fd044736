"""The jobs of a server: kept on disk, run in threads of their own, gone on with after a restart."""

from __future__ import annotations

import dataclasses
import secrets
import shutil
import threading
import time
from pathlib import Path

from filelock import FileLock, Timeout

from amgan.bulk.formats import FORMS, SERVED
from amgan.bulk.job import Job
from amgan.bulk.job_attempt import Attempt, OpenModel, attempt_job
from amgan.bulk.job_records import LOCK_FILE, JobRecords
from amgan.bulk.job_retries import JobRetries
from amgan.bulk.job_room import PACKING, JobLimits, check_room, jobs_to_remove
from amgan.bulk.names import with_names_of
from amgan.bulk.progress import JobProgress
from amgan.bulk.spec import JobSpec
from amgan.errors import BusyError, ConfigError, RequestError

TIDY_SECONDS = 60.0
AGAIN = "what is drawn of it is kept, and it is tried again by itself"


class UnknownJobError(RequestError):
    """There is no job of that name."""


class UnfinishedJobError(RequestError):
    """The result of a job is asked for that is not done."""


class JobStore:
    """Takes, runs and keeps jobs. Safe to use from several threads."""

    def __init__(self, folder: Path, open_model: OpenModel, limits: JobLimits | None = None) -> None:
        """Name the folder; what is in it is read, and gone on with, once the store is started.

        Args:
            folder: Of all jobs, made if it is not there. One server at a time may use it.
            open_model: Gives the model of a name and revision; raises an AmganError if it cannot.
            limits: How much is taken on.
        """
        self.folder = folder
        self.limits = limits or JobLimits()
        self._open_model = open_model
        self._condition = threading.Condition(threading.RLock())
        self._closing = False
        self._cancelled: set[str] = set()
        self._given_way = 0
        self._records = JobRecords(folder)
        self._lock = FileLock(folder / LOCK_FILE)
        self._retries = JobRetries(self.limits.retries, self.limits.retry_seconds)
        self._jobs: dict[str, Job] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Read what is in the folder and start to run jobs; those that were not over go on from where they were.

        Raises:
            ConfigError: another server uses the folder.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ConfigError(f"{self.folder}: another server keeps its jobs here; name another folder") from error
        # Not before: to read also removes the remains of jobs, which for a server that runs are those just being made.
        with self._condition:
            for job in self._records.read():
                self._jobs[job.id] = job if job.is_over else dataclasses.replace(job, state="waiting")
        targets = [self._run_jobs] * self.limits.running + [self._keep_tidy]
        self._threads = [threading.Thread(target=target, name="jobs", daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more; what is being drawn may be broken off. All goes on with the next start."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()

    def close(self) -> None:
        """`stop`, and wait until the chunks that are being drawn are done or broken off."""
        self.stop()
        for thread in self._threads:
            thread.join()
        self._lock.release()

    def submit(self, spec: JobSpec) -> Job:
        """Take a job on.

        Raises:
            RequestError: it is too large, or asks for a class that the model does not have.
            BusyError: too many are waiting, or the disk has no room for it now.
            AmganError: its model cannot be had.
        """
        if spec.format not in SERVED:
            known = ", ".join(SERVED)
            raise RequestError(f"format must be one of {known}, not {spec.format!r}")
        if spec.count > self.limits.pictures:
            raise RequestError(f"a job has at most {self.limits.pictures} pictures here, not {spec.count}")
        model = self._open_model(spec.model, spec.revision)
        if spec.labels is not None and not model.knows_classes:
            raise RequestError("this model knows no classes; give n, for pictures of any class")
        spec = with_names_of(spec, model.class_names)
        estimate = spec.count * model.picture_bytes
        if PACKING * estimate > self.limits.bytes:
            raise RequestError(
                f"the result would have about {estimate} bytes, too many here: "
                f"at most {self.limits.bytes // PACKING} leave room to put it together"
            )
        job = Job(secrets.token_hex(16), spec, "waiting", time.time(), estimate=estimate)
        with self._condition:
            unfinished = sum(not other.is_over for other in self._jobs.values())
            if unfinished >= self.limits.running + self.limits.waiting:
                raise _busy(f"{unfinished} jobs are waiting or running already; try again later")
            try:
                free = shutil.disk_usage(self.folder).free
                check_room(self._jobs.values(), estimate, self.limits, time.time(), free)
            except BusyError as error:
                error.retry_after = TIDY_SECONDS
                raise
            try:
                self._records.add(job)
            except OSError as error:
                raise _busy(f"the job could not be written down ({error.strerror}); try again later") from error
            self._jobs[job.id] = job
            self._condition.notify_all()
        # Now, and not only when its chunks are there already.
        self._tidy()
        return job

    def job(self, job_id: str) -> Job:
        """The job of that id as it is now.

        Raises:
            UnknownJobError: there is none.
        """
        with self._condition:
            if job_id not in self._jobs:
                raise UnknownJobError("there is no such job; finished ones are removed after a while")
            return self._jobs[job_id]

    def cancel(self, job_id: str) -> Job:
        """Stop a job, or remove the result of a finished one; its files go at once or after the chunk being drawn.

        Raises:
            UnknownJobError: there is none.
        """
        with self._condition:
            job = self.job(job_id)
            del self._jobs[job_id]
            self._retries.forget(job_id)
            if job.state == "running":
                self._cancelled.add(job_id)
                # A restart before its thread has stopped must not run it again.
                self._records.hide(job_id)
        if job.state != "running":
            self._records.remove(job_id)
        return dataclasses.replace(job, state="cancelled", ended=time.time(), bytes=None)

    def result(self, job_id: str) -> Path:
        """The file of a finished job.

        Raises:
            UnknownJobError: there is no such job, or its file was taken away.
            UnfinishedJobError: it is not done.
        """
        job = self.job(job_id)
        if job.state != "done":
            raise UnfinishedJobError(f"the job is {job.state}" + (f": {job.problem}" if job.problem else ""))
        file = self._records.work(job.id) / FORMS[job.spec.format].result
        if not file.is_file():
            raise UnknownJobError("the result of this job is not there any more; start it again")
        return file

    def _run_jobs(self) -> None:
        while True:
            with self._condition:
                while not self._closing and self._next() is None:
                    self._condition.wait(self._seconds_until_due())
                job = self._next()
                if self._closing or job is None:
                    return
                job = self._jobs[job.id] = dataclasses.replace(job, state="running", problem=None)
            self._run(job)

    def _next(self) -> Job | None:
        waiting = (job for job in self._jobs.values() if job.state == "waiting")
        return next((job for job in waiting if self._retries.is_due(job.id)), None)

    def _seconds_until_due(self) -> float | None:
        waiting = (job.id for job in self._jobs.values() if job.state == "waiting")
        return min(map(self._retries.seconds_until, waiting), default=None)

    def _run(self, job: Job) -> None:
        def tell(progress: JobProgress) -> None:
            with self._condition:
                if job.id in self._jobs:
                    self._jobs[job.id] = dataclasses.replace(self._jobs[job.id], progress=progress)

        def should_stop() -> bool:
            return self._closing or job.id in self._cancelled

        given_way = self._given_way
        attempt = attempt_job(job.spec, self._open_model, self._records.work(job.id), tell, should_stop)
        with self._condition:
            if attempt.is_full and self._given_way != given_way:
                # It filled the disk together with another one, whose files are gone now.
                attempt = dataclasses.replace(attempt, may_pass=True)
            self._given_way += attempt.is_full and not attempt.may_pass
            now = self._jobs.get(job.id)
            after = None if now is None else self._after(now, attempt)
        if after is not None and after.state == "failed":
            # Before its state is written, for which a full disk would have no room.
            self._records.remove_work(job.id)
        with self._condition:
            is_cancelled = job.id in self._cancelled
            self._cancelled.discard(job.id)
            if after is not None and not is_cancelled:
                self._jobs[job.id] = after
                if after.is_over:
                    self._records.change(after)
                # Those who wait for a job that is due do not know of this one yet.
                self._condition.notify_all()
        if is_cancelled:
            self._records.remove(job.id)

    def _after(self, job: Job, attempt: Attempt) -> Job:
        """What a job is after it was run."""
        if attempt.bytes is not None:
            self._retries.forget(job.id)
            return dataclasses.replace(job, state="done", ended=time.time(), bytes=attempt.bytes)
        if attempt.problem is None or self._closing:
            return job
        problem, progress = attempt.problem, job.progress
        if attempt.may_pass:
            if self._retries.missed(job.id, progress.drawn if progress else 0):
                if progress is not None:
                    progress = dataclasses.replace(progress, images_per_second=None, seconds_left=None)
                return dataclasses.replace(job, state="waiting", problem=f"{problem}; {AGAIN}", progress=progress)
            problem += f" (tried {self.limits.retries + 1} times without getting any further)"
        self._retries.forget(job.id)
        return dataclasses.replace(job, state="failed", ended=time.time(), problem=problem)

    def _keep_tidy(self) -> None:
        while True:
            self._tidy()
            with self._condition:
                if self._condition.wait_for(lambda: self._closing, TIDY_SECONDS):
                    return

    def _tidy(self) -> None:
        """Bring to the disk what it had no room for; remove jobs that are too old, and those that must make room."""
        self._records.settle()
        with self._condition:
            oldest = time.time() - self.limits.keep_seconds
            gone = [job for job in self._jobs.values() if job.ended is not None and job.ended < oldest]
            for job in gone:
                del self._jobs[job.id]
            for job in jobs_to_remove(self._jobs.values(), self.limits):
                del self._jobs[job.id]
                gone.append(job)
        for job in gone:
            self._records.remove(job.id)


def _busy(reason: str) -> BusyError:
    error = BusyError(reason)
    error.retry_after = TIDY_SECONDS
    return error
