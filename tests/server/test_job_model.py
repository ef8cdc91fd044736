"""Models of the shelf as bulk jobs draw them."""

from __future__ import annotations

import threading
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pytest

from amgan.bulk.job_folder import JobFolder
from amgan.bulk.job_records import WORK
from amgan.bulk.job_room import JobLimits
from amgan.bulk.job_store import JobStore
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.server.job_model import BackgroundModels
from tests.bulk.shop import wait_until
from tests.fake_hub import FakeHub
from tests.models import saved


@pytest.fixture(scope="module")
def classless(tmp_path_factory):
    """A folder with a model that knows no classes."""
    folder = tmp_path_factory.mktemp("weights")
    saved(folder / "plain", objective="gan")
    return folder


@pytest.fixture
def store(classless, tmp_path):
    made = JobStore(tmp_path / "jobs", BackgroundModels(Shelf(classless), DirectEngine()))
    made.start()
    yield made
    made.close()


@pytest.mark.parametrize("form", ["zip", "parquet", "npz"])
def test_pictures_of_a_model_without_classes_are_those_of_generate(classless, store, tmp_path, form):
    model = AMGAN.from_pretrained(classless / "plain")
    spec = JobSpec("plain", model.revision, form, n=5)
    job = store.submit(spec)
    wait_until(lambda: store.job(job.id).is_over)
    assert store.job(job.id).problem is None
    alone = run_job(spec, model.sampler.sample, model.class_names, tmp_path / "alone")
    assert store.result(job.id).read_bytes() == alone.read_bytes()
    if form == "parquet":
        assert pq.read_table(alone)["seed"].to_pylist() == list(range(5))
    elif form == "npz":
        with zipfile.ZipFile(alone) as archive, archive.open("shard-00000.npz") as shard:
            assert np.array_equal(np.load(shard)["images"], model.sample(seeds=range(5)))


def test_a_class_of_a_model_without_classes_is_refused(classless, store):
    model = AMGAN.from_pretrained(classless / "plain")
    with pytest.raises(RequestError, match="knows no classes"):
        store.submit(JobSpec("plain", model.revision, "zip", labels={model.class_names[0]: 2}))


class Held(DirectEngine):
    """Draws so many batches, then no more until the gate is opened."""

    def __init__(self, batches):
        super().__init__()
        self.left, self.gate = batches, threading.Event()

    def draw_in_background(self, recipe, renderer):
        self.left -= 1
        assert self.left >= 0 or self.gate.wait(60)
        return super().draw_in_background(recipe, renderer)


@pytest.mark.parametrize("pin", ["", "@v1"])
def test_a_restart_while_the_hub_is_away_costs_no_chunk(classless, tmp_path, monkeypatch, pin):
    hub = FakeHub(monkeypatch)
    commit = hub.publish("a", classless / "plain", "v1")
    name, chunks = f"user/shoes{pin}", 4

    def started(engine):
        models = BackgroundModels(Shelf(tmp_path / "none", [name]), engine)
        store = JobStore(tmp_path / "jobs", models, JobLimits(running=1, retry_seconds=0.1))
        store.start()
        return store

    engine = Held(2)
    first = started(engine)
    job = first.submit(JobSpec(name, commit, "zip", n=chunks * CHUNK_PICTURES))
    work = JobFolder(tmp_path / "jobs" / job.id / WORK)
    wait_until(work.done)
    first.stop()
    engine.gate.set()
    first.close()
    kept = work.done()
    assert 0 < len(kept) < chunks

    # As on a machine whose disk has the jobs, but no longer the model.
    hub.cached.clear()
    hub.refs.clear()
    hub.away = True
    second = started(DirectEngine())
    wait_until(lambda: second.job(job.id).problem is not None)
    assert "no answer" in second.job(job.id).problem
    assert work.done() == kept
    hub.away = False
    wait_until(lambda: second.job(job.id).state == "done")
    second.close()
