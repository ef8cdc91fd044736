"""The SQLite file of reviews: where it is, opened, locked, and its failures told in one line."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from amgan.errors import BusyError, ConfigError, ReviewsAwayError
from amgan.private_files import make_private_folder, open_private, tighten, user_data_folder

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reviews (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, created REAL NOT NULL, closed REAL, spec TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reopenings (review TEXT PRIMARY KEY REFERENCES reviews (id), at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deletions (review TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS votes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, review TEXT NOT NULL REFERENCES reviews (id), id TEXT NOT NULL,
    item INTEGER NOT NULL, reviewer TEXT NOT NULL, verdict TEXT NOT NULL, comment TEXT NOT NULL, name TEXT NOT NULL,
    at REAL NOT NULL, UNIQUE (review, id)
);
CREATE INDEX IF NOT EXISTS votes_of_reviewer ON votes (review, reviewer, at);
CREATE INDEX IF NOT EXISTS votes_by_time ON votes (review, at);
CREATE TABLE IF NOT EXISTS guess_secret (one INTEGER PRIMARY KEY CHECK (one = 1), secret BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS guesses (
    round TEXT NOT NULL, place INTEGER NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL, is_real INTEGER NOT NULL,
    number INTEGER NOT NULL, said_real INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (round, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS guesses_of_model ON guesses (model, revision, at);
"""
_IN_MEMORY = ":memory:"
_COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a file while it is open."""
_WAIT_SECONDS = 20.0
_RETRY_SECONDS = 0.05

FILE_NAME = "reviews.sqlite"


class ReviewFile:
    """A connection to the file, for the threads of one process; several processes may each have one."""

    def __init__(self, path: str | Path) -> None:
        """Open the file, or make it.

        Raises:
            ConfigError: it cannot be made, or is no such file.
        """
        self._name = Path(path).name
        self._lock = threading.RLock()
        try:
            if str(path) != _IN_MEMORY:
                _make_private(Path(path))
            self._db = sqlite3.connect(path, timeout=_WAIT_SECONDS, check_same_thread=False, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(self._unusable(error)) from error
        try:
            self._prepare()
            _tighten_all(Path(path))
        except sqlite3.Error as error:
            self._db.close()
            raise ConfigError(self._unusable(error)) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone.

        Raises:
            BusyError: another process does not let go of the file.
            ReviewsAwayError: it cannot be used any more.
        """
        with self._lock, self._told():
            yield self._db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The same in a transaction: all that is written is kept, or after an error nothing.

        Raises:
            BusyError: another process does not let go of the file.
            ReviewsAwayError: it cannot be written, such as on a full disk.
        """
        with self._lock, self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db

    def _prepare(self) -> None:
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                # SQLite does not wait here for others who open a new file as well.
                self._db.execute("PRAGMA journal_mode = WAL")
                # A vote that was acknowledged must also survive a power cut.
                self._db.execute("PRAGMA synchronous = FULL")
                # What was deleted must not be left in free pages.
                self._db.execute("PRAGMA secure_delete = ON")
                self._db.executescript(_SCHEMA)
                return
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > until:
                    raise
                time.sleep(_RETRY_SECONDS)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if not _is_busy(error):
                raise ReviewsAwayError(self._unusable(error)) from error
            problem = f"another process is using {self._name:.100}; try again in a moment"
            raise BusyError(problem, _WAIT_SECONDS) from error

    def _unusable(self, error: Exception) -> str:
        reason = error.strerror or "" if isinstance(error, OSError) else str(error)
        return f"reviews cannot be kept in {self._name:.100} ({reason}); free the disk or name another file"


def _make_private(path: Path) -> None:
    # SQLite would leave it to the umask; what it puts beside the file gets the file's own mode.
    make_private_folder(path.parent)
    if not path.exists():
        open_private(path, "ab").close()


def _tighten_all(path: Path) -> None:
    """Keep others from a file that an older version made, once it is known to be one of reviews."""
    real = path.resolve()
    for ending in ("", *_COMPANIONS):
        tighten(real.with_name(real.name + ending))


def _is_busy(error: sqlite3.Error) -> bool:
    # Its code has no public name before Python 3.11.
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def default_path() -> Path:
    """The file in AMGAN_REVIEWS if that is set, else one in the user's own data folder."""
    chosen = os.environ.get("AMGAN_REVIEWS")
    return Path(chosen) if chosen else user_data_folder() / FILE_NAME
