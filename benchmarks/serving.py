"""What serving costs over the bare sampler: ``python -m benchmarks.serving``.

Every server runs on the first core and the load on the second, all within one run, the bare sampler before, between
and after them, so that the ratios hold on a noisy machine. The model is the default architecture with new weights
unless one is given: the speed does not depend on what the weights are.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import tyro
from rich.console import Console
from rich.table import Table

from benchmarks.pinned import SERVER_CORE, on
from benchmarks.serving_load import Plan
from benchmarks.serving_raw import RawSampler

LOAD_CORE = 1
PORT = 7999
START_SECONDS = 120
NONE = "none"
"""Stands where the number of callers of a server would be that did not start."""
MUCH = 1_000_000
"""Pictures of a job that is not to end while something is measured beside it."""
Row = tuple[str, int, dict[str, float], float, int]


@dataclass(frozen=True)
class Options:
    """Measure the server against the bare sampler, LitServe and Gradio's own batching.

    Attributes:
        model: A release folder; the default architecture with new weights if not given.
        seconds: Of load for each row.
        job: Pictures of the bulk job; 0 leaves it out, and the mix of a job and others.
        rivals: Measure LitServe and Gradio's own queue as well.
    """

    model: Path | None = None
    seconds: float = 8.0
    job: int = 4000
    rivals: bool = True


class NotStartedError(SystemExit):
    """A server gave no answer."""


def main(options: Options) -> None:
    """Run all rows and print the table."""
    with tempfile.TemporaryDirectory() as place:
        weights = Path(place) / "weights"
        folder = weights / "bench"
        if options.model is None:
            new_release(folder)
        else:
            weights.mkdir()
            folder.symlink_to(options.model.resolve(), target_is_directory=True)
        run(options, weights, folder)


def run(options: Options, weights: Path, folder: Path) -> None:
    """Measure with the release in `folder`, the only one in `weights`."""
    table = Table(title="One picture a call unless said otherwise; server on one core, load on another")
    for column in ("server", "callers", "images/s", "of raw", "p50 ms", "p99 ms", "mean batch", "errors"):
        table.add_column(column, justify="left" if column == "server" else "right")
    serve = [sys.executable, "-m", "amgan", "serve", "--weights", str(weights), "--port", str(PORT)]
    serve += ["--jobs", str(weights.parent / "jobs"), "--reviews", str(weights.parent / "reviews.sqlite")]
    try:
        with RawSampler(folder) as raw:
            for n in (1, 8, 64):
                rate = raw.rate(n)
                table.add_row(f"raw sampler, batch {n}", "", f"{rate:.0f}", "", f"{1e3 * n / rate:.1f}", "", str(n), "")
            table.add_row("raw PNG encoding", "", f"{raw.png_rate():.0f}", "", "", "", "", "")
            with server(serve, "/healthz"):
                for row in own_rows(options):
                    add(table, raw, row)
            if options.rivals:
                rival_rows(options, folder, lambda row: add(table, raw, row), lambda name: table.add_row(name, NONE))
    finally:
        # What was measured took minutes; whatever ends them early must not lose it.
        Console(width=110).print(table)


def own_rows(options: Options) -> Iterator[Callable[[], Row]]:
    """What is asked of our own server, each when it is called."""
    get = {"path": f"/v1/images/bench/{revision()}/{{i}}.png"}
    post = {"method": "POST", "path": "/v1/images"}
    one = json.dumps({"seeds": -1, "format": "json"}).replace("-1", "{i}")
    many = json.dumps({"seeds": -1, "n": 64, "format": "npz"}).replace("-1", "{i}")
    call = {"method": "POST", "path": "/gradio_api/call/sample", "follow": "/gradio_api/call/sample/"}
    body = json.dumps({"data": ["", None, 1, -1, 1.0], "session_hash": "bench{c}"}).replace("-1", "{i}")
    for callers in (1, 8, 32, 64):
        yield partial(measured, "GET one png", options, callers, **get)
    yield partial(measured, "POST one, json", options, 64, **post, body=one)
    for callers in (1, 4):
        yield partial(measured, "POST 64, npz", options, callers, 64, **post, body=many)
    for callers in (1, 8, 32):
        yield partial(measured, "the page's own API", options, callers, **call, body=body)
    if options.job:
        yield partial(mix_row, options, get)
        yield partial(job_row, options)


def add(table: Table, raw: RawSampler, measure: Callable[[], Row]) -> None:
    """Measure a row between two measurements of the bare sampler, since the machine's speed changes by the minute."""
    before = raw.rate(64)
    name, callers, outcome, batch, pictures = measure()
    rate, limit = outcome["rate"] * pictures, (before + raw.rate(64)) / 2
    table.add_row(
        name, str(callers or ""), f"{rate:.0f}", f"{rate / limit:.2f}", *latency(outcome),
        f"{batch:.1f}" if batch else "", str(int(outcome["errors"])),
    )  # fmt: skip


def latency(outcome: dict[str, float]) -> tuple[str, str]:
    """The two columns of waiting."""
    return (f"{outcome['p50']:.1f}", f"{outcome['p99']:.1f}") if "p50" in outcome else ("", "")


def rival_rows(
    options: Options, folder: Path, add_row: Callable[[Callable[[], Row]], None], miss: Callable[[str], None]
) -> None:
    """LitServe, Gradio's batching, and Gradio's queue around nothing; one that does not start is only missed."""
    gradio = {"method": "POST", "path": "/gradio_api/call/predict", "follow": "/gradio_api/call/predict/"}
    data = '{"data": [{i}], "session_hash": "bench{c}"}'
    for kind, name, ready, call in (
        ("litserve", "LitServe", "/health", {"method": "POST", "path": "/predict", "body": '{"seed": {i}}'}),
        ("gradio-batch", "Gradio, batch=True", "/", gradio | {"body": data}),
        ("gradio-noop", "Gradio around nothing", "/", gradio | {"body": data}),
    ):
        module = ["benchmarks.serving_litserve"] if kind == "litserve" else ["benchmarks.serving_gradio", kind]
        try:
            with server([sys.executable, "-m", *module, str(folder), str(PORT)], ready):
                for callers in (1, 8, 32) if kind == "gradio-noop" else (1, 8, 32, 64):
                    add_row(partial(measured, name, options, callers, watch=False, **call))
        except NotStartedError:
            miss(name)


def measured(name: str, options: Options, callers: int, pictures: int = 1, watch: bool = True, **call: str) -> Row:
    """One row: a short warm-up, then the load."""
    load(Plan(PORT, callers, 1.5, **call))
    before = batches() if watch else (0.0, 0.0)
    outcome = load(Plan(PORT, callers, options.seconds, **call))
    after = batches() if watch else (0.0, 0.0)
    drawn, count = after[0] - before[0], after[1] - before[1]
    return name, callers, outcome, drawn / count if count else 0.0, pictures


def mix_row(options: Options, get: dict[str, str]) -> Row:
    """Thirty-two callers of one picture each, beside a job and ten callers who have a class searched for."""
    job = ask("/v1/jobs", {"n": MUCH, "seed": 0, "format": "zip"})
    search = Plan(PORT, 10, options.seconds + 3, path=get["path"].replace("{i}", "9{i}") + "?label=3")
    with begun(search) as searching:
        row = measured("GET one png in a mix", options, 32, **get)
        assert searching.poll() is None, "the searches shall last as long as what is measured"
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{PORT}/v1/jobs/{job['id']}", method="DELETE"))
    return row


def job_row(options: Options) -> Row:
    """A bulk job to a zip, from its start to its end."""
    asked = {"n": options.job, "seed": 0, "format": "zip"}
    started = time.perf_counter()
    job = ask("/v1/jobs", asked)
    while (state := ask(f"/v1/jobs/{job['id']}"))["state"] in ("waiting", "running"):
        time.sleep(0.2)
    seconds = time.perf_counter() - started
    outcome = {"rate": options.job / seconds, "errors": float(state["state"] != "done")}
    return f"job of {options.job} to zip", 0, outcome, 0.0, 1


def new_release(folder: Path) -> None:
    """The default architecture with new weights."""
    import torch

    from amgan import AMGAN
    from amgan.networks.config import ModelConfig
    from amgan.release.folder import write_release
    from amgan.training import TrainConfig

    widths = TrainConfig(data=(), out=folder).recipe
    torch.manual_seed(0)
    model = AMGAN(
        ModelConfig(
            class_names=tuple(f"class {number}" for number in range(10)),
            channels=1,
            generator_width=widths.generator_width,
            discriminator_width=widths.discriminator_width,
        )
    )
    folder.mkdir(parents=True)
    write_release(folder, model.config, model.state_dict(), None)


def load(plan: Plan) -> dict[str, float]:
    """Run a load on its core."""
    with begun(plan) as process:
        printed, _ = process.communicate()
    if process.returncode:
        raise SystemExit("the load ended with an error")
    return json.loads(printed)


@contextlib.contextmanager
def begun(plan: Plan) -> Iterator[subprocess.Popen[str]]:
    """A load that runs on its core, and is ended with the context."""
    command = on(LOAD_CORE, [sys.executable, "-m", "benchmarks.serving_load"])
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(plan)))
    process.stdin.close()
    process.stdin = None
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def server(command: list[str], ready: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server on its core, from its first good answer on."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen(
        on(SERVER_CORE, command), env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}{ready}", timeout=5).close()
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotStartedError(f"{' '.join(command)} did not start")
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # LitServe's children outlive their parent
        process.wait()


def revision() -> str:
    """The revision of the model that the server offers."""
    return ask("/v1/models")["models"][0]["revision"]


def batches() -> tuple[float, float]:
    """Pictures and batches drawn so far, from the server's metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return float(values["amgan_batch_images_sum"]), float(values["amgan_batch_images_count"])


def ask(path: str, body: dict[str, object] | None = None) -> dict:
    """A JSON answer of the server."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main(tyro.cli(Options))
