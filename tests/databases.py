"""Real PostgreSQL and Redis servers, for tests of what several of our servers share; nothing is ever installed."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ports import free_port

_NEW_SCHEMAS = itertools.count()


def _program(name: str) -> Path | None:
    """Debian keeps those of PostgreSQL out of the path."""
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")) if found is None else [Path(found)]
    return places[-1] if places else None


def _missing(programs: tuple[str, ...], drivers: tuple[str, ...]) -> str | None:
    lacking = [name for name in programs if _program(name) is None]
    lacking += [name for name in drivers if importlib.util.find_spec(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else None


NO_POSTGRES = _missing(("initdb", "postgres"), ("psycopg", "psycopg_pool"))
"""Why no PostgreSQL can be started here; None if one can."""
NO_REDIS = _missing(("redis-server",), ("redis",))


def _wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "the database does not answer"
        time.sleep(0.02)


class RealPostgres:
    """A database server in a folder of its own, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder, self._process = folder, None
        # It refuses to run as root, and then needs its folder for itself.
        self._user = "nobody" if os.name == "posix" and os.geteuid() == 0 else None
        if self._user is not None:
            import pwd  # there is none on Windows

            folder.chmod(0o700)
            shutil.chown(folder, self._user)
            for parent in list(folder.parents)[:-1]:
                if pwd.getpwuid(parent.stat().st_uid).pw_uid == os.geteuid():
                    parent.chmod(parent.stat().st_mode | 0o011)
        data = folder / "data"
        self._run(
            "initdb", "-D", data, "-A", "trust", "-U", "amgan", "--no-sync", "--encoding", "UTF8", "--locale", "C"
        )
        self.start()

    def start(self) -> None:
        options = ["-c", "fsync=off", "-c", f"unix_socket_directories={self._folder}", "-c", "max_connections=200"]
        command = [_program("postgres"), "-D", self._folder / "data", "-p", str(self.port), "-h", "127.0.0.1", *options]
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(command, user=self._user, cwd=self._folder, stdout=log, stderr=log)
        _wait_until(self._answers)

    def stop(self) -> None:
        """At once, as when its machine is lost."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    def new_schema(self) -> str:
        """The address of a place without tables."""
        import psycopg

        schema = f"s{next(_NEW_SCHEMAS)}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        return self.address(schema)

    def address(self, schema: str = "public") -> str:
        return f"postgresql://amgan:secret-word@127.0.0.1:{self.port}/postgres?options=-csearch_path%3D{schema}"

    def _answers(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.address()).close()
            return True
        return False

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(_program(program)), *map(str, arguments)]
        subprocess.run(command, user=self._user, cwd=self._folder, check=True, capture_output=True)


class RealRedis:
    """A Redis that keeps nothing on disk, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"redis://:secret-word@127.0.0.1:{self.port}/0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        options = ["--save", "", "--bind", "127.0.0.1", "--requirepass", "secret-word", "--dir", str(self._folder)]
        with (self._folder / "log").open("a") as log:
            command = [str(_program("redis-server")), "--port", str(self.port), *options]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        _wait_until(self._answers)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def forget(self) -> None:
        import redis

        redis.Redis.from_url(self.address).flushall()

    def pause(self) -> None:
        """It takes connections, and says nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def _answers(self) -> bool:
        import redis

        with contextlib.suppress(redis.RedisError):
            return bool(redis.Redis.from_url(self.address).ping())
        return False


class Relay:
    """Takes connections for a server, and passes on what is said until it is muted: as a machine that hangs."""

    def __init__(self, port: int) -> None:
        self._to, self._speaks = port, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.speak()
        threading.Thread(target=self._accept, daemon=True).start()

    def mute(self) -> None:
        self._speaks.clear()

    def speak(self) -> None:
        self._speaks.set()

    def close(self) -> None:
        self._listener.close()
        self.speak()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near = self._listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self._to))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, heard: socket.socket, told: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := heard.recv(65536):
                self._speaks.wait()
                told.sendall(data)
        heard.close()
        with contextlib.suppress(OSError):
            told.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def running_postgres(folder: Path) -> Iterator[RealPostgres]:
    server = RealPostgres(folder)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[RealRedis]:
    server = RealRedis(folder)
    try:
        yield server
    finally:
        server.stop()
