"""What runs statements of SQL: the same for a file of SQLite and a database of PostgreSQL, with ? for each value."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement found."""

    def fetchone(self) -> Any:
        """The next row, None if there is none."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""


class Statements(Protocol):
    """A connection, for one thread at a time."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Rows:
        """Run a statement."""

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> object:
        """Run a statement for each of several rows of values."""


class Database(Protocol):
    """Gives connections to any number of threads; others may use the same file or database."""

    def reading(self) -> contextlib.AbstractContextManager[Statements]:
        """A connection; within `writing` that one."""

    def writing(self) -> contextlib.AbstractContextManager[Statements]:
        """A connection in a transaction, of which there is one at a time: all that is written is kept, or nothing."""

    def close(self) -> None:
        """Use it no more."""
