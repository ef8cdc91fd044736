"""Replicas of Ray Serve, real processes: what is stateless without a database, all but the page with one."""

from __future__ import annotations

import contextlib
import signal
from functools import partial

import httpx
import psutil
import pytest

from amgan.bulk.job_folder import JobFolder
from amgan.bulk.job_records import WORK
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.errors import ConfigError
from amgan.model import AMGAN
from tests.databases import NO_POSTGRES
from tests.models import message
from tests.ports import free_port
from tests.ray_cluster import INSTALL, running_ray
from tests.server.running import problem, wait_until
from tests.server.test_kills import is_packed

serve = pytest.importorskip("ray.serve", reason=INSTALL)

CHUNKS = 16


@pytest.fixture
def cluster(weights, tmp_path, monkeypatch):
    """Starts two replicas with some variables, and gives a client of them."""
    with contextlib.ExitStack() as stack:
        yield partial(started, weights, monkeypatch, stack)


def started(weights, monkeypatch, stack, **variables):
    for name, value in ({"AMGAN_WEIGHTS": weights, "AMGAN_REPLICAS": 2, "OMP_NUM_THREADS": 1} | variables).items():
        monkeypatch.setenv(name, str(value))
    stack.enter_context(running_ray(num_cpus=4))
    from amgan.server import ray_app

    port = free_port()
    stack.callback(serve.shutdown)
    serve.start(http_options={"port": port, "host": "127.0.0.1"})
    serve.run(ray_app.DEPLOYMENT.options(num_replicas=2).bind())
    return stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60))


def replicas():
    found = psutil.Process().children(recursive=True)
    return [one for one in found if "ServeReplica" in " ".join(one.cmdline())]


@pytest.mark.parametrize("text", ["0", "-1", "two", "1001", "\u0663"])
def test_a_number_of_replicas_that_is_none_is_a_line(monkeypatch, text):
    from amgan.server import ray_app

    monkeypatch.setenv("AMGAN_REPLICAS", text)
    with pytest.raises(ConfigError) as caught:
        ray_app._replicas()
    assert message(caught.value).startswith("AMGAN_REPLICAS must be a number from 1 to 1000")


@pytest.mark.timeout(1800)  # Ray starts processes that each load the libraries, on a machine that may be busy
def test_without_a_database_replicas_keep_nothing(cluster, weights):
    client = cluster()
    assert len(replicas()) == 2
    assert client.get("/healthz").status_code == 200
    answers = [client.post("/v1/images", json={"seeds": [7], "model": "predefined"}) for _ in range(8)]
    assert {answer.headers["content-type"] for answer in answers} == {"image/png"}
    assert len({answer.content for answer in answers}) == 1
    for path in ("/v1/jobs/none", "/review/none"):
        problem(client.get(path), 404)
    assert client.post("/v1/jobs", json={"n": 3}).status_code == 404


@pytest.mark.timeout(1800)
@pytest.mark.skipif(NO_POSTGRES is not None, reason=str(NO_POSTGRES))
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_replica_is_killed_and_its_job_is_finished(cluster, weights, tmp_path, postgres):
    client = cluster(AMGAN_STATE=postgres.new_schema(), AMGAN_JOBS=tmp_path / "jobs")
    asked = {"model": "predefined", "format": "zip", "n": CHUNKS * CHUNK_PICTURES}
    jobs = [client.post("/v1/jobs", json=asked).json()["id"] for _ in range(3)]
    places = [JobFolder(tmp_path / "jobs" / job / WORK) for job in jobs]
    wait_until(lambda: all(place.done() or is_packed(place) for place in places), 400)
    replicas()[0].kill()
    assert not all(is_packed(place) for place in places), "nothing was lost because nothing ran"

    def are_done():
        answers = [client.get(f"/v1/jobs/{job}") for job in jobs]
        return all(answer.is_success and answer.json()["state"] == "done" for answer in answers)

    wait_until(are_done, 400)
    model = AMGAN.from_pretrained(weights / "predefined")
    spec = JobSpec(revision=model.revision, **asked)
    alone = run_job(spec, model.sampler.sample, model.class_names, tmp_path / "alone").read_bytes()
    assert {client.get(f"/v1/jobs/{job}/result").content for job in jobs} == {alone}
