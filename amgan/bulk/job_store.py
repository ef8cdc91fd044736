"""The jobs of a server: kept on disk, run in threads of their own, gone on with after a restart."""

from __future__ import annotations

import dataclasses
import json
import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from amgan.bulk.drawing import Draw
from amgan.bulk.durable import replacing
from amgan.bulk.formats import result_form
from amgan.bulk.job import Job
from amgan.bulk.names import PictureNames
from amgan.bulk.runner import JobProgress, run_job
from amgan.bulk.spec import JobSpec
from amgan.errors import AmganError, BusyError, ConfigError, RequestError

logger = logging.getLogger(__name__)

STATE_FILE = "job.json"
WORK = "work"
ID = re.compile(r"[0-9a-f]{32}")
MAX_STATE_BYTES = 2_000_000
TIDY_SECONDS = 60.0


class JobModel(Protocol):
    """The model that a job's pictures are of."""

    @property
    def class_names(self) -> Sequence[str]:
        """Names of its classes by number."""

    @property
    def draw(self) -> Draw:
        """Draws its pictures, in the time that nobody else needs."""

    @property
    def picture_bytes(self) -> int:
        """About how many bytes a picture of it takes in a result."""


@dataclass(frozen=True)
class JobLimits:
    """How much a server takes on.

    Attributes:
        running: Jobs that run at once.
        waiting: Jobs that may wait beside them.
        pictures: Most pictures of one job.
        bytes: What all results together may take on disk; the oldest ones make room for new ones.
        keep_seconds: How long a finished job is kept.
    """

    running: int = 2
    waiting: int = 20
    pictures: int = 10_000_000
    bytes: int = 20 * 2**30
    keep_seconds: float = 7 * 24 * 3600.0


class UnknownJobError(RequestError):
    """There is no job of that name."""


class UnfinishedJobError(RequestError):
    """The result of a job is asked for that is not done."""


class JobStore:
    """Takes, runs and keeps jobs. Safe to use from several threads."""

    def __init__(
        self, folder: Path, open_model: Callable[[str, str], JobModel], limits: JobLimits | None = None
    ) -> None:
        """Read what is in the folder; jobs that were not over are run again from where they were, once started.

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
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / ".lock")
        found = sorted((job for path in folder.iterdir() if (job := _read(path))), key=lambda job: job.created)
        # What was running goes on first, in the old order.
        self._jobs = {job.id: job if job.is_over else dataclasses.replace(job, state="waiting") for job in found}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start to run jobs.

        Raises:
            ConfigError: another server uses the folder.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ConfigError(f"{self.folder}: another server keeps its jobs here; name another folder") from error
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
            BusyError: too many are waiting.
            AmganError: its model cannot be had.
        """
        if spec.format == "png":
            raise RequestError("format must be one of zip, parquet, npz, not 'png'")
        if spec.count > self.limits.pictures:
            raise RequestError(f"a job has at most {self.limits.pictures} pictures here, not {spec.count}")
        model = self._open_model(spec.model, spec.revision)
        PictureNames(spec, model.class_names)
        if spec.count * model.picture_bytes > self.limits.bytes:
            raise RequestError(f"the result would have about {spec.count * model.picture_bytes} bytes, too many here")
        job = Job(secrets.token_hex(16), spec, "waiting", time.time())
        with self._condition:
            unfinished = sum(not other.is_over for other in self._jobs.values())
            if unfinished >= self.limits.running + self.limits.waiting:
                raise BusyError(f"{unfinished} jobs are waiting or running already; try again later")
            self._keep(job)
            self._condition.notify_all()
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
            if job.state == "running":
                self._cancelled.add(job_id)
                # A restart before its thread has stopped must not run it again.
                (self.folder / job_id / STATE_FILE).unlink(missing_ok=True)
            else:
                self._remove(job_id)
        return dataclasses.replace(job, state="cancelled", ended=time.time(), bytes=None)

    def result(self, job_id: str) -> Path:
        """The file of a finished job.

        Raises:
            UnknownJobError: there is no such job.
            UnfinishedJobError: it is not done.
        """
        job = self.job(job_id)
        if job.state != "done":
            raise UnfinishedJobError(f"the job is {job.state}" + (f": {job.problem}" if job.problem else ""))
        return self._result_file(job)

    def _run_jobs(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._closing or self._next() is not None)
                job = self._next()
                if self._closing or job is None:
                    return
                job = dataclasses.replace(job, state="running")
                self._keep(job)
            self._run(job)

    def _next(self) -> Job | None:
        return next((job for job in self._jobs.values() if job.state == "waiting"), None)

    def _run(self, job: Job) -> None:
        def tell(progress: JobProgress) -> None:
            with self._condition:
                if job.id in self._jobs:
                    self._jobs[job.id] = dataclasses.replace(self._jobs[job.id], progress=progress)

        def should_stop() -> bool:
            return self._closing or job.id in self._cancelled

        problem = result = None
        try:
            model = self._open_model(job.spec.model, job.spec.revision)
            work = self.folder / job.id / WORK
            result = run_job(job.spec, model.draw, model.class_names, work, tell, should_stop)
        except AmganError as error:
            problem = str(error).replace(f"{self.folder / job.id / WORK}: ", "")
        except OSError as error:
            logger.exception("a job failed")
            problem = f"the server could not write it ({error.strerror or type(error).__name__})"
        except Exception:
            logger.exception("a job failed")
            problem = "something unexpected went wrong on the server"
        with self._condition:
            if job.id in self._cancelled:
                self._cancelled.discard(job.id)
                self._remove(job.id)
                return
            now = self._jobs[job.id]
            if result is not None:
                size = result.stat().st_size
                self._keep(dataclasses.replace(now, state="done", ended=time.time(), bytes=size))
            elif problem is not None and not self._closing:
                self._keep(dataclasses.replace(now, state="failed", ended=time.time(), problem=problem))
                shutil.rmtree(self.folder / job.id / WORK, ignore_errors=True)

    def _keep_tidy(self) -> None:
        while True:
            self._tidy()
            with self._condition:
                if self._condition.wait_for(lambda: self._closing, TIDY_SECONDS):
                    return

    def _tidy(self) -> None:
        """Remove finished jobs that are too old, then the oldest ones until the rest fits."""
        with self._condition:
            over = sorted((job for job in self._jobs.values() if job.ended), key=lambda job: job.ended or 0.0)
            total = sum(job.bytes or 0 for job in over)
            gone = []
            for job in over:
                if time.time() - (job.ended or 0.0) > self.limits.keep_seconds or total > self.limits.bytes:
                    total -= job.bytes or 0
                    gone.append(job.id)
                    del self._jobs[job.id]
        for job_id in gone:
            self._remove(job_id)

    def _keep(self, job: Job) -> None:
        """Remember a job, on disk too, before anyone hears of its state."""
        place = self.folder / job.id
        place.mkdir(exist_ok=True)
        with replacing(place / STATE_FILE, place) as file:
            file.write(json.dumps(job.to_json(), ensure_ascii=False).encode())
        self._jobs[job.id] = job

    def _remove(self, job_id: str) -> None:
        place = self.folder / job_id
        # First the state, without which a folder is no job.
        (place / STATE_FILE).unlink(missing_ok=True)
        shutil.rmtree(place, ignore_errors=True)

    def _result_file(self, job: Job) -> Path:
        # The name does not depend on the classes.
        return self.folder / job.id / WORK / result_form(job.spec, ()).result


def _read(place: Path) -> Job | None:
    """The job of a folder, or None if it is none."""
    file = place / STATE_FILE
    if not ID.fullmatch(place.name):
        return None
    if not file.exists():
        # Cancelled while it ran, or killed before it was one.
        shutil.rmtree(place, ignore_errors=True)
        return None
    try:
        with file.open("rb") as opened:
            return Job.from_json(place.name, json.loads(opened.read(MAX_STATE_BYTES)))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        logger.warning("job %s cannot be read (%s) and is left alone", place.name, type(error).__name__)
        return None
