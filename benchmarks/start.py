"""How long it takes to start: the app to its first page and picture, and a command to its picture.

``OMP_NUM_THREADS=1 python -m benchmarks.start``. Within one run, since machines differ: only to import the two largest
libraries, which is the floor, and with ``--beside FOLDER`` the same of another checkout.
"""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import tyro
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parents[1]
SECONDS = 300.0


@dataclass(frozen=True)
class Options:
    """Measure starts.

    Attributes:
        rounds: How often each is started; they take turns.
        model: A folder of weights/ from which the command draws.
        beside: Another checkout of this project, to compare with.
    """

    rounds: int = 5
    model: str = "cifar10"
    beside: Path | None = None


def main(options: Options) -> None:
    """Print a row for each kind of start, the median of its rounds."""
    checkouts = {"": HERE} | ({} if options.beside is None else {f", {options.beside}": options.beside.resolve()})
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(options.rounds):
        taken["import gradio, torch"].append(command(HERE, "-c", "import gradio, torch"))
        for name, folder in checkouts.items():
            page, picture = app(folder)
            taken[f"app.py to its first page{name}"].append(page)
            taken[f"app.py to its first picture{name}"].append(picture)
            with tempfile.TemporaryDirectory() as out:
                sample = ("sample", "--model", f"weights/{options.model}", "--n", "1", "--out", f"{out}/x.png")
                taken[f"amgan sample --n 1{name}"].append(command(folder, "-m", "amgan", *sample))
    table = Table("start", "s", "of the floor", "s of CPU", "of the floor")
    middle = {what: tuple(map(statistics.median, zip(*times))) for what, times in taken.items()}
    floor = middle["import gradio, torch"]
    for what, (seconds, cpu) in middle.items():
        table.add_row(what, f"{seconds:.1f}", f"{seconds / floor[0]:.2f}", f"{cpu:.1f}", f"{cpu / floor[1]:.2f}")
    Console(width=110).print(table)


@contextlib.contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Callable[[], tuple[float, float]]]:
    """A Python process within a folder, and how many seconds, of the clock and of the CPU, it took until now."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        environment = os.environ | {"XDG_CACHE_HOME": place, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(folder)}
        process = subprocess.Popen([sys.executable, *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL)

        def until_now() -> tuple[float, float]:
            user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            return time.perf_counter() - began, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

        try:
            yield until_now
        finally:
            process.terminate()
            process.wait()


def app(folder: Path) -> tuple[tuple[float, float], tuple[float, float]]:
    """Until / is answered, and until a picture is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as client,
        started(folder, "app.py", "--host", "127.0.0.1", "--port", str(port)) as until_now,
    ):
        wait_until(lambda: client.get("/").is_success)
        page = until_now()
        wait_until(lambda: client.post("/v1/images", json={"seeds": [0]}).is_success)
        return page, until_now()


def command(folder: Path, *arguments: str) -> tuple[float, float]:
    """Until a command has ended."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
        stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, cpu


def wait_until(happened: Callable[[], bool]) -> None:
    """Ask again and again."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if happened():
                return
        time.sleep(0.02)
    raise SystemExit("it did not start")


if __name__ == "__main__":
    main(tyro.cli(Options))
