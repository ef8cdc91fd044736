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
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import tyro
from rich.console import Console
from rich.table import Table

from benchmarks.serving_load import Plan

SERVER_CORE, LOAD_CORE = 0, 1
PORT = 7999
START_SECONDS = 120
RAW = """
import json, statistics, sys, time, torch
from amgan import AMGAN
from amgan.media import encode_png
torch.set_num_threads(1)
sampler = AMGAN.from_pretrained(sys.argv[1]).sampler
seconds, rates = float(sys.argv[2]), {}
for n in (1, 8, 64):
    pictures = sampler.sample(range(n), [None] * n)[0]
    started, times = time.perf_counter(), []
    while time.perf_counter() - started < seconds or len(times) < 5:
        t = time.perf_counter()
        sampler.sample(range(n), [None] * n)
        times.append(time.perf_counter() - t)
    rates[n] = n / statistics.median(times)
started = time.perf_counter()
for _ in range(5):
    [encode_png(picture) for picture in pictures]
rates["png"] = 5 * len(pictures) / (time.perf_counter() - started)
print(json.dumps(rates))
"""


@dataclass(frozen=True)
class Options:
    """Measure the server against the bare sampler, LitServe and Gradio's own batching.

    Attributes:
        model: A release folder; the default architecture with new weights if not given.
        seconds: Of load for each row.
        job: Pictures of the bulk job; 0 leaves it out.
        rivals: Measure LitServe and Gradio's own queue as well.
    """

    model: Path | None = None
    seconds: float = 8.0
    job: int = 4000
    rivals: bool = True


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
    raws = [raw(folder, options.seconds / 4)]
    rows: list[tuple[str, int, dict[str, float], float, int]] = []
    serve = [sys.executable, "-m", "amgan", "serve", "--weights", str(weights), "--port", str(PORT)]
    serve += ["--jobs", str(weights.parent / "jobs")]
    with server(serve, "/healthz"):
        get = {"path": f"/v1/images/bench/{revision()}/{{i}}.png"}
        post = {"method": "POST", "path": "/v1/images"}
        one = json.dumps({"seeds": -1, "format": "json"}).replace("-1", "{i}")
        many = json.dumps({"seeds": -1, "n": 64, "format": "npz"}).replace("-1", "{i}")
        rows += [measured("GET one png", options, callers, **get) for callers in (1, 8, 32, 64)]
        rows.append(measured("POST one, json", options, 64, **post, body=one))
        rows += [measured("POST 64, npz", options, callers, 64, **post, body=many) for callers in (1, 4)]
        call = {"method": "POST", "path": "/gradio_api/call/sample", "follow": "/gradio_api/call/sample/"}
        body = json.dumps({"data": ["", None, 1, -1, 1.0], "session_hash": "bench{c}"}).replace("-1", "{i}")
        rows += [measured("the page's own API", options, callers, **call, body=body) for callers in (1, 8, 32)]
        if options.job:
            rows.append(job_row(options))
    raws.append(raw(folder, options.seconds / 4))
    if options.rivals:
        rows += rival_rows(options, folder)
        raws.append(raw(folder, options.seconds / 4))
    mean = {key: sum(part[key] for part in raws) / len(raws) for key in raws[0]}
    for n in ("1", "8", "64"):
        table.add_row(f"raw sampler, batch {n}", "", f"{mean[n]:.0f}", "", f"{1e3 * int(n) / mean[n]:.1f}", "", n, "")
    table.add_row("raw PNG encoding", "", f"{mean['png']:.0f}", "", "", "", "", "")
    for name, callers, outcome, batch, pictures in rows:
        rate = outcome["rate"] * pictures
        table.add_row(
            name, str(callers or ""), f"{rate:.0f}", f"{rate / mean['64']:.2f}", *latency(outcome),
            f"{batch:.1f}" if batch else "", str(int(outcome["errors"])),
        )  # fmt: skip
    Console(width=110).print(table)


def latency(outcome: dict[str, float]) -> tuple[str, str]:
    """The two columns of waiting."""
    return (f"{outcome['p50']:.1f}", f"{outcome['p99']:.1f}") if "p50" in outcome else ("", "")


def rival_rows(options: Options, folder: Path) -> list[tuple[str, int, dict[str, float], float, int]]:
    """LitServe, Gradio's batching, and Gradio's queue around nothing."""
    rows = []
    gradio = {"method": "POST", "path": "/gradio_api/call/predict", "follow": "/gradio_api/call/predict/"}
    data = '{"data": [{i}], "session_hash": "bench{c}"}'
    for kind, name, ready, call in (
        ("litserve", "LitServe", "/health", {"method": "POST", "path": "/predict", "body": '{"seed": {i}}'}),
        ("gradio-batch", "Gradio, batch=True", "/", gradio | {"body": data}),
        ("gradio-noop", "Gradio around nothing", "/", gradio | {"body": data}),
    ):
        module = ["benchmarks.serving_litserve"] if kind == "litserve" else ["benchmarks.serving_gradio", kind]
        command = [sys.executable, "-m", *module, str(folder), str(PORT)]
        with server(command, ready):
            counts = (1, 8, 32) if kind == "gradio-noop" else (1, 8, 32, 64)
            rows += [measured(name, options, callers, watch=False, **call) for callers in counts]
    return rows


def measured(
    name: str, options: Options, callers: int, pictures: int = 1, watch: bool = True, **call: str
) -> tuple[str, int, dict[str, float], float, int]:
    """One row: a short warm-up, then the load."""
    load(Plan(PORT, callers, 1.5, **call))
    before = batches() if watch else (0.0, 0.0)
    outcome = load(Plan(PORT, callers, options.seconds, **call))
    after = batches() if watch else (0.0, 0.0)
    drawn, count = after[0] - before[0], after[1] - before[1]
    return name, callers, outcome, drawn / count if count else 0.0, pictures


def job_row(options: Options) -> tuple[str, int, dict[str, float], float, int]:
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
    from amgan.config import ModelConfig
    from amgan.release import write_release
    from amgan.training import TrainConfig

    widths = TrainConfig(data="", out=folder)
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


def raw(folder: Path, seconds: float) -> dict[str, float]:
    """Images/s of the sampler in a process of its own on the server's core, by batch size, and of PNG encoding."""
    command = on(SERVER_CORE, [sys.executable, "-c", RAW, str(folder), str(seconds)])
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def load(plan: Plan) -> dict[str, float]:
    """Run a load on its core."""
    command = on(LOAD_CORE, [sys.executable, "-m", "benchmarks.serving_load"])
    done = subprocess.run(command, check=True, capture_output=True, input=json.dumps(asdict(plan)), text=True)
    return json.loads(done.stdout)


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
                raise SystemExit(f"{' '.join(command)} did not start")
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # LitServe's children outlive their parent
        process.wait()


def on(core: int, command: list[str]) -> list[str]:
    """The command, bound to one of the cores that this process may use."""
    return ["taskset", "--cpu-list", str(sorted(os.sched_getaffinity(0))[core]), *command]


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
