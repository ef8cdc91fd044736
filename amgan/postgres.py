"""A PostgreSQL database in which several servers keep what they share: connections, transactions, failures in one line.

psycopg is no requirement, and imported once a database is opened.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from amgan.errors import AmganError, BusyError, ConfigError, one_line
from amgan.statements import Rows, Statements

if TYPE_CHECKING:
    import psycopg
    from psycopg_pool import ConnectionPool

VARIABLE = "AMGAN_STATE"
SCHEMES = ("postgresql://", "postgres://")
INSTALL = "pip install 'psycopg[binary,pool]>=3.2,<4'"

MOST_CONNECTIONS = 4
"""Of one server to each of its parts; there may be many servers, and a database takes a hundred in all."""
_CONNECT_SECONDS, _WAIT_SECONDS = 5, 20
_MUTE_SECONDS = _WAIT_SECONDS + 5
"""A connection that says nothing for so long is hung up on: a machine that hangs still takes what it is sent."""
_SILENT_SECONDS = 10
"""A writer that says nothing for so long, as when its machine is lost, is taken to be gone; the others wait for it."""
_SETTINGS: dict[str, Any] = {
    "application_name": "amgan",
    "connect_timeout": _CONNECT_SECONDS,
    # A database whose machine is gone is noticed while somebody still waits for its answer.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "tcp_user_timeout": 1000 * _WAIT_SECONDS,
}

# Of the private use area: no text means anything by it.
_ESCAPE = "\ue000"
_NUL = _ESCAPE + "0"
_ESCAPED = re.compile(f"{_ESCAPE}.")


class Postgres:
    """One part of what is shared, with tables of its own. For any number of threads."""

    def __init__(self, address: str, part: str, schema: str, away: type[AmganError]) -> None:
        """Connect, and make the tables that are not there yet.

        Args:
            address: postgresql://user@host/database, as libpq reads it; a password in it is never shown.
            part: What is kept, in messages and for the lock of its writers, such as "reviews".
            schema: Statements that make its tables if they are not there, with semicolons between.
            away: Raised when the database cannot be used.

        Raises:
            ConfigError: the address is none, the driver is not installed, or the database cannot be used.
        """
        self._part, self._away = part, away
        self._lock = zlib.crc32(f"amgan {part}".encode())
        self._here = threading.local()
        self._looking = threading.Lock()
        self._reason: psycopg.Error | None = None
        self._settings, self._name = _read(address)
        self._pool = _pool(self._settings)
        try:
            # The pool itself would only say that it took too long.
            _connect(self._settings).close()
            self._pool.open()
            with self.writing() as db:
                for statement in schema.split(";"):
                    db.execute(statement)
        except Exception as error:
            self.close()
            reason = error.__cause__ if isinstance(error, AmganError) and error.__cause__ else error
            raise ConfigError(self._unusable(reason)) from error

    def __str__(self) -> str:
        return self._name

    def close(self) -> None:
        """Hang up."""
        self._pool.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Statements]:
        """A connection for this thread alone; within `writing` that one's.

        Raises:
            AmganError: `away`; the database cannot be used now.
        """
        if (mine := self._mine) is not None:
            yield mine
            return
        with self._told(), self._connection() as connection:
            yield _Statements(connection)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Statements]:
        """Likewise in a transaction, one at a time among all servers: all that is written is kept, or nothing.

        Raises:
            BusyError: another server does not come to its end.
            AmganError: `away`; the database cannot be used now, or went away before it said that all is kept.
        """
        with self._told(), self._connection() as connection:
            # What is counted in a transaction must still be so at its end. Every later statement sees what the writer
            # before has written, as it begins with a view of its own.
            connection.execute(
                "SELECT set_config('lock_timeout', %s, true), "
                "set_config('idle_in_transaction_session_timeout', %s, true)",
                (f"{1000 * _WAIT_SECONDS}", f"{1000 * _SILENT_SECONDS}"),
            )
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._lock,))
            self._here.statements = _Statements(connection)
            try:
                yield self._here.statements
            finally:
                del self._here.statements

    @property
    def _mine(self) -> _Statements | None:
        return getattr(self._here, "statements", None)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        """One of the pool. While the database is away one thread looks for it, and the others are told at once."""
        import psycopg

        if (reason := self._reason) is not None:
            if not self._looking.acquire(blocking=False):
                raise self._away(self._unusable(reason)) from reason
            try:
                self._look()
            finally:
                self._looking.release()
        with contextlib.ExitStack() as stack:
            try:
                connection = stack.enter_context(self._pool.connection())
            except psycopg.OperationalError as error:
                self._look()  # the pool only knows how long it has waited
                busy = BusyError(f"too much is waiting for {self._part}; try again in a moment")
                busy.retry_after = _CONNECT_SECONDS
                raise busy from error
            yield connection

    def _look(self) -> None:
        """Whether the database can be reached; raises why not."""
        import psycopg

        try:
            _connect(self._settings).close()
        except psycopg.Error as error:
            self._reason = error
            raise
        self._reason = None

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.errors.LockNotAvailable as error:
            busy = BusyError(f"another server is writing {self._part}; try again in a moment")
            busy.retry_after = _WAIT_SECONDS
            raise busy from error
        except psycopg.Error as error:
            raise self._away(self._unusable(error)) from error

    def _unusable(self, error: BaseException) -> str:
        return f"{self._part} cannot be kept in {self._name:.100} ({one_line(error):.300}); see to it that it runs"


class _Statements:
    """A connection that takes statements as SQLite does."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Rows:
        return self._connection.execute(_with_places(statement), values)

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_with_places(statement), list(values))


def _with_places(statement: str) -> Any:
    # No statement of ours holds either sign for anything else.
    return statement.replace("?", "%s")


def _read(address: str) -> tuple[dict[str, Any], str]:
    """What to connect with, and what to call it."""
    if not address.startswith(SCHEMES):
        raise ConfigError(f"{VARIABLE} must be the address of a database, postgresql://user@host/database")
    try:
        from psycopg import Error
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise ConfigError(f"{VARIABLE} needs one more package: {INSTALL}") from error
    try:
        given = conninfo_to_dict(address)
    except Error:
        # Its own words quote the address, with the password.
        raise ConfigError(f"{VARIABLE} cannot be read: postgresql://user:password@host:port/database") from None
    host, port = given.get("host") or "localhost", given.get("port")
    name = f"postgresql://{host}{f':{port}' if port else ''}/{given.get('dbname') or ''}"
    return _SETTINGS | given, name


def _pool(settings: dict[str, Any]) -> ConnectionPool:
    try:
        from psycopg_pool import ConnectionPool
    except ImportError as error:
        raise ConfigError(f"{VARIABLE} needs one more package: {INSTALL}") from error
    return ConnectionPool(
        connection_class=_impatient(), kwargs=settings, min_size=0, max_size=MOST_CONNECTIONS,
        timeout=_CONNECT_SECONDS, open=False, configure=_configure, check=ConnectionPool.check_connection,
        reconnect_timeout=_CONNECT_SECONDS,
    )  # fmt: skip


def _impatient() -> type[psycopg.Connection]:
    """A connection that waits only so long for a sign of life."""
    import psycopg

    class Impatient(psycopg.Connection):
        def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
            return super().wait(self._while_heard(gen), *args, **kwargs)

        def _while_heard(self, steps: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
            heard, heard_at = None, time.monotonic()
            while True:
                try:
                    awaited = steps.send(heard)
                except StopIteration as done:
                    return done.value
                # The driver comes back ten times a second, with nothing if it has heard nothing.
                heard, now = (yield awaited), time.monotonic()
                if heard:
                    heard_at = now
                elif now > heard_at + _MUTE_SECONDS:
                    self.close()
                    raise psycopg.OperationalError(f"it has said nothing for {_MUTE_SECONDS:g} seconds")

    return Impatient


def _connect(settings: dict[str, Any]) -> psycopg.Connection:
    import psycopg

    return psycopg.connect(**settings)


def _configure(connection: psycopg.Connection) -> None:
    import psycopg

    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    # A pooler between may give each transaction another connection.
    connection.prepare_threshold = None
    _let_all_texts_through(connection)


def _let_all_texts_through(connection: psycopg.Connection) -> None:
    """Keep the one character as two that a text of PostgreSQL cannot hold, and that people can send."""
    from psycopg.types.string import StrDumper, TextLoader

    class Dumper(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace(_ESCAPE, _ESCAPE + _ESCAPE).replace("\0", _NUL))

    class Loader(TextLoader):
        def load(self, data: Any) -> str | bytes:
            text = super().load(data)
            if isinstance(text, bytes) or _ESCAPE not in text:
                return text
            return _ESCAPED.sub(lambda found: "\0" if found[0] == _NUL else _ESCAPE, text)

    connection.adapters.register_dumper(str, Dumper)
    connection.adapters.register_loader("text", Loader)
