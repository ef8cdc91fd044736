"""Exact resume: what N steps, a stop and N more leave behind is bit-equal to 2N steps in one go."""

from __future__ import annotations

import contextlib
import io
import shutil
import signal
from dataclasses import replace

import pytest
from rich.console import Console

from amgan.errors import CheckpointError
from amgan.model import AMGAN
from amgan.training import loop, releasing
from tests.training.runs import checkpoint, contents, differences, finish, read_until, run, start_worker, tiny

KINDS = {
    "am-gan": {"objective": "am-gan", "labeling": "dynamic"},
    "ac-gan-star": {"objective": "ac-gan-star", "labeling": "predefined"},
}


def tiny_steps(data, out, **changes):
    # 5 batches of 12 an epoch, so that 10 steps end one epoch and go through another.
    settings = {"steps": 10, "batch_size": 12, "lr_decay_steps": 12, "log_every": 3}
    return tiny(data, out, **settings | changes)


@pytest.fixture(scope="module")
def plain(pictures, tmp_path_factory):
    """What a run of ten steps leaves behind that neither stopped nor wrote anything on the way."""
    config = tiny_steps(pictures, tmp_path_factory.mktemp("plain") / "run")
    run(config)
    return contents(checkpoint(config.out, 10))


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("kind", KINDS)
def test_two_halves_equal_the_whole(pictures, tmp_path, kind, precision):
    settings = KINDS[kind] | {"precision": precision}
    whole = tiny_steps(pictures, tmp_path / "whole", **settings)
    run(whole)
    halves = tiny_steps(pictures, tmp_path / "halves", **settings)
    run(replace(halves, steps=5))
    run(replace(halves, resume=True))
    wanted = contents(checkpoint(whole.out, 10))
    assert differences(wanted, contents(checkpoint(halves.out, 10))) == []
    assert differences(wanted, contents(checkpoint(halves.out, 5))) != []
    assert wanted["optimizer.bin"]["param_groups"][0]["lr"] == pytest.approx(whole.recipe.generator_lr * (1 - 9 / 12))
    same = (whole.out / "release" / "model.safetensors", halves.out / "release" / "model.safetensors")
    assert same[0].read_bytes() == same[1].read_bytes()


@pytest.mark.parametrize(
    "changes", [{"checkpoint_every": 4}, {"sheet_every": 3}, {"log_every": 1}, {"keep_checkpoints": 1}], ids=str
)
def test_what_is_written_on_the_way_changes_nothing(pictures, tmp_path, plain, changes):
    run(tiny_steps(pictures, tmp_path / "other", **changes))
    assert differences(plain, contents(checkpoint(tmp_path / "other", 10))) == []


def test_a_resume_from_any_checkpoint_on_the_way(pictures, tmp_path, plain):
    whole = tiny_steps(pictures, tmp_path / "whole", checkpoint_every=3, keep_checkpoints=9)
    run(whole)
    for last in (9, 3):
        for path in (whole.out / "checkpoints").iterdir():
            if path.name > f"step-{last:09d}":
                shutil.rmtree(path)
        run(replace(whole, resume=True))
        assert differences(plain, contents(checkpoint(whole.out, 10))) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_a_process_saves_and_the_resume_is_exact(pictures, tmp_path, number):
    kind = KINDS["am-gan" if number == signal.SIGTERM else "ac-gan-star"]
    config = tiny_steps(pictures, tmp_path / "run", steps=100_000, lr_decay_steps=200_000, log_every=1, **kind)
    process = start_worker(config, tmp_path / "settings.json")
    try:
        read_until(process, "step 5/")
        process.send_signal(number)
    finally:
        rest = finish(process)
    assert process.returncode == 0, rest
    (saved,) = (config.out / "checkpoints").iterdir()
    step = int(saved.name.removeprefix("step-"))
    assert 5 <= step < config.steps
    asked_by = "Ctrl-C" if number == signal.SIGINT else "SIGTERM"
    assert f"Stopped by {asked_by}: saved at step {step}, the model so far is in {config.out}/release; add" in rest
    assert "Traceback" not in rest

    run(replace(config, resume=True, steps=step + 4))
    run(replace(config, out=tmp_path / "whole", steps=step + 4))
    wanted = contents(checkpoint(tmp_path / "whole", step + 4))
    assert differences(wanted, contents(checkpoint(config.out, step + 4))) == []


def test_resuming_a_finished_run_trains_no_further_and_writes_its_release_again(pictures, tmp_path):
    config = tiny_steps(pictures, tmp_path / "run", steps=3)
    run(config)
    before = contents(checkpoint(config.out, 3))
    weights = (config.out / "release" / "model.safetensors").read_bytes()
    shutil.rmtree(config.out / "release")
    run(replace(config, resume=True))
    assert differences(before, contents(checkpoint(config.out, 3))) == []
    assert (config.out / "release" / "model.safetensors").read_bytes() == weights


def test_a_kill_while_saving_costs_only_the_steps_since_the_last_checkpoint(pictures, tmp_path, plain, monkeypatch):
    config = tiny_steps(pictures, tmp_path / "run", checkpoint_every=4)
    real = loop.Checkpoints._random_states

    class Killed(BaseException):
        pass

    def die_at_the_second(self):
        if (config.out / "checkpoints" / "step-000000004").exists():
            raise Killed
        return real(self)

    monkeypatch.setattr(loop.Checkpoints, "_random_states", die_at_the_second)
    monkeypatch.setattr("amgan.training.checkpoint.removing_half", contextlib.nullcontext)  # nobody is left to
    with pytest.raises(Killed):
        run(config)
    monkeypatch.undo()
    names = sorted(path.name for path in (config.out / "checkpoints").iterdir())
    assert names == ["step-000000004", "writing-step-000000008"]
    run(replace(config, resume=True))
    assert differences(plain, contents(checkpoint(config.out, 10))) == []
    assert sorted(path.name for path in (config.out / "checkpoints").iterdir()) == ["step-000000008", "step-000000010"]


def test_resume_says_what_is_wrong(pictures, tmp_path):
    config = tiny_steps(pictures, tmp_path / "run", steps=2)
    with pytest.raises(CheckpointError, match="no complete checkpoint to resume from; start without --resume"):
        run(replace(config, resume=True))
    run(config)
    with pytest.raises(CheckpointError, match="was trained with seed = 3, not 4; give the same settings"):
        run(replace(config, resume=True, seed=4))
    (checkpoint(config.out, 2) / "random-0.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"random-0.safetensors is missing\); there is no older one"):
        run(replace(config, resume=True, steps=4), Console(file=io.StringIO()))


def test_a_stop_while_seeds_are_looked_up_says_what_is_missing(pictures, tmp_path, monkeypatch):
    config = tiny(pictures, tmp_path / "run", index_seeds=2)
    console = Console(file=io.StringIO(), width=200)
    with monkeypatch.context() as patched:
        patched.setattr(releasing, "build_seed_index", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
        with pytest.raises(KeyboardInterrupt):
            run(config, console)
    assert (
        "Stopped by SIGTERM: all 4 steps are done, but the release lacks what is looked up and measured at the end, "
        "seeds by class among it; add --resume for that"
    ) in console.file.getvalue()
    assert AMGAN.from_pretrained(config.out / "release").seed_index is None
    run(replace(config, resume=True))
    assert AMGAN.from_pretrained(config.out / "release").seed_index is not None
