"""Room on the disk: what is refused, what has to go, and that jobs stay within what they may take together."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bulk.job import Job
from amgan.bulk.job_room import PACKING, JobLimits, check_room, jobs_to_remove
from amgan.bulk.job_store import UnknownJobError
from amgan.bulk.progress import JobProgress
from amgan.errors import BusyError, RequestError
from tests.bulk.jobs import StandIn
from tests.bulk.shop import Shop, spec

KINDS = st.tuples(st.sampled_from(["waiting", "running", "done", "failed"]), st.integers(0, 50))


def jobs_of(kinds):
    """Jobs that ended one after the other, at 0, 1, 2 ..."""
    return [
        Job(str(number), spec(), state, 0.0, estimate=size)
        if state in ("waiting", "running")
        else Job(str(number), spec(), state, 0.0, float(number), bytes=size if state == "done" else None, estimate=99)
        for number, (state, size) in enumerate(kinds)
    ]


def taken(jobs):
    return sum((job.bytes or 0) if job.is_over else PACKING * job.estimate for job in jobs)


@given(st.lists(KINDS, max_size=12), st.integers(0, 300))
def test_the_oldest_results_go_and_no_more_of_them_than_must(kinds, most):
    jobs = jobs_of(kinds)
    gone = jobs_to_remove(jobs, JobLimits(bytes=most, least_bytes=0))
    results = [job for job in jobs if job.state == "done" and job.bytes]
    assert gone == results[: len(gone)]
    rest = [job for job in jobs if job not in gone]
    assert taken(rest) <= most or len(gone) == len(results)
    if gone:
        assert taken([*rest, gone[-1]]) > most


@given(st.lists(KINDS, max_size=12), st.integers(-1, 12), st.integers(0, 40))
def test_there_is_room_for_what_is_left_when_all_that_may_go_have_gone(kinds, since, estimate):
    jobs = jobs_of(kinds)
    needed = taken([job for job in jobs if not job.is_over or job.ended > since]) + PACKING * estimate
    for room, fits in ((needed, True), (needed - 1, False)):
        limits = JobLimits(bytes=room, least_bytes=0, safe_seconds=0.0)
        try:
            check_room(jobs, estimate, limits, since, 10**9)
            assert fits
        except BusyError:
            assert not fits


@given(st.lists(KINDS, max_size=12), st.integers(0, 12), st.integers(0, 500), st.integers(0, 20))
def test_jobs_that_are_over_are_bounded_in_number_and_each_counts(kinds, most, room, least):
    jobs, limits = jobs_of(kinds), JobLimits(bytes=room, least_bytes=least, over=most)
    gone = jobs_to_remove(jobs, limits)
    over = [job for job in jobs if job.is_over]
    rest = [job for job in over if job not in gone]
    assert len(rest) <= most
    if least:
        assert gone == over[: len(gone)]
        each = [max(least, taken([job])) for job in jobs if job not in gone]
        assert sum(each) <= room or not rest


def test_so_many_that_ended_just_now_let_no_other_in():
    jobs, limits = jobs_of([("failed", 0), ("done", 3), ("waiting", 1)]), JobLimits(over=2, safe_seconds=10.0)
    with pytest.raises(BusyError, match="2 jobs have just ended"):
        check_room(jobs, 1, limits, 5.0, 10**9)
    check_room(jobs, 1, limits, 10.5, 10**9)


def test_a_disk_that_others_have_filled_refuses_a_job_before_it_begins(tmp_path, monkeypatch):
    store = Shop(tmp_path, StandIn(), spare_bytes=1000).store
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10**9, 10**9 - 7000, 7000))
    with pytest.raises(BusyError, match="nearly full") as refused:
        store.submit(spec(8))  # 2 * 8 * 400
    assert refused.value.retry_after >= 1
    store.submit(spec(3))
    with pytest.raises(BusyError, match="nearly full"):
        store.submit(spec(5))  # of which the first one has not written anything yet
    store.submit(spec(4))


def test_what_a_job_has_written_is_not_counted_twice():
    waiting = Job("1", spec(10), "running", 0.0, estimate=1000)
    half = dataclasses.replace(waiting, progress=JobProgress("drawing", 5, 10))
    packing = dataclasses.replace(waiting, progress=JobProgress("packing", 2, 10))
    limits = JobLimits(spare_bytes=7, least_bytes=0)
    for job, left in ((waiting, 2000), (half, 1500), (packing, 1000)):
        check_room([job], 50, limits, 0.0, 100 + left + 7)
        with pytest.raises(BusyError, match="nearly full"):
            check_room([job], 50, limits, 0.0, 100 + left + 6)


@pytest.fixture
def shop(tmp_path, request):
    made = Shop(tmp_path / "jobs", StandIn(), running=1, **request.param)
    made.store.start()
    yield made
    made.gate.set()
    made.store.close()


@pytest.mark.parametrize("shop", [{"bytes": 10_000}], indirect=True)
def test_jobs_that_are_not_over_keep_their_room(shop):
    shop.gate.clear()
    first = shop.store.submit(spec(8))
    with pytest.raises(BusyError, match="disk space") as refused:
        shop.store.submit(spec(8))
    assert len(str(refused.value).splitlines()) == 1
    assert refused.value.retry_after >= 1
    small = shop.store.submit(spec(4))
    shop.store.cancel(first.id)
    again = shop.store.submit(spec(7))
    shop.gate.set()
    for job in (small, again):
        shop.until(job, "done")


@pytest.mark.parametrize("shop", [{"bytes": 10_000}], indirect=True)
def test_a_job_that_never_fits_is_refused_for_good(shop):
    with pytest.raises(RequestError, match="too many here"):
        shop.store.submit(spec(13))  # 2 * 13 * 400 > 10_000
    assert shop.until(shop.store.submit(spec(12)), "done")


@pytest.mark.parametrize("shop", [{"bytes": 30_000}], indirect=True)
def test_a_result_nobody_had_time_to_fetch_is_safe_from_new_jobs(shop):
    done = shop.until(shop.store.submit(spec(12)), "done")
    most = (30_000 - done.bytes) // (2 * 400)
    with pytest.raises(BusyError, match="disk space"):
        shop.store.submit(spec(most + 1))
    shop.until(shop.store.submit(spec(most)), "done")
    assert shop.store.result(done.id).exists()


@pytest.mark.parametrize("shop", [{"bytes": 30_000, "safe_seconds": 0.0}], indirect=True)
def test_older_results_make_room_before_a_new_job_writes(shop):
    old = shop.until(shop.store.submit(spec(12)), "done")
    shop.problem = RequestError("no")
    failed = shop.until(shop.store.submit(spec(3)), "failed")
    shop.gate.clear()
    shop.store.submit(spec(36))
    with pytest.raises(UnknownJobError):
        shop.store.job(old.id)
    assert not (shop.store.folder / old.id).exists()
    # What takes no room stays to say why it failed.
    assert shop.store.job(failed.id).problem == "no"


def test_the_room_of_a_job_is_known_after_a_restart(tmp_path):
    first = Shop(tmp_path, StandIn(), bytes=10_000)
    job = first.store.submit(spec(8))
    second = Shop(tmp_path, StandIn(), bytes=10_000)
    second.gate.clear()
    second.store.start()
    assert second.store.job(job.id).estimate == 3200
    with pytest.raises(BusyError):
        second.store.submit(spec(8))
    second.gate.set()
    second.store.close()
