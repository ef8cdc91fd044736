"""A real PostgreSQL: writers one after the other, failures in one line, and no password in any of them."""

from __future__ import annotations

import contextlib
import logging
import threading
from contextlib import closing

import pytest

from amgan.cli.review.opening import reading_store
from amgan.errors import BusyError, ConfigError, ReviewsAwayError
from amgan.postgres import Postgres
from amgan.reviews.store.postgres_reviews import default_place
from amgan.reviews.store.store import ReviewStore
from tests.databases import NO_POSTGRES, Relay, running_postgres
from tests.models import message
from tests.ports import free_port
from tests.reviews.random_reviews import review_of
from tests.server.running import wait_until

if NO_POSTGRES is not None:
    pytest.skip(NO_POSTGRES, allow_module_level=True)

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (number INTEGER NOT NULL, text TEXT);"


def opened(address):
    return Postgres(address, "reviews", SCHEMA.rstrip(";"), ReviewsAwayError)


@pytest.fixture
def database(postgres):
    made = opened(postgres.new_schema())
    yield made
    made.close()


def numbers(database):
    with database.reading() as db:
        return [number for (number,) in db.execute("SELECT number FROM numbers ORDER BY number").fetchall()]


def answers(database):
    with contextlib.suppress(BusyError, ReviewsAwayError):
        return numbers(database) is not None


def test_what_is_counted_in_a_transaction_is_so_at_its_end(postgres):
    address, most, results = postgres.new_schema(), 5, []
    servers = [opened(address) for _ in range(4)]

    def write(server):
        for _ in range(4):
            with server.writing() as db:
                (count,) = db.execute("SELECT count(*) FROM numbers").fetchone()
                if count < most:
                    db.execute("INSERT INTO numbers (number) VALUES (?)", (count,))
                results.append(count)

    threads = [threading.Thread(target=write, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(servers[0]) == list(range(most))
    assert sorted(results) == [*range(most), *[most] * 11]
    for server in servers:
        server.close()


def write_and(fail, database):
    with database.writing() as db:
        db.executemany("INSERT INTO numbers (number) VALUES (?)", [(7,), (8,)])
        with database.reading() as same:
            assert {7, 8} <= {number for (number,) in same.execute("SELECT number FROM numbers").fetchall()}
        fail()


def test_after_an_error_nothing_is_kept(database):
    with pytest.raises(ZeroDivisionError):
        write_and(lambda: 1 / 0, database)
    assert numbers(database) == []


@pytest.mark.parametrize("text", ["\0", "a\0b\0", "\ue000", "\ue0000", "\0\ue000\0", "\ue000\ue000\n0", "%s ? '", ""])
def test_every_text_comes_back(database, text):
    with database.writing() as db:
        db.execute("INSERT INTO numbers (number, text) VALUES (?, ?)", (1, text))
        assert db.execute("SELECT text FROM numbers").fetchone() == (text,)


def test_a_writer_that_does_not_come_to_its_end_is_told_of(database, postgres, monkeypatch):
    monkeypatch.setattr("amgan.postgres._WAIT_SECONDS", 0.1)
    monkeypatch.setattr("amgan.postgres._SILENT_SECONDS", 60)
    held, done = threading.Event(), threading.Event()

    def hold():
        with database.writing():
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(30)
    with pytest.raises(BusyError) as raised, database.writing():
        pass
    assert "another server is writing reviews" in message(raised.value)
    assert raised.value.retry_after
    assert numbers(database) == []  # who reads waits for nobody
    done.set()
    holder.join()
    with database.writing() as db:
        db.execute("INSERT INTO numbers (number) VALUES (1)")


def test_a_writer_that_falls_silent_keeps_nobody_waiting(database, postgres, monkeypatch):
    """As when its machine is lost in the middle: the database would wait for hours, and every server with it."""
    monkeypatch.setattr("amgan.postgres._SILENT_SECONDS", 1)
    held, done = threading.Event(), threading.Event()
    failed = []

    def hold():
        try:
            with database.writing() as db:
                db.execute("INSERT INTO numbers (number) VALUES (1)")
                held.set()
                done.wait(30)
        except ReviewsAwayError as error:
            failed.append(error)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(30)
    monkeypatch.setattr("amgan.postgres._SILENT_SECONDS", 60)  # who writes now may be slow, on a busy machine
    with database.writing() as db:
        db.execute("INSERT INTO numbers (number) VALUES (2)")
    done.set()
    holder.join()
    assert "idle-in-transaction timeout" in message(failed[0])
    assert numbers(database) == [2]


def test_a_database_that_hangs_holds_nobody(postgres, monkeypatch):
    """Its machine takes what it is sent, so that for the network nothing is wrong."""
    monkeypatch.setattr("amgan.postgres._MUTE_SECONDS", 0.3)
    address = postgres.new_schema()
    with closing(Relay(postgres.port)) as relay:
        database = opened(address.replace(f":{postgres.port}/", f":{relay.port}/"))
        with database.reading() as db:
            db.execute("SELECT pg_sleep(0.1)")
        for using in (database.reading, database.writing):
            with pytest.raises(ReviewsAwayError, match=r"has said nothing for 0\.3 seconds"):
                ask_muted(using, relay)
            relay.speak()
            assert numbers(database) == []
        database.close()


def ask_muted(using, relay):
    with using() as db:
        db.execute("SELECT 1")
        relay.mute()
        db.execute("SELECT 1")


def test_while_a_database_is_away_one_looks_for_it_and_the_others_are_told_at_once(tmp_path_factory, monkeypatch):
    monkeypatch.setattr("amgan.postgres._CONNECT_SECONDS", 1)
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server, closing(opened(server.address())) as database:
        server.stop()
        asked, told = threading.Semaphore(6), []

        def ask():
            with asked, pytest.raises(ReviewsAwayError) as raised, database.reading():
                pass
            told.append(message(raised.value))

        connect, waits = database._pool.connection, []
        monkeypatch.setattr(database._pool, "connection", lambda: waits.append(0) or connect())
        threads = [threading.Thread(target=ask) for _ in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(waits) <= 6, "none but those who asked before it was known"
        assert len(told) == 60
        assert all("Connection refused" in text for text in told), "why it is so, not how long was waited"
        server.start()
        wait_until(lambda: answers(database))


def test_a_database_that_was_away_is_used_again(tmp_path_factory, monkeypatch, caplog):
    monkeypatch.setattr("amgan.postgres._CONNECT_SECONDS", 1)
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        database = opened(server.address())
        with database.writing() as db:
            db.execute("INSERT INTO numbers (number) VALUES (1)")
        with pytest.raises(ReviewsAwayError) as raised:
            write_and(server.stop, database)
        told = [raised.value]
        for using in (database.reading, database.writing):
            with pytest.raises(ReviewsAwayError) as raised, using():
                pass
            told.append(raised.value)
        with pytest.raises(ConfigError) as raised:
            opened(server.address())
        assert "Connection refused" in message(raised.value)
        server.start()
        wait_until(lambda: answers(database))
        assert numbers(database) == [1]
        with database.writing() as db:
            db.execute("INSERT INTO numbers (number) VALUES (3)")
        database.close()
    for error in (*told, raised.value):
        assert f"postgresql://127.0.0.1:{server.port}/postgres" in message(error)
        assert "secret-word" not in str(error)
    assert "secret-word" not in caplog.text


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://eve:secret-word%zz@host/db", "cannot be read"),
        ("postgresql://eve:secret-word@host:0x/db", "Servname not supported"),
        ("postgresql://eve:secret-word@host/db?no=such", "cannot be read"),
        ("postgresql://eve:secret-word@127.0.0.1:PORT/db", "Connection refused"),
        ("postgresql://eve:secret-word@no-such-host.invalid/db", "no-such-host"),
        ("postgresql://eve:secret-word@127.0.0.1:REAL/db", 'role "eve" does not exist'),
    ],
)
def test_an_address_that_cannot_be_used_is_a_line_without_its_password(postgres, caplog, address, says):
    caplog.set_level(logging.DEBUG)
    address = address.replace("PORT", str(free_port())).replace("REAL", str(postgres.port))
    with pytest.raises(ConfigError, match=says) as raised:
        opened(address)
    error = raised.value
    while error is not None:
        assert "secret-word" not in str(error)
        error = error.__cause__
    message(raised.value)
    assert "secret-word" not in caplog.text


def test_the_commands_find_the_reviews_that_servers_share(postgres, monkeypatch, tmp_path):
    monkeypatch.setenv("AMGAN_STATE", postgres.new_schema())
    with closing(ReviewStore(default_place())) as store:
        review = store.create(review_of(2))
    with reading_store(None) as store:
        assert store.reviews() == [review]
    with pytest.raises(ConfigError, match="no reviews are kept there"), reading_store(tmp_path / "named.sqlite"):
        pass
