"""The folders of a server's jobs: what each job is, in one file, and beside it the folder of its pictures.

A disk that is full or away for a while changes nothing but what a restart would find: what could not be written or
removed is tried again when one is told to.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import shutil
import threading
from pathlib import Path

from amgan.bulk.job import Job
from amgan.private_files import make_private_folder, open_to_others, tighten
from amgan.whole_files import replacing

logger = logging.getLogger(__name__)

STATE_FILE = "job.json"
WORK = "work"
LOCK_FILE = ".lock"
SHARED_FILE = ".shared"
"""Where it is, a database says which jobs there are, and no folder is one that a kill has left."""
ID = re.compile(r"[0-9a-f]{32}")
MAX_STATE_BYTES = 2_000_000


class JobRecords:
    """Reads, writes and removes jobs on disk. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Name the folder of all jobs, and make it."""
        make_private_folder(folder)
        self._folder = folder
        self._lock = threading.Lock()
        self._owed: dict[str, Job | None] = {}

    def read(self) -> list[Job]:
        """All jobs there are, by the time they were asked for; remains of others are removed."""
        self.keep_others_out()
        found = (_read(path) for path in self._folder.iterdir())
        return sorted((job for job in found if job is not None), key=lambda job: job.created)

    def work(self, job_id: str) -> Path:
        """The folder of a job's pictures."""
        return self._folder / job_id / WORK

    def add(self, job: Job) -> None:
        """Write a new job.

        Raises:
            OSError: it cannot be written; nothing of it is left.
        """
        try:
            self._write(job)
        except OSError:
            self.remove(job.id)
            raise

    def change(self, job: Job) -> None:
        """Write what became of a job, now or later."""
        with self._lock:
            self._pay(job.id, job)

    def hide(self, job_id: str) -> None:
        """See to it that a restart does not find a job that is still at work in its folder."""
        with self._lock:
            self._pay(job_id, None)

    def remove(self, job_id: str) -> None:
        """Remove all of a job, now or later."""
        # First the state, without which a folder is no job.
        self.hide(job_id)
        place = self._folder / job_id
        _empty(self.work(job_id))
        shutil.rmtree(place, ignore_errors=True)
        if place.exists():
            with self._lock:
                self._owed[job_id] = None

    def remove_work(self, job_id: str) -> None:
        """Remove a job's pictures."""
        shutil.rmtree(self.work(job_id), ignore_errors=True)

    def settle(self) -> None:
        """Try again what could not be written or removed."""
        with self._lock:
            owed = dict(self._owed)
            for job_id, job in owed.items():
                if job is not None:
                    self._pay(job_id, job)
        for job_id, job in owed.items():
            if job is None:
                self.remove(job_id)

    def keep_others_out(self) -> None:
        """Let nobody else look into the folder of all jobs, or warn if it is not for jobs alone."""
        # Who knows a job's id may fetch its result, so the folders' names are secrets.
        if all(ID.fullmatch(path.name) or path.name in (LOCK_FILE, SHARED_FILE) for path in self._folder.iterdir()):
            tighten(self._folder)
        if open_to_others(self._folder):
            logger.warning(
                "%s is open to other users of this machine, who read the ids of jobs there and may fetch their results "
                "with them; name a folder for jobs alone",
                self._folder,
            )

    def _pay(self, job_id: str, job: Job | None) -> None:
        try:
            if job is None:
                (self._folder / job_id / STATE_FILE).unlink(missing_ok=True)
            else:
                self._write(job)
            self._owed.pop(job_id, None)
        except OSError as error:
            if job_id not in self._owed:
                logger.warning("job %s could not be brought to the disk (%s)", job_id, error.strerror)
            self._owed[job_id] = job

    def _write(self, job: Job) -> None:
        place = self._folder / job.id
        make_private_folder(place)
        with replacing(place / STATE_FILE, place, private=True) as file:
            file.write(json.dumps(job.to_json(), ensure_ascii=False).encode())


def _empty(work: Path) -> None:
    """Free the room of a result, which whoever is fetching it would keep for as long as they like."""
    for file in work.glob("[!.]*"):
        with contextlib.suppress(OSError):
            # One that has another name as well is somebody's copy.
            if file.stat().st_nlink == 1:
                os.truncate(file, 0)


def _read(place: Path) -> Job | None:
    """The job of a folder, or None if it is none."""
    file = place / STATE_FILE
    if not ID.fullmatch(place.name):
        return None
    if not file.exists():
        # Cancelled while it ran, or killed before it was one.
        shutil.rmtree(place, ignore_errors=True)
        return None
    for own in (place, file):
        tighten(own)  # an older version left it to the umask
    try:
        with file.open("rb") as opened:
            return Job.from_json(place.name, json.loads(opened.read(MAX_STATE_BYTES)))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        logger.warning("job %s cannot be read (%s) and is left alone", place.name, type(error).__name__)
        return None
