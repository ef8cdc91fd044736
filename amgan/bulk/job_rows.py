"""The rows of jobs that several servers share: what is read and written, a statement or a few at a time.

A job that runs has an owner, and a time until which it is the owner's. Times are those of the database, whose clock all
servers have in common. A cancelled job is kept until its files are gone, and not shown.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Collection, Iterable

from pydantic import TypeAdapter

from amgan.bulk.job import Job
from amgan.bulk.job_records import ID
from amgan.bulk.job_retries import Missed
from amgan.bulk.progress import JobProgress
from amgan.statements import Statements

logger = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, created DOUBLE PRECISION NOT NULL, state TEXT NOT NULL, content TEXT NOT NULL, progress TEXT,
    owner TEXT, until DOUBLE PRECISION NOT NULL DEFAULT 0, due DOUBLE PRECISION NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0, missed_done BIGINT NOT NULL DEFAULT -1
);
CREATE TABLE IF NOT EXISTS job_folder (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL)
"""
UNREADABLE_SECONDS = 600.0
"""A job that this version of the server cannot read is left to others for so long."""

_PROGRESS = TypeAdapter(JobProgress)
_NOW = "extract(epoch FROM clock_timestamp())"
_IS_ABANDONED = f"(owner IS NULL OR until < {_NOW})"
_STATE = f"CASE WHEN state = 'running' AND {_IS_ABANDONED} THEN 'waiting' ELSE state END"
_SELECT = f"SELECT id, {_STATE}, content, progress FROM jobs WHERE state <> 'cancelled'"
_SELECT_DUE = f"SELECT id FROM jobs WHERE {_STATE} = 'waiting' AND due <= {_NOW}"
_SELECT_LEFT = f"SELECT id FROM jobs WHERE state = 'cancelled' AND {_IS_ABANDONED}"
_LET_GO = "owner = NULL, until = 0"


def folder_name(db: Statements, name: str) -> str:
    """What the folder of the files is called: as it was the first time."""
    db.execute("INSERT INTO job_folder (one, name) VALUES (1, ?) ON CONFLICT DO NOTHING", (name,))
    return str(db.execute("SELECT name FROM job_folder").fetchone()[0])


def all_jobs(db: Statements) -> list[Job]:
    """All jobs, by the time they were asked for."""
    rows = db.execute(f"{_SELECT} ORDER BY created, id").fetchall()
    return [job for job in (_job(*row) for row in rows) if job is not None]


def job_row(db: Statements, job_id: str) -> Job | None:
    """The job of that id, if there is one."""
    row = db.execute(f"{_SELECT} AND id = ?", (job_id,)).fetchone()
    return None if row is None else _job(*row)


def insert_job(db: Statements, job: Job) -> None:
    """Add a job."""
    values = (job.id, job.created, job.state, _content(job))
    db.execute("INSERT INTO jobs (id, created, state, content) VALUES (?, ?, ?, ?)", values)


def due_job(db: Statements, but: Collection[str]) -> str | None:
    """The id of the job that may be run first, without some."""
    others = " AND id <> ?" * len(but)
    row = db.execute(f"{_SELECT_DUE}{others} ORDER BY created, id LIMIT 1", tuple(but)).fetchone()
    return None if row is None else str(row[0])


def take_job(db: Statements, job_id: str, owner: str, seconds: float) -> tuple[Job, Missed] | None:
    """Make a job that is due the owner's for so long; None if it cannot be read here."""
    row = db.execute("SELECT content, progress, missed, missed_done FROM jobs WHERE id = ?", (job_id,)).fetchone()
    content, progress, missed, missed_done = row
    job = _job(job_id, "running", content, progress)
    if job is None:
        later = f"UPDATE jobs SET state = 'waiting', {_LET_GO}, due = {_NOW} + ? WHERE id = ?"
        db.execute(later, (UNREADABLE_SECONDS, job_id))
        return None
    job = dataclasses.replace(job, problem=None)
    taken = f"UPDATE jobs SET state = 'running', content = ?, owner = ?, until = {_NOW} + ? WHERE id = ?"
    db.execute(taken, (_content(job), owner, seconds, job_id))
    return job, Missed(missed, missed_done)


def renew_job(db: Statements, job: Job, owner: str, seconds: float) -> bool:
    """Keep a job the owner's, and say how far it is; whether it is still the owner's, and not cancelled."""
    renewed = f"UPDATE jobs SET until = {_NOW} + ?, progress = ? WHERE id = ? AND owner = ? AND state = 'running'"
    values = (seconds, _progress(job), job.id, owner)
    return db.execute(f"{renewed} RETURNING id", values).fetchone() is not None


def owned_state(db: Statements, job_id: str, owner: str) -> str | None:
    """The state of a job of the owner's, None if it is not the owner's any more."""
    row = db.execute("SELECT state FROM jobs WHERE id = ? AND owner = ?", (job_id, owner)).fetchone()
    return None if row is None else str(row[0])


def let_go(db: Statements, job_id: str) -> None:
    """Let anybody take a job."""
    db.execute(f"UPDATE jobs SET state = 'waiting', {_LET_GO} WHERE id = ?", (job_id,))


def give_back_job(db: Statements, job: Job, missed: Missed, pause: float) -> None:
    """Write what became of a job that was run, which may be taken again in so many seconds if it is not over."""
    db.execute(
        f"UPDATE jobs SET state = ?, content = ?, progress = ?, {_LET_GO}, missed = ?, missed_done = ?,"
        f" due = {_NOW} + ? WHERE id = ?",
        (job.state, _content(job), _progress(job), missed.times, missed.done, pause, job.id),
    )


def cancel_jobs(db: Statements, job_ids: Iterable[str]) -> None:
    """Show jobs no more, until they are deleted."""
    db.executemany("UPDATE jobs SET state = 'cancelled' WHERE id = ?", [(job_id,) for job_id in job_ids])


def left_jobs(db: Statements) -> set[str]:
    """The ids of those that are cancelled, and that nobody runs."""
    rows = db.execute(_SELECT_LEFT).fetchall()
    # Whatever else writes to the database: their folders are removed.
    return {job_id for (job_id,) in rows if ID.fullmatch(job_id)}


def delete_job(db: Statements, job_id: str) -> None:
    """Remove a job that is cancelled."""
    db.execute("DELETE FROM jobs WHERE id = ? AND state = 'cancelled'", (job_id,))


def _job(job_id: str, state: str, content: str, progress: str | None) -> Job | None:
    """A job that is kept, None if another version of the server wrote it in its own way."""
    try:
        if not ID.fullmatch(job_id):
            raise ValueError("no id, and so no folder's name")
        told = None if progress is None else _PROGRESS.validate_json(progress)
        return dataclasses.replace(Job.from_json(job_id, json.loads(content) | {"state": state}), progress=told)
    except (ValueError, TypeError, RecursionError) as error:
        logger.warning("job %.40s cannot be read (%s) and is left alone", job_id, type(error).__name__)
        return None


def _content(job: Job) -> str:
    return json.dumps(job.to_json())


def _progress(job: Job) -> str | None:
    return None if job.progress is None else json.dumps(dataclasses.asdict(job.progress))
