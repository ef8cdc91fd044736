"""kill -9 at random moments, aimed at what is being written: in the end the files are those of an unbroken run.

Two kills by default; ``pytest tests/training/test_kills.py --kills 50 -s`` for more, and where each fell.
"""

from __future__ import annotations

import collections
import multiprocessing
import random
import signal
from pathlib import Path

import pytest

from amgan.training.checkpoint import complete_checkpoints
from amgan.training.run_folder import checkpoint_folder
from amgan.training.run_log import LOG_FILE, read_run_log
from tests.training.kills import AIMS, killed_run, state, steps_saved
from tests.training.runs import LIBRARIES, checkpoint, contents, differences, printed_run

STEPS_A_LIFE = 3
FILES_PASSED_BY = 8
LONGEST_WRITE = 0.05
"""Seconds after its start within which a kill falls that is aimed at a write."""

MINUTES_OF_A_LIFE = 5


@pytest.mark.timeout(1800)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_kills_and_the_same_files(pictures, tmp_path, request):
    kills = request.config.getoption("--kills")
    settings = {"steps": 2 * kills + 6, "checkpoint_every": 1, "keep_checkpoints": 2, "log_every": 1}
    settings |= {"sheet_every": 5, "lr_decay_steps": 2 * kills}
    whole, out = tmp_path / "whole", tmp_path / "killed"
    printed_run(str(pictures), str(whole), **settings)

    # Processes that start from one which has loaded the libraries already, so that each start takes no seconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*LIBRARIES, "tests.training.kills"])
    moments = random.Random(7)
    fell = collections.Counter()
    for number in range(kills):
        aim, saved = AIMS[number % len(AIMS)], steps_saved(out)
        seconds = 0.0 if aim == AIMS[0] else moments.uniform(0, LONGEST_WRITE)  # to remove takes no time
        when = (aim, saved + moments.randrange(STEPS_A_LIFE), moments.randrange(FILES_PASSED_BY), seconds)
        arguments = settings | {"resume": saved > 0}
        process = context.Process(target=killed_run, args=(*when, str(pictures), str(out)), kwargs=arguments)
        process.start()
        try:
            process.join(60 * MINUTES_OF_A_LIFE)
            assert process.exitcode == -signal.SIGKILL, f"it was never at {aim}"
        finally:
            process.kill()
            process.join()
        fell[state(out)] += 1
        assert len(complete_checkpoints(checkpoint_folder(out))) <= settings["keep_checkpoints"] + 1
    print(f"{kills} kills, {steps_saved(out)} of {settings['steps']} steps saved; they fell into: {dict(fell)}")
    assert sum(fell.values()) - fell["anything else"] > 0
    printed_run(str(pictures), str(out), **settings, resume=steps_saved(out) > 0)

    last = settings["steps"]
    for step in (last - 1, last):
        assert differences(contents(checkpoint(whole, step)), contents(checkpoint(out, step))) == []
    for name in ("model.safetensors", "config.json", "samples.png"):
        assert (whole / "release" / name).read_bytes() == (out / "release" / name).read_bytes()
    assert files(whole) == files(out), "nothing half-written is left"
    assert losses(whole) == losses(out)


def files(out: Path) -> list[str]:
    """All files of a run but TensorBoard's, of which each start writes its own."""
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if "tensorboard" not in path.parts)


def losses(out: Path) -> list[dict]:
    """The lines of a log without the speed."""
    return [
        {name: value for name, value in row.items() if name != "images_per_second"}
        for row in read_run_log(out / LOG_FILE)
    ]
