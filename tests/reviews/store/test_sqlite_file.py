"""The file itself: opened by many at once, and what goes wrong with it is one line.

Where reviews are kept.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from amgan.errors import BusyError, ConfigError
from amgan.reviews.store import sqlite_file
from amgan.reviews.store.sqlite_file import ReviewFile, default_path
from amgan.reviews.store.store import ReviewStore
from tests.models import message
from tests.reviews.random_reviews import review_of
from tests.reviews.store.store_parts import vote


def test_what_is_no_such_file_is_a_sentence(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" + b"x" * 4000)
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "picture.png", tmp_path / "folder", tmp_path / "picture.png" / "reviews.sqlite"):
        with pytest.raises(ConfigError) as raised:
            ReviewStore(path)
        assert path.name in message(raised.value)


def test_many_open_a_new_file_at_once(tmp_path):
    for attempt in range(5):
        path, failures = tmp_path / f"{attempt}.sqlite", []
        barrier = threading.Barrier(6)

        def start(path: Path = path, barrier: threading.Barrier = barrier, failures: list[object] = failures) -> None:
            barrier.wait()
            try:
                store = ReviewStore(path)
                store.create(review_of(1))
                store.close()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=start) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        store = ReviewStore(path)
        assert len(store.reviews()) == 6
        store.close()


def _open_often(folder: Path, barrier: threading.Barrier, failures: Queue[str]) -> None:
    for attempt in range(25):
        barrier.wait()
        try:
            ReviewFile(folder / f"{attempt}.sqlite").close()
        except Exception as error:
            failures.put(str(error))


def test_many_processes_open_a_new_file_at_once(tmp_path):
    context = multiprocessing.get_context("forkserver")
    barrier, failures = context.Barrier(3), context.Queue()
    openers = [context.Process(target=_open_often, args=(tmp_path, barrier, failures)) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0, 0, 0]
    assert failures.empty(), failures.get()


def test_it_waits_for_who_turns_the_new_file_to_its_mode(tmp_path, monkeypatch):
    other = sqlite3.connect(tmp_path / "r.sqlite", check_same_thread=False, isolation_level=None)
    other.execute("CREATE TABLE someone (is_here)")
    other.execute("BEGIN EXCLUSIVE")
    waits = []

    def release(seconds: float) -> None:
        waits.append(seconds)
        other.execute("COMMIT")

    monkeypatch.setattr(sqlite_file.time, "sleep", release)
    monkeypatch.setattr(sqlite_file.sqlite3, "connect", _impatient(sqlite3.connect))
    ReviewFile(tmp_path / "r.sqlite").close()
    assert waits
    other.close()


def test_who_holds_the_file_too_long_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_file.sqlite3, "connect", _impatient(sqlite3.connect))
    store = ReviewStore(tmp_path / "r.sqlite")
    review = store.create(review_of(1))
    other = sqlite3.connect(tmp_path / "r.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for call in (lambda: store.add(review.id, [vote(1)]), lambda: store.create(review_of(1))):
        with pytest.raises(BusyError) as raised:
            call()
        assert "another process is using r.sqlite" in message(raised.value)
        assert raised.value.retry_after
    other.execute("ROLLBACK")
    other.close()
    store.add(review.id, [vote(1)])
    assert len(store.votes(review.id)) == 1
    store.close()


def test_a_full_disk_and_a_file_that_may_not_be_written_are_a_sentence(tmp_path):
    store = ReviewStore(tmp_path / "r.sqlite")
    review = store.create(review_of(1))
    with store._file.reading() as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own word for a full disk
    with pytest.raises(ConfigError) as raised:
        store.create(review_of(2000))
    assert "r.sqlite (database or disk is full)" in message(raised.value)
    with store._file.reading() as db:
        db.execute("PRAGMA query_only = ON")
    with pytest.raises(ConfigError) as raised:
        store.add(review.id, [vote(1)])
    assert "readonly" in message(raised.value)
    assert [kept.id for kept in store.reviews()] == [review.id]
    store.close()


def _impatient(connect):
    return lambda *args, **settings: connect(*args, **settings | {"timeout": 0.01})


@pytest.mark.parametrize(
    ("chosen", "data", "place"),
    [
        ("votes/mine.sqlite", "/data", "votes/mine.sqlite"),
        ("", "/data", "/data/amgan/reviews.sqlite"),
        (None, "/data", "/data/amgan/reviews.sqlite"),
        (None, "", "/home/eve/.local/share/amgan/reviews.sqlite"),
        (None, "relative", "/home/eve/.local/share/amgan/reviews.sqlite"),
        (None, None, "/home/eve/.local/share/amgan/reviews.sqlite"),
    ],
)
def test_the_variable_else_the_users_data_folder(monkeypatch, chosen, data, place):
    monkeypatch.setenv("HOME", "/home/eve")
    for name, value in (("AMGAN_REVIEWS", chosen), ("XDG_DATA_HOME", data)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert default_path() == Path(place)
