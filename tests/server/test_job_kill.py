"""kill -9 of a server during a job: the next server goes on, and the file is that of an undisturbed run."""

from __future__ import annotations

import multiprocessing
import random
import signal
import socket
import time

import httpx
import pytest

from amgan.bulk.job_folder import JobFolder
from amgan.bulk.job_records import WORK
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.model import AMGAN
from tests.server.running import wait_until
from tests.server.serve_process import work

KILLS = 3
CHUNKS = 8
UNTIL_UP = 60


@pytest.mark.timeout(300)  # four servers, on a machine that may be busy
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_server_that_is_killed_loses_nothing_of_a_job(weights, tmp_path):
    model = AMGAN.from_pretrained(weights / "predefined")
    spec = JobSpec("predefined", model.revision, "zip", n=CHUNK_PICTURES * CHUNKS, seed=3)
    began = time.monotonic()
    result = run_job(spec, model.sampler.sample, model.class_names, tmp_path / "undisturbed")
    needed = time.monotonic() - began
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Servers that start from a process which has loaded the libraries already, so that four of them take seconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.serve_process"])
    jobs, moments, done = tmp_path / "jobs", random.Random(11), [0]

    def until(client, happened):
        def checked():
            assert process.is_alive()
            try:
                return happened()
            except httpx.TransportError:
                return False

        wait_until(checked, UNTIL_UP)

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        for number in range(KILLS + 1):
            process = context.Process(target=work, args=(weights, jobs, port))
            process.start()
            try:
                until(client, lambda: client.get("/v1/models").is_success)
                if number == 0:
                    asked = {"model": spec.model, "n": spec.n, "seed": spec.seed, "format": spec.format}
                    job = client.post("/v1/jobs", json=asked).json()
                    place = JobFolder(jobs / job["id"] / WORK)
                if number < KILLS:
                    wanted = min(CHUNKS, done[-1] + moments.randrange(3))
                    until(client, lambda: len(place.done()) >= wanted or ended(client, job))  # noqa: B023
                    time.sleep(moments.uniform(0, needed / CHUNKS))
                else:
                    until(client, lambda: ended(client, job))  # noqa: B023
                    state = client.get(f"/v1/jobs/{job['id']}").json()
                    assert (state["state"], state["done"]) == ("done", spec.n), state
                    assert client.get(state["result"]).content == result.read_bytes()
            finally:
                process.kill()
                process.join()
            done.append(CHUNKS if (place.folder / result.name).exists() else len(place.done()))
    print(f"chunks after each kill: {done}")
    assert done == sorted(done), "a chunk that was done is never lost"
    assert not list(place.folder.rglob("*.writing"))


def ended(client, job):
    return client.get(f"/v1/jobs/{job['id']}").json()["state"] not in ("waiting", "running")
