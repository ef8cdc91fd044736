"""One training at a time in a folder, for as long as it lives and no longer."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from amgan.errors import ConfigError
from amgan.training.run_lock import LOCK_FILE, alone_in, locked
from amgan.training.run_log import LOG_FILE, read_run_log
from tests.models import message
from tests.training.runs import checkpoint, contents, differences, finish, read_until, run, start_worker, tiny


def test_nobody_else_meanwhile_and_anybody_after(tmp_path):
    with locked(tmp_path):
        with pytest.raises(ConfigError) as caught, locked(tmp_path):
            pytest.fail("both are in")
        assert message(caught.value) == (
            f"{tmp_path}: another training is at work there; wait for it, stop it, or choose another folder"
        )
        with locked(tmp_path / "other"):
            pass
    with locked(tmp_path):
        pass


def test_a_folder_that_stays_empty_is_not_left_behind(tmp_path):
    with pytest.raises(ValueError, match="early"), locked(tmp_path / "new"):
        raise ValueError("early")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "there").mkdir()
    with locked(tmp_path / "there"):
        pass
    with locked(tmp_path / "used"):
        (tmp_path / "used" / "file").touch()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there", "used"]


def test_the_folder_cannot_be_written(tmp_path, accelerator_factory):
    (tmp_path / LOCK_FILE).mkdir()
    with pytest.raises(OSError, match="directory"), alone_in(tmp_path, accelerator_factory()):
        pytest.fail("it has no lock")


def test_a_second_training_writes_nothing_and_a_kill_frees_the_folder(pictures, tmp_path):
    config = tiny(pictures, tmp_path / "run", steps=100_000, log_every=1, checkpoint_every=10)
    first = start_worker(config, tmp_path / "settings.json")
    try:
        read_until(first, "step 12/")
        os.kill(first.pid, signal.SIGSTOP)  # so that whatever changes is the second one's doing
        os.waitpid(first.pid, os.WUNTRACED)  # it may have been in the middle of a write
        before = {path: path.stat().st_mtime_ns for path in config.out.rglob("*") if path.name != LOCK_FILE}
        for again in (replace(config, resume=True), replace(config, resume=True, steps=200_000)):
            with pytest.raises(ConfigError, match="another training is at work there"):
                run(again)
        after = {path: path.stat().st_mtime_ns for path in config.out.rglob("*") if path.name != LOCK_FILE}
        assert after == before
    finally:
        first.kill()
        finish(first)
    step = max(int(path.name.removeprefix("step-")) for path in (config.out / "checkpoints").glob("step-*"))
    run(replace(config, resume=True, steps=step + 2))
    run(replace(config, out=tmp_path / "whole", steps=step + 2))
    wanted = contents(checkpoint(tmp_path / "whole", step + 2))
    assert differences(wanted, contents(checkpoint(config.out, step + 2))) == []
    steps = [row["step"] for row in read_run_log(config.out / LOG_FILE)]
    assert steps == list(range(1, step + 3)), "each step once"
