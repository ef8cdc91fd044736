"""Jobs drawn by real Ray processes: a driver killed, a worker killed, and the bytes of the plain command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from amgan.bulk.chunk_source import ChunkMaker, DrawnHere
from amgan.bulk.job_folder import JobFolder
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.on_ray import DrawnOnRay, RayPool, packed, unpacked
from amgan.bulk.progress import JobProgress
from amgan.bulk.runner import finish_job
from amgan.errors import ClassSearchError, RequestError
from amgan.model import AMGAN
from tests.bulk.jobs import contents, job
from tests.models import message, saved, tiny_model
from tests.ray_cluster import running_ray

CHUNKS = 12

HELD_UP = """
import sys, time
from amgan.cli import main
from tests.bulk.worker import before_each_chunk
before_each_chunk(lambda place: len(place.done()) < 3 or time.sleep(600))
main(sys.argv[1:])
"""
"""The command, which waits to be killed when some chunks are there."""


@pytest.mark.parametrize("given", [{"workers": 0}, {"gpus": -0.5}, {"gpus": 1.5}, {"gpus": float("nan")}])
def test_pools_that_cannot_be(given):
    with pytest.raises(RequestError, match="must be"):
        RayPool(**given)


def test_without_ray_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    model = tiny_model()
    with pytest.raises(RequestError) as caught:
        DrawnOnRay(ChunkMaker(job(), model.class_names), model, RayPool())
    assert "Ray is not installed" in message(caught.value)
    assert message(caught.value).endswith("pip install 'ray[data]>=2.60'")


def test_a_model_travels_with_all_that_its_pictures_depend_on():
    model = tiny_model(index_seeds=3)
    there = unpacked(packed(model), model.sampler.renderer.precision)
    assert there.config == model.config
    assert (there.sample(["Bag"] * 3) == model.sample(["Bag"] * 3)).all()
    assert (there.seed_index.draws == model.seed_index.draws).all()


@pytest.fixture(scope="module")
def cluster():
    """Ray on this machine, which takes it for one with a GPU, so that fractions of it are shared out."""
    with running_ray(num_cpus=2, num_gpus=1) as found:
        yield found.address_info["address"]


def workers() -> list[psutil.Process]:
    """The actors of this test's cluster that are at work."""
    return [one for one in psutil.Process().children(recursive=True) if "ray::MapWorker" in " ".join(one.cmdline())]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.timeout(1800)  # Ray starts processes that each load the libraries, on a machine that may be busy
def test_a_driver_and_a_worker_are_killed_and_the_bytes_are_those_of_the_plain_command(cluster, tmp_path):
    release = saved(tmp_path / "release")
    model = AMGAN.from_pretrained(release)
    spec = job(n=CHUNK_PICTURES * CHUNKS - 5, model="release", revision=model.revision)
    maker, place = ChunkMaker(spec, model.class_names), JobFolder(tmp_path / "ray")
    alone = finish_job(maker, DrawnHere(maker, model.sampler.sample), tmp_path / "alone")

    command = [sys.executable, "-c", HELD_UP, "generate", "--model", release, "--n", spec.count, "--format", "zip"]
    driver = subprocess.Popen(
        [*map(str, command), "--out", str(place.folder), "--on", "ray", "--workers", "2", "--worker-gpus", "0.5"],
        cwd=Path(__file__).parents[2], env=os.environ | {"RAY_ADDRESS": cluster}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not place.done() and driver.poll() is None:
        time.sleep(0.01)
    driver.kill()
    told = driver.communicate()[1]
    kept = place.done()
    assert 0 < len(kept) < CHUNKS, told

    seen: list[JobProgress] = []
    killed: list[int] = []

    def kill_one(progress: JobProgress) -> None:
        seen.append(progress)
        if progress.stage == "drawing" and len(seen) > 1 and not killed and (found := workers()):
            killed.append(found[0].pid)
            found[0].kill()

    source = DrawnOnRay(maker, model, RayPool(workers=2, gpus=0.5))
    result = finish_job(maker, source, place.folder, kill_one)
    assert killed
    assert seen[0].done == sum(len(maker.names.chunk_range(number)) for number in kept), "gone on with"
    assert result.read_bytes() == alone.read_bytes()
    assert contents(place.folder) == contents(tmp_path / "alone")


@pytest.mark.timeout(1800)
def test_what_a_worker_cannot_draw_is_said_in_its_words(cluster, tmp_path):
    model = tiny_model(class_names=("Sneaker", "Bag"))
    never = job(n=None, labels={"Bag": 1}, confidence=1 - 1e-9, revision="unsaved")
    maker = ChunkMaker(never, model.class_names)
    with pytest.raises(ClassSearchError) as here:
        maker.draw(model.sampler.sample, 0)
    with pytest.raises(ClassSearchError) as there:
        finish_job(maker, DrawnOnRay(maker, model, RayPool(workers=1)), tmp_path / "out")
    assert str(there.value) == str(here.value)
