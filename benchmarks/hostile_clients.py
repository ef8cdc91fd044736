"""What clients that mean harm cost another one: ``python -m benchmarks.hostile_clients``.

One client draws a picture after another, alone and then beside thousands of connections that send nothing, send their
request byte by byte, or do not take their answer; each that is hung up on comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gradio
import tyro
from rich.console import Console
from rich.table import Table

from benchmarks.serving import PORT, load, revision, server
from benchmarks.serving_load import Plan

ADDRESSES = {"the same address": "127.0.0.1", "another address": "127.0.0.9"}
ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
SECONDS_TO_COME = 3.0
SECONDS_BETWEEN = 0.2
"""A hostile client waits so long before it sends a byte, or comes again."""


@dataclass(frozen=True)
class Options:
    """Measure a client beside hostile ones.

    Attributes:
        model: A release folder.
        seconds: How long each row takes.
        idle: Connections that send nothing.
        slow_senders: Those that send a byte at a time.
        slow_readers: Those that ask for large files of the page, one behind the other, and take a byte at a time.
        client_seconds: The server's setting of this name.
    """

    model: Path = Path("weights/fashion-mnist")
    seconds: float = 20.0
    idle: int = 2000
    slow_senders: int = 100
    slow_readers: int = 100
    client_seconds: int = 30


def main(options: Options) -> None:
    """Do the work and print the table."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    kinds = f"{options.idle:,} idle, {options.slow_senders} slow to send, {options.slow_readers} slow to read"
    table = Table(title=f"One client beside {kinds}")
    for column in ("hostile clients from", "pictures/s", "p50 ms", "p99 ms", "p99 against alone", "errors"):
        table.add_column(column, justify="left" if column.startswith("hostile") else "right")
    with tempfile.TemporaryDirectory() as place:
        weights = Path(place) / "weights"
        weights.mkdir()
        (weights / "bench").symlink_to(options.model.resolve(), target_is_directory=True)
        command = [sys.executable, "-m", "amgan", "serve", "--weights", str(weights), "--port", str(PORT)]
        command += ["--jobs", str(Path(place) / "jobs"), "--reviews", str(Path(place) / "reviews.sqlite")]
        command += ["--client-seconds", str(options.client_seconds)]
        with server(command, "/healthz"):
            path = f"/v1/images/bench/{revision()}/{{i}}.png"
            alone = load(Plan(PORT, 1, options.seconds, path=path))
            row(table, "nobody", alone, alone)
            for name, address in ADDRESSES.items():
                with hostile_clients(options, address):
                    row(table, name, load(Plan(PORT, 1, options.seconds, path=path)), alone)
            row(table, "nobody any more", load(Plan(PORT, 1, options.seconds, path=path)), alone)
    Console(width=100).print(table)


def row(table: Table, name: str, found: dict[str, float], alone: dict[str, float]) -> None:
    """Add what one client saw."""
    table.add_row(
        name, f"{found['rate']:.0f}", f"{found['p50']:.1f}", f"{found['p99']:.1f}",
        f"{found['p99'] / alone['p99']:.2f}x", f"{found['errors']:.0f}",
    )  # fmt: skip


@contextlib.contextmanager
def hostile_clients(options: Options, address: str) -> Iterator[None]:
    """All of them, in a process of their own, from shortly before to the end."""
    process = multiprocessing.Process(target=lambda: asyncio.run(attack(options, address)), daemon=True)
    process.start()
    time.sleep(SECONDS_TO_COME)
    yield
    process.kill()
    process.join()


async def attack(options: Options, address: str) -> None:
    """Until the process is killed."""
    loop = asyncio.get_running_loop()
    half = (
        b"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    )
    largest = max(ASSETS.iterdir(), key=lambda path: path.stat().st_size).name
    wanted = f"GET /assets/{largest} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 9

    async def send_nothing(connection: socket.socket) -> None:
        await loop.sock_recv(connection, 1)

    async def send_slowly(connection: socket.socket) -> None:
        for byte in half + b" " * 800:
            await loop.sock_sendall(connection, bytes([byte]))
            await asyncio.sleep(SECONDS_BETWEEN)

    async def read_slowly(connection: socket.socket) -> None:
        await loop.sock_sendall(connection, wanted)
        while await loop.sock_recv(connection, 1):
            await asyncio.sleep(SECONDS_BETWEEN)

    async def come_again(do: Callable[[socket.socket], Awaitable[None]]) -> None:
        while True:
            with contextlib.suppress(OSError), socket.socket() as connection:
                connection.setblocking(False)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.bind((address, 0))
                await loop.sock_connect(connection, ("127.0.0.1", PORT))
                await do(connection)
            await asyncio.sleep(SECONDS_BETWEEN)

    kinds = [send_nothing] * options.idle + [send_slowly] * options.slow_senders + [read_slowly] * options.slow_readers
    await asyncio.gather(*(come_again(kind) for kind in kinds))


if __name__ == "__main__":
    main(tyro.cli(Options))
