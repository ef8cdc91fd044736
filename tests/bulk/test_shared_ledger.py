"""Several servers, one database, one folder: each job is one server's at a time, and outlives it."""

from __future__ import annotations

import contextlib
import json
import logging
import threading

import pytest

from amgan.bulk import job_store
from amgan.bulk.job import Job
from amgan.bulk.job_folder import JobFolder
from amgan.bulk.job_records import WORK
from amgan.bulk.job_store import UnknownJobError
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.bulk.shared_ledger import SharedLedger
from amgan.errors import BusyError, ConfigError, JobsAwayError
from tests.bulk.jobs import StandIn
from tests.bulk.shop import Shop, spec, wait_until
from tests.databases import NO_POSTGRES, running_postgres
from tests.models import NAMES, message

if NO_POSTGRES is not None:
    pytest.skip(NO_POSTGRES, allow_module_level=True)

LONG = 6 * CHUNK_PICTURES
OTHER = "0" * 32


class Ledger(SharedLedger):
    """One whose leases last until the test says otherwise: a short one would run out by itself on a busy machine."""

    def __init__(self, address, folder, limits):
        super().__init__(address, folder, limits, lease=1000.0)
        self._beat, self._is_silent, self._beating = 0.1, False, threading.Lock()

    def fall_silent(self):
        """The server goes on, and its database does not hear of it any more, as when the network between is cut."""
        with self._beating:
            self._is_silent = True

    def run_out(self):
        """The time of its leases is over."""
        assert self._is_silent
        with self._database.writing() as db:
            db.execute("UPDATE jobs SET until = 0 WHERE owner = ?", (self._owner,))
        self._lease = 0.0

    def _renew(self):
        with self._beating:
            if not self._is_silent:
                super()._renew()

    def _take(self):
        return None if self._is_silent else super()._take()


class Servers:
    """Shops with one database and one folder."""

    def __init__(self, address, folder, patch):
        self.address, self.folder, self.made = address, folder, []
        patch.setattr(job_store, "OwnLedger", self._ledger)

    def _ledger(self, folder, limits):
        return Ledger(self.address, folder, limits)

    def open(self, **limits):
        shop = Shop(self.folder, StandIn(), **({"running": 1, "retry_seconds": 0.1} | limits))
        shop.store.start()
        self.made.append(shop)
        return shop

    def close(self):
        for shop in self.made:
            shop.gate.set()
            shop.store.stop()
        for shop in self.made:
            shop.store.close()

    def work(self, job):
        return JobFolder(self.folder / job.id / WORK)


@pytest.fixture
def servers(postgres, tmp_path, monkeypatch):
    made = Servers(postgres.new_schema(), tmp_path / "jobs", monkeypatch)
    yield made
    made.close()


def drawing(servers, shop):
    """A long job that the shop is in the middle of."""
    shop.gate.clear()
    shop.held_after = 3 * CHUNK_PICTURES
    job = shop.store.submit(spec(LONG))
    wait_until(lambda: len(servers.work(job).done()) >= 2)
    return job


def undisturbed(folder):
    return run_job(spec(LONG), StandIn(), NAMES, folder).read_bytes()


def test_each_server_tells_and_gives_what_another_has_drawn(servers):
    one, other = servers.open(), servers.open()
    for shop in (one, other):
        shop.gate.clear()
    jobs = [one.store.submit(spec(4, seed=seed)) for seed in (0, 10)]
    for job in jobs:
        other.until(job, "running")
    for shop in (one, other):
        shop.gate.set()
    for job in jobs:
        done = [shop.until(job, "done") for shop in (one, other)]
        assert done[0] == done[1]
        assert done[0].progress.done == 4
        assert len({shop.store.result(job.id) for shop in (one, other)}) == 1
    assert (one.drawn, other.drawn) == (4, 4)


def test_a_job_is_cancelled_through_any_server(servers):
    one, other = servers.open(), servers.open()
    for shop in (one, other):
        shop.gate.clear()
    jobs = [one.store.submit(spec(LONG)) for _ in range(2)]
    for job in jobs:
        one.until(job, "running")
    for shop, job in zip((one, other), jobs):
        assert shop.store.cancel(job.id).state == "cancelled"
    for shop in (one, other):
        for job in jobs:
            with pytest.raises(UnknownJobError):
                shop.store.job(job.id)
    for shop in (one, other):
        wait_until(lambda: all(taken.is_lost for taken in shop.store._ledger._taken.values()))  # noqa: B023
        shop.gate.set()
    wait_until(lambda: not any((servers.folder / job.id).exists() for job in jobs))
    assert one.drawn + other.drawn < 2 * LONG


def test_limits_are_those_of_all_servers_together(servers):
    one, other = servers.open(waiting=2), servers.open(waiting=2)
    for shop in (one, other):
        shop.gate.clear()
    for shop in (one, other, one):
        shop.store.submit(spec())
    for shop in (one, other):
        with pytest.raises(BusyError, match="3 jobs"):
            shop.store.submit(spec())


def test_what_a_server_has_left_that_is_gone_another_one_finishes(servers, tmp_path):
    one = servers.open()
    job = drawing(servers, one)
    kept = servers.work(job).done()
    one.store._ledger.fall_silent()
    one.store._ledger.run_out()
    other = servers.open()
    wait_until(lambda: one.store._ledger.taken(job.id) is None)
    # It is only asleep: as long as it is at work in the folder, the other one waits.
    problems = []
    wait_until(lambda: problems.append(other.store.job(job.id).problem) or problems[-1] is not None)
    assert "another run is at work here" in problems[-1]
    one.gate.set()
    other.until(job, "done")
    assert other.store.result(job.id).read_bytes() == undisturbed(tmp_path / "alone")
    assert other.drawn <= LONG - len(kept) * CHUNK_PICTURES
    wait_until(lambda: not one.store._ledger._taken)
    assert one.store.job(job.id).state == "done"


def test_a_server_that_stops_hands_its_jobs_over_at_once(servers, tmp_path):
    one = servers.open()
    job = drawing(servers, one)
    one.store.stop()
    one.gate.set()
    one.store.close()
    other = servers.open()
    other.until(job, "done")
    assert other.drawn < LONG
    assert other.store.result(job.id).read_bytes() == undisturbed(tmp_path / "alone")


def test_files_of_a_job_cancelled_while_its_server_is_gone_are_removed(servers):
    one = servers.open()
    job = drawing(servers, one)
    one.store._ledger.fall_silent()
    one.store._ledger._remove = lambda job_id: None  # it will never come to that
    other = servers.open()
    other.store.cancel(job.id)
    assert (servers.folder / job.id).exists()
    one.store._ledger.run_out()
    one.gate.set()

    def is_tidy():
        other.store._tidy()
        return not (servers.folder / job.id).exists()

    wait_until(is_tidy)


def test_tries_count_over_servers_and_all_wait_between_them(servers):
    shops = [servers.open(retries=3, retry_seconds=0.05) for _ in range(2)]
    for shop in shops:
        shop.problem = ZeroDivisionError()
    job = shops[0].store.submit(spec())
    failed = shops[1].until(job, "failed")
    assert "4 times" in failed.problem
    assert sum(shop.opened for shop in shops) == 1 + 4


def test_a_database_that_is_away_for_a_while_costs_no_job(tmp_path_factory, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("amgan.postgres._CONNECT_SECONDS", 1)
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        servers = Servers(server.address(), tmp_path / "jobs", monkeypatch)
        shop = servers.open()
        job = drawing(servers, shop)
        server.stop()
        shop.gate.set()
        for call in (lambda: shop.store.job(job.id), lambda: shop.store.submit(spec())):
            with pytest.raises(JobsAwayError) as raised:
                call()
            message(raised.value)
        server.start()

        def is_back():  # as long as somebody looks for it, the others are told that it is away
            with contextlib.suppress(BusyError, JobsAwayError):
                return shop.store.job(job.id)

        wait_until(is_back)
        shop.until(job, "done")
        assert shop.store.result(job.id).read_bytes() == undisturbed(tmp_path / "alone")
        shop.until(shop.store.submit(spec()), "done")
        servers.close()
    assert "secret-word" not in caplog.text


def test_the_log_tells_once_that_the_database_is_away(tmp_path_factory, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("amgan.postgres._CONNECT_SECONDS", 1)
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        servers, looked = Servers(server.address(), tmp_path / "jobs", monkeypatch), []
        ledger = servers.open().store._ledger
        take = ledger._take
        monkeypatch.setattr(ledger, "_take", lambda: looked.append(None) or take())
        server.stop()
        wait_until(lambda: len(looked) > 8)
        server.start()
        servers.close()
    assert len([told for told in caplog.messages if "cannot be kept" in told]) == 1


def content_of(**changed):
    return json.dumps(Job("", spec(), "waiting", 0.0).to_json() | changed)


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"state": "done"}', '{"spec": 3}', "[" * 100_000, content_of(estimate="x"), content_of(ended="x")],
    ids=["empty", "list", "fields", "spec", "deep", "estimate", "ended"],
)
def test_a_job_of_another_version_is_left_alone(servers, caplog, content):
    shop = servers.open()
    shop.gate.clear()
    job = shop.store.submit(spec())
    shop.until(job, "running")
    with shop.store._ledger._database.writing() as db:
        insert = f"INSERT INTO jobs (id, created, state, content) VALUES ('{OTHER}', 0, 'waiting', ?)"
        db.execute(insert, (content,))
    shop.gate.set()
    shop.until(job, "done")
    with pytest.raises(UnknownJobError):
        shop.store.job(OTHER)
    shop.until(shop.store.submit(spec()), "done")
    wait_until(lambda: not shop.store._ledger._take())
    with shop.store._ledger._database.reading() as db:
        assert db.execute(f"SELECT state, content FROM jobs WHERE id = '{OTHER}'").fetchone() == ("waiting", content)
    assert any("cannot be read" in record.message for record in caplog.records if record.levelno == logging.WARNING)


def test_an_id_that_leads_out_of_the_folder_is_nobodys(servers, tmp_path):
    """Whoever else may write to the database does not remove or make folders of the machine with it."""
    kept, shop = tmp_path / "others", servers.open()
    (kept / WORK).mkdir(parents=True)
    (kept / WORK / "file").write_bytes(b"mine")
    ledger = shop.store._ledger
    with ledger._database.writing() as db:
        insert = "INSERT INTO jobs (id, created, state, content) VALUES (?, 0, ?, ?)"
        db.execute(insert, ("../others", "cancelled", content_of()))
        db.execute(insert, ("../new", "waiting", content_of()))
    ledger.settle()
    shop.until(shop.store.submit(spec()), "done")
    assert all(job.id.isalnum() for job in ledger.jobs())
    assert (kept / WORK / "file").read_bytes() == b"mine"
    assert not (tmp_path / "new").exists()


def test_who_shares_and_who_does_not_keep_out_of_each_others_folder(servers, tmp_path, monkeypatch):
    own = Shop(tmp_path / "own", StandIn())
    monkeypatch.undo()
    alone = Shop(tmp_path / "alone", StandIn())
    alone.store.start()
    monkeypatch.setattr("amgan.bulk.shared_ledger._MOMENT", 0.05)
    ledger = SharedLedger(servers.address, tmp_path / "alone", alone.store.limits)
    with pytest.raises(ConfigError, match="shares nothing") as raised:
        ledger.open()
    message(raised.value)
    ledger.close()
    alone.store.close()
    own.store.start()
    own.store.close()
    with pytest.raises(ConfigError, match="servers that share") as raised:
        Shop(tmp_path / "own", StandIn()).store.start()
    message(raised.value)
    elsewhere = SharedLedger(servers.address, tmp_path / "elsewhere", alone.store.limits)
    with pytest.raises(ConfigError, match="not the folder") as raised:
        elsewhere.open()
    elsewhere.close()
    message(raised.value)
