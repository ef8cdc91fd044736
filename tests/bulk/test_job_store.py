"""Jobs: run in turn, gone on with after a restart, cancelled, refused, forgotten in time."""

from __future__ import annotations

import shutil
import threading
import time
import zipfile

import pytest

from amgan.bulk.job_folder import JOB_FILE
from amgan.bulk.job_records import STATE_FILE, WORK
from amgan.bulk.job_store import UnknownJobError
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.errors import BusyError, ClassSearchError, ConfigError, RequestError
from tests.bulk.shop import Shop, spec, wait_until
from tests.models import NAMES, tiny_model


@pytest.fixture(scope="module")
def sample():
    return tiny_model().sampler.sample


@pytest.fixture
def shop(tmp_path, sample):
    made = Shop(tmp_path / "jobs", sample)
    made.store.start()
    yield made
    made.gate.set()
    made.store.close()


def test_a_job_is_run_and_its_result_is_that_of_the_runner(shop, sample, tmp_path):
    job = shop.store.submit(spec(5))
    done = shop.until(job, "done")
    alone = run_job(spec(5), sample, NAMES, tmp_path / "alone")
    assert shop.store.result(job.id).read_bytes() == alone.read_bytes()
    assert done.bytes == alone.stat().st_size
    assert done.progress.done == done.progress.total == 5
    assert job.created <= done.ended
    assert done.problem is None


def test_two_run_at_once_and_the_rest_in_turn(shop):
    shop.gate.clear()
    jobs = [shop.store.submit(spec(seed=seed)) for seed in range(4)]
    for job in jobs[:2]:
        shop.until(job, "running")
    assert [shop.store.job(job.id).state for job in jobs[2:]] == ["waiting", "waiting"]
    with pytest.raises(RequestError, match="waiting"):
        shop.store.result(jobs[3].id)
    shop.gate.set()
    for job in jobs:
        shop.until(job, "done")


def test_what_was_not_over_goes_on_after_a_restart(tmp_path, sample):
    first = Shop(tmp_path / "jobs", sample)
    done = first.store.submit(spec(2))
    first.store.start()
    first.until(done, "done")
    long = first.store.submit(spec(3 * CHUNK_PICTURES))
    while first.drawn < 2 + CHUNK_PICTURES:
        time.sleep(0.01)
    first.gate.clear()
    waiting = [first.store.submit(spec(seed=seed)) for seed in (5, 6)]
    threading.Timer(0.1, first.gate.set).start()
    first.store.close()
    second = Shop(tmp_path / "jobs", sample)
    second.store.start()
    assert second.store.job(done.id).state == "done"
    for job in (long, *waiting):
        second.until(job, "done")
    second.store.close()
    # Nothing that was kept is drawn again.
    assert first.drawn + second.drawn <= 2 + 3 * CHUNK_PICTURES + 2 * 3
    alone = run_job(spec(3 * CHUNK_PICTURES), sample, NAMES, tmp_path / "alone")
    assert second.store.result(long.id).read_bytes() == alone.read_bytes()


@pytest.mark.parametrize("when", ["waiting", "running", "done"])
def test_a_cancelled_job_leaves_nothing(shop, when):
    if when != "done":
        shop.gate.clear()
    others = [shop.store.submit(spec(seed=9)) for _ in range(2 if when == "waiting" else 0)]
    job = shop.store.submit(spec(2 * CHUNK_PICTURES))
    shop.until(job, when)
    assert shop.store.cancel(job.id).state == "cancelled"
    with pytest.raises(UnknownJobError):
        shop.store.job(job.id)
    with pytest.raises(UnknownJobError):
        shop.store.cancel(job.id)
    shop.gate.set()
    for other in others:
        shop.until(other, "done")
    place = shop.store.folder / job.id
    wait_until(lambda: not place.exists())


def test_a_job_cancelled_while_it_runs_is_not_run_by_the_next_server(tmp_path, sample):
    first = Shop(tmp_path / "jobs", sample)
    first.store.start()
    first.gate.clear()
    job = first.store.submit(spec(2 * CHUNK_PICTURES))
    first.until(job, "running")
    wait_until((first.store.folder / job.id / WORK / JOB_FILE).exists)  # from then on no file is renamed
    first.store.cancel(job.id)
    # As after a kill: the thread has not come to its end.
    shutil.copytree(tmp_path / "jobs", tmp_path / "as it was")
    second = Shop(tmp_path / "as it was", sample)
    second.store.start()
    with pytest.raises(UnknownJobError):
        second.store.job(job.id)
    first.gate.set()
    first.store.close()
    second.store.close()


def test_a_second_server_touches_nothing_of_the_first(tmp_path, sample):
    first = Shop(tmp_path, sample)
    first.store.start()
    place = tmp_path / ("0" * 32)
    place.mkdir()  # a job that is just being written down
    second = Shop(tmp_path, sample)
    with pytest.raises(ConfigError, match="another server"):
        second.store.start()
    assert place.exists()
    first.store.close()


def test_a_result_that_was_taken_away_is_not_there(shop):
    job = shop.until(shop.store.submit(spec()), "done")
    shop.store.result(job.id).unlink()
    with pytest.raises(UnknownJobError, match="start it again"):
        shop.store.result(job.id)


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (ClassSearchError("no 'Bag' from seed 0 in 600 tries"), "no 'Bag'"),
        (OSError(28, "No space left on device"), "could not write it (No space left on device)"),
    ],
)
def test_a_job_that_fails_says_why_and_the_next_one_runs(shop, problem, says):
    shop.problem = problem
    failed = shop.until(shop.store.submit(spec()), "failed")
    assert says in failed.problem
    assert str(shop.store.folder) not in failed.problem
    with pytest.raises(RequestError, match="failed"):
        shop.store.result(failed.id)
    shop.problem = None
    shop.until(shop.store.submit(spec()), "done")


def test_too_much_is_refused(tmp_path, sample):
    store = Shop(tmp_path, sample, running=1, waiting=2, pictures=100, bytes=10_000).store
    for asked, says in (
        (spec(101), "at most 100 pictures"),
        (spec(30), "too many"),
        (spec(None, labels={"Hat": 3}), "no class"),
        (spec(format="png"), "format"),
    ):
        with pytest.raises(RequestError, match=says):
            store.submit(asked)
    for seed in range(3):
        store.submit(spec(seed=seed))
    with pytest.raises(BusyError, match="3 jobs"):
        store.submit(spec())


def test_old_results_make_room(tmp_path, sample):
    shop = Shop(tmp_path, sample, running=1, bytes=25_000)
    shop.store.start()
    jobs = [shop.store.submit(spec(8, seed=seed)) for seed in (0, 10, 20)]
    sizes = [shop.until(job, "done").bytes for job in jobs]
    assert sum(sizes) > 25_000 > sum(sizes[1:])
    shop.store._tidy()
    with pytest.raises(UnknownJobError):
        shop.store.job(jobs[0].id)
    assert not (tmp_path / jobs[0].id).exists()
    assert [shop.store.job(job.id).state for job in jobs[1:]] == ["done", "done"]
    shop.store.close()


def test_old_jobs_are_forgotten(tmp_path, sample):
    shop = Shop(tmp_path, sample, keep_seconds=0)
    shop.store.start()
    job = shop.store.submit(spec())
    while (tmp_path / job.id / STATE_FILE).exists():
        time.sleep(0.01)
        shop.store._tidy()
    with pytest.raises(UnknownJobError):
        shop.store.result(job.id)
    shop.store.close()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"state": "done"}', '{"state": "flying", "spec": 3}', "null"])
def test_a_state_that_cannot_be_read_is_left_alone(tmp_path, sample, content):
    place = tmp_path / ("0" * 32)
    place.mkdir()
    (place / STATE_FILE).write_text(content)
    (tmp_path / "notes").mkdir()
    store = Shop(tmp_path, sample).store
    store.start()
    with pytest.raises(UnknownJobError):
        store.job(place.name)
    store.close()
    assert (place / STATE_FILE).read_text() == content
    assert (tmp_path / "notes").is_dir()


def test_a_zip_from_the_store_opens(shop):
    job = shop.store.submit(spec(None, labels={"Bag": 4, "Sneaker": 3}, format="zip"))
    shop.until(job, "done")
    with zipfile.ZipFile(shop.store.result(job.id)) as archive:
        assert archive.testzip() is None
        assert sum(name.endswith(".png") for name in archive.namelist()) == 7
