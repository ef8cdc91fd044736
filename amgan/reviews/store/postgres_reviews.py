"""Reviews in a PostgreSQL database, for several servers: the tables of the SQLite file as PostgreSQL writes them."""

from __future__ import annotations

import os
from pathlib import Path

from amgan.errors import ReviewsAwayError
from amgan.postgres import VARIABLE, Postgres
from amgan.reviews.store.sqlite_file import default_path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reviews (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, created DOUBLE PRECISION NOT NULL, closed DOUBLE PRECISION,
    spec TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reopenings (
    review TEXT PRIMARY KEY REFERENCES reviews (id), at DOUBLE PRECISION NOT NULL
);
CREATE TABLE IF NOT EXISTS deletions (review TEXT PRIMARY KEY, at DOUBLE PRECISION NOT NULL);
CREATE TABLE IF NOT EXISTS votes (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, review TEXT NOT NULL REFERENCES reviews (id),
    id TEXT NOT NULL, item INTEGER NOT NULL, reviewer TEXT NOT NULL, verdict TEXT NOT NULL, comment TEXT NOT NULL,
    name TEXT NOT NULL, at DOUBLE PRECISION NOT NULL, UNIQUE (review, id)
);
CREATE INDEX IF NOT EXISTS votes_of_reviewer ON votes (review, reviewer, at);
CREATE INDEX IF NOT EXISTS votes_by_time ON votes (review, at);
CREATE TABLE IF NOT EXISTS guess_secret (one INTEGER PRIMARY KEY CHECK (one = 1), secret BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS guesses (
    round TEXT NOT NULL, place INTEGER NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL, is_real BOOLEAN NOT NULL,
    number BIGINT NOT NULL, said_real BOOLEAN NOT NULL, at DOUBLE PRECISION NOT NULL, PRIMARY KEY (round, place)
);
CREATE INDEX IF NOT EXISTS guesses_of_model ON guesses (model, revision, at)
"""


def shared_reviews(address: str) -> Postgres:
    """The database at an address, with the tables of reviews.

    Raises:
        ConfigError: it cannot be used.
    """
    return Postgres(address, "reviews", _SCHEMA, ReviewsAwayError)


def default_place() -> Path | Postgres:
    """The database at the address in AMGAN_STATE if that is set, else the file of `default_path`.

    Raises:
        ConfigError: the database cannot be used.
    """
    address = os.environ.get(VARIABLE, "").strip()
    return shared_reviews(address) if address else default_path()
