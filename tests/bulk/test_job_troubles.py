"""Jobs in bad times: a full disk, a model that is away, an error that passes."""

from __future__ import annotations

import errno
import itertools
import os
import threading

import pytest

from amgan.bulk.job_folder import JOB_FILE, JobFolder
from amgan.bulk.job_records import STATE_FILE, WORK
from amgan.bulk.job_store import UnknownJobError
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.errors import BusyError, ClassSearchError, ReleaseError, RequestError, RevisionAwayError
from tests.bulk.jobs import StandIn
from tests.bulk.shop import FullDisk, Shop, spec, wait_until
from tests.models import NAMES

CHUNKS = 6
LONG = CHUNKS * CHUNK_PICTURES
SOON = {"running": 1, "retry_seconds": 0.05}
LATER = {"running": 1, "retry_seconds": 1000.0}


@pytest.fixture
def opened(tmp_path):
    """Makes shops in one folder, one after the other, and closes them."""
    made = []

    def make(**limits):
        shop = Shop(tmp_path / "jobs", StandIn(), **limits)
        made.append(shop)
        return shop

    yield make
    for shop in made:
        shop.gate.set()
        shop.store.close()


def chunks_of(shop, job):
    return JobFolder(shop.store.folder / job.id / WORK).done()


def broken_off(opened, **limits):
    """A shop whose long job was stopped after some chunks."""
    first = opened(**limits)
    first.gate.clear()
    first.held_after = 3 * CHUNK_PICTURES
    first.store.start()
    job = first.store.submit(spec(LONG))
    wait_until(lambda: len(chunks_of(first, job)) >= 2)
    first.store.stop()
    first.gate.set()
    first.store.close()
    assert len(chunks_of(first, job)) >= 2
    return first, job


def test_after_a_full_disk_the_next_job_runs(opened, tmp_path, monkeypatch, caplog):
    shop = opened(running=1)
    shop.store.start()
    disk = FullDisk(tmp_path, monkeypatch, room=150_000)
    full = shop.until(shop.store.submit(spec(100 * CHUNK_PICTURES)), "failed")
    assert full.problem == "the server could not write it (No space left on device)"
    assert not caplog.records[-1].exc_info, "a full disk is told in one line"
    assert disk.taken() < 10_000
    small = shop.store.submit(spec(5))
    assert shop.until(small, "done").bytes > 0


def test_of_jobs_that_fill_the_disk_together_only_one_gives_way(opened):
    shop, both, times = opened(running=2, retry_seconds=0.05), threading.Barrier(2, timeout=30), itertools.count(1)

    def fill(*arguments):
        if next(times) <= 2:
            both.wait()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return StandIn()(*arguments)

    shop.sample = fill
    shop.store.start()
    jobs = [shop.store.submit(spec(seed=seed)) for seed in (0, 9)]
    assert sorted(shop.until(job, "done", "failed").state for job in jobs) == ["done", "failed"]
    times = itertools.count(1)
    both.reset()
    again = [shop.store.submit(spec(seed=seed)) for seed in (0, 9)]
    assert sorted(shop.until(job, "done", "failed").state for job in again) == ["done", "failed"]


def test_a_state_that_finds_no_room_is_written_later(opened, tmp_path, monkeypatch):
    shop = opened(running=1)
    shop.store.start()
    shop.gate.clear()
    job = shop.store.submit(spec(5))
    shop.until(job, "running")
    ballast = tmp_path / "ballast"
    ballast.write_bytes(bytes(200_000))
    FullDisk(tmp_path, monkeypatch, room=150_000)
    shop.gate.set()
    shop.until(job, "failed")
    with pytest.raises(BusyError, match="No space left"):
        shop.store.submit(spec(4))
    assert [path.name for path in shop.store.folder.iterdir() if path.is_dir()] == [job.id]
    shop.store._tidy()
    assert '"waiting"' in (shop.store.folder / job.id / STATE_FILE).read_text()
    ballast.unlink()
    shop.store._tidy()
    assert '"failed"' in (shop.store.folder / job.id / STATE_FILE).read_text()
    shop.until(shop.store.submit(spec(4)), "done")


@pytest.mark.parametrize(
    "away",
    [
        ReleaseError("it could not be fetched from the Hub (no connection)"),
        RevisionAwayError("revision 'r1' is not here (no connection); none of it is"),
        ConnectionError("/secret"),
    ],
)
def test_a_model_that_is_away_for_a_while_costs_no_chunk(opened, tmp_path, away):
    first, job = broken_off(opened, running=1)
    kept = chunks_of(first, job)
    second = opened(**SOON)
    second.away = away
    second.store.start()
    wait_until(lambda: second.opened >= 3)
    problems = []
    wait_until(lambda: problems.append(second.store.job(job.id).problem) or problems[-1] is not None)
    assert "tried again" in problems[-1]
    assert "secret" not in problems[-1]
    assert chunks_of(second, job) == kept
    second.away = None
    second.until(job, "done")
    assert second.drawn <= LONG - len(kept) * CHUNK_PICTURES
    alone = run_job(spec(LONG), StandIn(), NAMES, tmp_path / "alone")
    assert second.store.result(job.id).read_bytes() == alone.read_bytes()
    assert second.store.job(job.id).problem is None


def test_an_error_that_passes_costs_no_chunk(opened, tmp_path):
    shop = opened(**SOON)
    shop.problem, shop.fails_after = RuntimeError("CUDA out of memory at /secret"), 3 * CHUNK_PICTURES
    shop.store.start()
    job = shop.store.submit(spec(LONG))
    wait_until(lambda: shop.store.job(job.id).problem is not None)
    assert len(chunks_of(shop, job)) >= 2
    shop.problem = None
    shop.until(job, "done")
    assert shop.drawn <= LONG + CHUNK_PICTURES
    alone = run_job(spec(LONG), StandIn(), NAMES, tmp_path / "alone")
    assert shop.store.result(job.id).read_bytes() == alone.read_bytes()


def test_others_run_while_one_waits_for_its_model(opened):
    shop = opened(**LATER)
    shop.store.start()
    shop.problem = RuntimeError("for a while")
    first = shop.store.submit(spec())
    wait_until(lambda: shop.store.job(first.id).problem is not None)
    shop.problem = None
    shop.until(shop.store.submit(spec(seed=9)), "done")
    assert shop.store.job(first.id).state == "waiting"
    with pytest.raises(RequestError, match="waiting.*tried again"):
        shop.store.result(first.id)


def test_what_does_not_pass_is_given_up_in_the_end(opened):
    shop = opened(running=1, retry_seconds=0.01, retries=3)
    shop.problem = ZeroDivisionError("/secret")
    shop.store.start()
    job = shop.store.submit(spec())
    failed = shop.until(job, "failed")
    assert shop.opened == 1 + 4  # to look whether it can be, and for each try
    assert "something unexpected" in failed.problem
    assert "4 times" in failed.problem
    assert "secret" not in failed.problem
    assert not (shop.store.folder / job.id / WORK).exists()


@pytest.mark.parametrize("problem", [ClassSearchError("no 'Bag'"), RequestError("no class 'Hat'")])
def test_what_cannot_be_mended_ends_at_once(opened, problem):
    shop = opened(**LATER)
    shop.problem = problem
    shop.store.start()
    job = shop.store.submit(spec())
    failed = shop.until(job, "failed")
    assert failed.problem.startswith(str(problem))
    assert "tried" not in failed.problem
    assert not (shop.store.folder / job.id / WORK).exists()


def test_a_job_that_waits_for_its_model_can_be_cancelled(opened):
    shop = opened(**LATER)
    shop.problem = RuntimeError("for a while")
    shop.store.start()
    job = shop.store.submit(spec(LONG))
    wait_until(lambda: shop.store.job(job.id).problem is not None)
    assert shop.store.cancel(job.id).state == "cancelled"
    assert not (shop.store.folder / job.id).exists()
    with pytest.raises(UnknownJobError):
        shop.store.job(job.id)
    shop.problem = None
    shop.until(shop.store.submit(spec()), "done")


def test_a_server_stops_at_once_while_a_job_waits_and_the_next_one_goes_on(opened):
    shop = opened(**LATER)
    shop.problem, shop.fails_after = RuntimeError("for a while"), 3 * CHUNK_PICTURES
    shop.store.start()
    job = shop.store.submit(spec(LONG))
    wait_until(lambda: shop.store.job(job.id).problem is not None)
    shop.store.close()  # which does not wait for the pause, longer than a test may take
    kept = chunks_of(shop, job)
    assert kept
    second = opened(**LATER)
    second.store.start()
    second.until(job, "done")
    assert second.drawn == LONG - len(kept) * CHUNK_PICTURES


@pytest.mark.parametrize("found", ["{", '{"job": {"seed": 77}}'])
def test_no_answer_names_a_folder_of_the_server(opened, found):
    first, job = broken_off(opened, running=1)
    (first.store.folder / job.id / WORK / JOB_FILE).write_text(found)
    second = opened(running=1)
    second.store.start()
    failed = second.until(job, "failed")
    assert "its folder" in failed.problem
    assert str(second.store.folder) not in failed.problem
    assert "/jobs" not in failed.problem
