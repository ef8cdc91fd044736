"""kill -9 at random moments: what comes out in the end is what an undisturbed run gives."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time

import pytest

from amgan import AMGAN
from amgan.bulk.job_folder import JobFolder
from amgan.bulk.names import CHUNK_PICTURES
from amgan.bulk.runner import run_job
from tests.bulk.jobs import contents, job
from tests.bulk.worker import work
from tests.models import saved

KILLS = 10
CHUNKS = 8


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_ten_kills_and_the_same_file(tmp_path):
    release = saved(tmp_path / "release")
    model = AMGAN.from_pretrained(release)
    spec = job(n=CHUNK_PICTURES * CHUNKS, revision=model.revision)
    began = time.monotonic()
    result = run_job(spec, model.sampler.sample, model.class_names, tmp_path / "undisturbed")
    needed = time.monotonic() - began
    assert result

    # Processes that start from one which has loaded the libraries already, so that ten of them take seconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.bulk.worker"])
    moments, place = random.Random(7), JobFolder(tmp_path / "killed")
    done, left_over = [0], 0

    def chunks_done() -> int:
        return CHUNKS if (place.folder / result.name).exists() else len(place.done())

    for _ in range(KILLS):
        started = context.Event()
        process = context.Process(target=work, args=(release, spec, place.folder, started), daemon=True)
        process.start()
        assert started.wait(60)
        wanted = min(CHUNKS, done[-1] + moments.randrange(3))
        while chunks_done() < wanted and process.is_alive():
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 1.5 * needed / CHUNKS))
        process.kill()
        process.join()
        done.append(chunks_done())
        left_over += any(place.scratch.glob("*.writing"))
    print(f"chunks after each kill: {done}; {left_over} of the kills left a file half written")
    assert done == sorted(done), "a chunk that was done is never lost"
    assert done[-1] > 0
    assert run_job(spec, model.sampler.sample, model.class_names, place.folder)
    assert contents(place.folder) == contents(tmp_path / "undisturbed")
