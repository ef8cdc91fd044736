"""The jobs of a server: taken on, run in threads of their own, gone on with after a restart or by another server."""

from __future__ import annotations

import dataclasses
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from amgan.bulk.formats import FORMS, SERVED
from amgan.bulk.job import Job
from amgan.bulk.job_attempt import Attempt, OpenModel, attempt_job
from amgan.bulk.job_ledger import JobLedger, OwnLedger
from amgan.bulk.job_room import PACKING, JobLimits, check_room, jobs_to_remove
from amgan.bulk.names import with_names_of
from amgan.bulk.progress import JobProgress
from amgan.bulk.spec import JobSpec
from amgan.errors import BusyError, RequestError

TIDY_SECONDS = 60.0
_NO_SUCH_JOB = "there is no such job; finished ones are removed after a while"
AGAIN = "what is drawn of it is kept, and it is tried again by itself"


class UnknownJobError(RequestError):
    """There is no job of that name."""


class UnfinishedJobError(RequestError):
    """The result of a job is asked for that is not done."""


class JobStore:
    """Takes, runs and keeps jobs. Safe to use from several threads."""

    def __init__(
        self, folder: Path, open_model: OpenModel, limits: JobLimits | None = None, ledger: JobLedger | None = None
    ) -> None:
        """Name the folder; what is in it is read, and gone on with, once the store is started.

        Args:
            folder: Of all jobs, made if it is not there.
            open_model: Gives the model of a name and revision; raises an AmganError if it cannot.
            limits: How much is taken on.
            ledger: Keeps the jobs whose files lie in the folder; the folder itself, for one server at a time, if not
                given.
        """
        self.folder = folder
        self.limits = limits or JobLimits()
        self._open_model = open_model
        self._closing = threading.Event()
        self._ledger = ledger or OwnLedger(folder, self.limits)
        self._lock = threading.Lock()
        self._given_way = 0
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start to run jobs; those that were not over go on from where they were.

        Raises:
            ConfigError: another server uses the folder.
        """
        self._ledger.open()
        targets = [self._run_jobs] * self.limits.running + [self._keep_tidy]
        self._threads = [threading.Thread(target=target, name="jobs", daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more; what is being drawn may be broken off. All goes on with the next start."""
        self._closing.set()
        self._ledger.stop()

    def close(self) -> None:
        """`stop`, and wait until the chunks that are being drawn are done or broken off."""
        self.stop()
        for thread in self._threads:
            thread.join()
        self._ledger.close()

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
        spec = with_names_of(spec, model.classes)
        estimate = spec.count * model.picture_bytes
        if PACKING * estimate > self.limits.bytes:
            raise RequestError(
                f"the result would have about {estimate} bytes, too many here: "
                f"at most {self.limits.bytes // PACKING} leave room to put it together"
            )
        job = Job(secrets.token_hex(16), spec, "waiting", time.time(), estimate=estimate)
        try:
            self._ledger.add(job, lambda jobs: self._check(jobs, estimate))
        except OSError as error:
            problem = f"the job could not be written down ({error.strerror}); try again later"
            raise BusyError(problem, TIDY_SECONDS) from error
        # Now, and not only when its chunks are there already.
        self._tidy()
        return job

    def job(self, job_id: str) -> Job:
        """The job of that id as it is now.

        Raises:
            UnknownJobError: there is none.
        """
        job = self._ledger.find(job_id)
        if job is None:
            raise UnknownJobError(_NO_SUCH_JOB)
        return job

    def cancel(self, job_id: str) -> Job:
        """Stop a job, or remove the result of a finished one; its files go at once or after the chunk being drawn.

        Raises:
            UnknownJobError: there is none.
        """
        job = self._ledger.cancel(job_id)
        if job is None:
            raise UnknownJobError(_NO_SUCH_JOB)
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
        file = self._ledger.work(job.id) / FORMS[job.spec.format].result
        if not file.is_file():
            raise UnknownJobError("the result of this job is not there any more; start it again")
        return file

    def _check(self, jobs: Sequence[Job], estimate: int) -> None:
        """See that one more job may be taken on.

        Raises:
            BusyError: it may not now.
        """
        unfinished = sum(not other.is_over for other in jobs)
        if unfinished >= self.limits.running + self.limits.waiting:
            raise BusyError(f"{unfinished} jobs are waiting or running already; try again later", TIDY_SECONDS)
        try:
            free = shutil.disk_usage(self.folder).free
            check_room(jobs, estimate, self.limits, time.time(), free)
        except BusyError as error:
            error.retry_after = TIDY_SECONDS
            raise

    def _run_jobs(self) -> None:
        while (job := self._ledger.take()) is not None:
            self._run(job)

    def _run(self, job: Job) -> None:
        def tell(progress: JobProgress) -> None:
            self._ledger.tell(job.id, progress)

        def should_stop() -> bool:
            return self._closing.is_set() or self._ledger.taken(job.id) is None

        given_way = self._given_way
        attempt = attempt_job(job.spec, self._open_model, self._ledger.work(job.id), tell, should_stop)
        with self._lock:
            if attempt.is_full and self._given_way != given_way:
                # It filled the disk together with another one, whose files are gone now.
                attempt = dataclasses.replace(attempt, may_pass=True)
            self._given_way += attempt.is_full and not attempt.may_pass
        now = self._ledger.taken(job.id)
        self._ledger.end(job.id, None if now is None else self._after(now, attempt))

    def _after(self, job: Job, attempt: Attempt) -> Job:
        """What a job is after it was run."""
        if attempt.bytes is not None:
            return dataclasses.replace(job, state="done", ended=time.time(), bytes=attempt.bytes)
        if attempt.problem is None or self._closing.is_set():
            return job
        problem, progress = attempt.problem, job.progress
        if attempt.may_pass:
            if self._ledger.missed(job.id, progress.drawn if progress else 0):
                if progress is not None:
                    progress = dataclasses.replace(progress, images_per_second=None, seconds_left=None)
                return dataclasses.replace(job, state="waiting", problem=f"{problem}; {AGAIN}", progress=progress)
            problem += f" (tried {self.limits.retries + 1} times without getting any further)"
        return dataclasses.replace(job, state="failed", ended=time.time(), problem=problem)

    def _keep_tidy(self) -> None:
        self._tidy()
        while not self._closing.wait(TIDY_SECONDS):
            self._tidy()

    def _tidy(self) -> None:
        """Bring to the disk what it had no room for; remove jobs that are too old, and those that must make room."""
        self._ledger.settle()
        self._ledger.forget(self._to_forget)

    def _to_forget(self, jobs: Sequence[Job]) -> list[Job]:
        oldest = time.time() - self.limits.keep_seconds
        old = {job.id for job in jobs if job.ended is not None and job.ended < oldest}
        surplus = jobs_to_remove((job for job in jobs if job.id not in old), self.limits)
        return [*(job for job in jobs if job.id in old), *surplus]
