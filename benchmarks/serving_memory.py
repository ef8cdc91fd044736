"""Whether a server's memory grows with its work: ``python -m benchmarks.serving_memory``.

The resident set of a server after small work and after much more of it: a bulk job, single calls, visitors of the page,
models.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import tyro
from rich.console import Console
from rich.table import Table

from benchmarks.serving import PORT, ask, load, revision, server
from benchmarks.serving_load import Plan


@dataclass(frozen=True)
class Options:
    """Measure the server's memory.

    Attributes:
        model: A release folder.
        small_job: Pictures of the first job.
        large_job: Pictures of the second job.
        small_calls: Single calls at first.
        large_calls: Single calls afterwards, those at first included.
        small_visits: Sessions of the page at first; each draws one picture through its endpoint.
        large_visits: Sessions afterwards, those at first included.
        models: On the shelf, each the same under another name; each draws pictures.
    """

    model: Path = Path("weights/fashion-mnist")
    small_job: int = 2000
    large_job: int = 200_000
    small_calls: int = 2000
    large_calls: int = 20_000
    small_visits: int = 500
    large_visits: int = 2500
    models: int = 20


def main(options: Options) -> None:
    """Do the work and print the table."""
    table = Table(title=f"Resident set of the server, {options.model.name}")
    for column in ("after", "MB", "growth MB"):
        table.add_column(column, justify="left" if column == "after" else "right")
    with tempfile.TemporaryDirectory() as place:
        weights = Path(place) / "weights"
        weights.mkdir()
        for name in ("bench", *(f"other-{number}" for number in range(1, options.models))):
            (weights / name).symlink_to(options.model.resolve(), target_is_directory=True)
        command = [sys.executable, "-m", "amgan", "serve", "--weights", str(weights), "--port", str(PORT)]
        command += ["--jobs", str(Path(place) / "jobs"), "--reviews", str(Path(place) / "reviews.sqlite")]
        with server(command, "/healthz") as process:
            for what, first, last, do in (
                ("jobs", options.small_job, options.large_job, run_job),
                ("single calls", options.small_calls, options.large_calls - options.small_calls, call),
                ("visits", options.small_visits, options.large_visits - options.small_visits, visit),
                ("models", 1, options.models - 1, draw_with_each),
            ):
                do(first)
                before = resident(process.pid)
                table.add_row(f"{first:,} {what}".replace("jobs", "pictures of a job"), f"{before:.0f}", "")
                do(last)
                after = resident(process.pid)
                table.add_row(f"{last:,} more", f"{after:.0f}", f"{after - before:+.1f}")
    Console(width=100).print(table)


def run_job(pictures: int) -> None:
    """A job to a zip, to its end."""
    job = ask("/v1/jobs", {"n": pictures, "format": "zip"})
    while (state := ask(f"/v1/jobs/{job['id']}"))["state"] in ("waiting", "running"):
        time.sleep(0.5)
    if state["state"] != "done":
        raise SystemExit(f"the job is {state}")


def call(times: int) -> None:
    """So many single pictures, from 32 callers."""
    _load(times, path=f"/v1/images/bench/{revision()}/{{i}}.png")


def visit(times: int) -> None:
    """So many sessions of the page, from 32 callers."""
    body = json.dumps({"data": ["bench", None, 1, -1, 1.0]}).replace("-1", "{i}")
    _load(times, method="POST", path="/gradio_api/call/sample", body=body, follow="/gradio_api/call/sample/")


def draw_with_each(count: int) -> None:
    """Pictures of so many models."""
    names = ["bench"] if count == 1 else [f"other-{number}" for number in range(1, count + 1)]
    for name in names:
        ask("/v1/images", {"model": name, "n": 16, "format": "json"})


def _load(times: int, **call: str) -> None:
    done = 0
    while done < times:
        outcome = load(Plan(PORT, 32, 5.0, **call))
        done += round(outcome["rate"] * 5)
        if outcome["errors"]:
            raise SystemExit(f"{outcome['errors']} calls failed")


def resident(pid: int) -> float:
    """Megabytes of a process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else float("nan")


if __name__ == "__main__":
    main(tyro.cli(Options))
