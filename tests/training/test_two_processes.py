"""Two processes under torchrun: one model, everything written once, a stop and a resume as exact as alone."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from amgan.errors import CheckpointError
from amgan.training.run_lock import locked
from tests.metrics.judges import tiny_judge
from tests.training.runs import (
    CLASSES,
    checkpoint,
    contents,
    differences,
    finish,
    make_pictures,
    read_until,
    run,
    start_worker,
    tiny,
)


def ranks_agree(folder, step):
    one, other = (load_file(folder / f"{step}-{rank}.safetensors") for rank in range(2))
    assert differences(one, other) == []
    assert len(one) > 10


@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="this torch has no gloo to connect processes")
def test_stop_resume_and_the_whole_under_torchrun(tmp_path):
    pictures = make_pictures(tmp_path / "pictures", labelled=12)  # so few that one process may meet none in a batch
    config = tiny(
        pictures, tmp_path / "halves", batch_size=8, steps=100_000, log_every=1, lr_decay_steps=200_000, sheet_every=2
    )
    settings = tmp_path / "settings.json"

    # A SIGTERM to torchrun reaches both, and both save at the same step.
    first = start_worker(config, settings, processes=2, weights=str(tmp_path / "weights"))
    try:
        read_until(first, "step 3/")
        first.send_signal(signal.SIGTERM)
    finally:
        rest = finish(first)
    (saved,) = (config.out / "checkpoints").iterdir()
    step = int(saved.name.removeprefix("step-"))
    assert f"SIGTERM: saved at step {step}" in rest
    ranks_agree(tmp_path / "weights", step)

    # While another training is in the folder, both say so in one sentence, and nothing is written.
    before = sorted(config.out.rglob("*"))
    with locked(config.out):
        refused = start_worker(replace(config, resume=True), settings, processes=2)
        told = finish(refused)
    assert refused.returncode != 0
    assert told.count("ConfigError: ") >= 2, told
    assert "another training is at work there" in told
    assert sorted(config.out.rglob("*")) == before

    # As many processes are needed to go on.
    with pytest.raises(CheckpointError, match="made by 2 processes, resume with as many, not 1"):
        run(replace(config, resume=True, steps=step + 3))

    second = start_worker(
        replace(config, resume=True, steps=step + 3), settings, processes=2, weights=str(tmp_path / "weights")
    )
    rest = finish(second)
    assert second.returncode == 0, rest
    ranks_agree(tmp_path / "weights", step + 3)

    # In one go, and scored by one process while the other waits: nothing of the training changes.
    judge = tmp_path / "judge"
    tiny_judge(class_names=CLASSES).save(judge)
    whole = replace(config, out=tmp_path / "whole", steps=step + 3, eval_every=2, eval_pictures=10, judge=str(judge))
    environment = dict(os.environ) | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    third = start_worker(whole, settings, processes=2, environment=environment)
    printed = finish(third)
    assert third.returncode == 0, printed
    wanted = contents(checkpoint(whole.out, step + 3), processes=2)
    assert differences(wanted, contents(checkpoint(config.out, step + 3), processes=2)) == []
    assert differences(wanted["random-0.safetensors"], wanted["random-1.safetensors"]) != [], "each draws its own noise"
    assert [line.split()[1] for line in printed.splitlines() if "AM Score" in line] == [
        f"{done}/{step + 3}" for done in range(1, step + 4) if done % 2 == 0 or done == step + 3
    ]
    assert (whole.out / "best" / "model.safetensors").exists()

    # Written and printed by one process only.
    said = [line for line in printed.splitlines() if line.startswith(f"step {step + 3}/")]
    assert sum("images/s" in line for line in said) == 1
    assert len(list((whole.out / "tensorboard").rglob("events.*"))) == 1
    assert len(list((whole.out / "sheets").iterdir())) == (step + 3) // 2 + (step + 3) % 2
    assert (whole.out / "release" / "model.safetensors").exists()
