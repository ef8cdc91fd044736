"""What is planned for a run: the time it is given, what was asked for, and that a resume follows the same plan."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from amgan.data.labelled_images import LabelledImages
from amgan.errors import ConfigError
from amgan.model import AMGAN
from amgan.training import TrainConfig, planning
from amgan.training.planning import ENOUGH_STEPS, GENERATOR_ALONE, KEPT_BACK, WIDTHS, plan
from amgan.training.run_folder import SETTINGS_FILE
from tests.training.runs import checkpoint, contents, differences, run, tiny


def photos(count):
    images, labels = torch.zeros(count, 3, 1, 1, dtype=torch.uint8), torch.zeros(count, dtype=torch.int64)
    return LabelledImages(images, labels, ("a", "b"), "photos", "none", {(32, 32): count})


@given(minutes=st.floats(0.01, 10_000), seconds=st.floats(1e-3, 100), count=st.sampled_from([300, 50_000]))
def test_the_steps_fill_the_time_but_for_what_is_kept_back(minutes, seconds, count):
    config = TrainConfig(("photos",), "out", minutes=minutes)
    planned, words = plan(config, photos(count), 1, lambda tried: seconds * tried.recipe.generator_width / WIDTHS[0])
    step = seconds * planned.recipe.generator_width / WIDTHS[0]
    alone = planned.recipe.generator_first * GENERATOR_ALONE
    assert (
        planned.steps == 1
        or (planned.steps + alone) * step
        <= minutes * 60 * (1 - KEPT_BACK) * 1.001
        < (planned.steps + alone + 1) * step * 1.002
    )
    assert planned.recipe.generator_width == WIDTHS[0] or planned.steps >= ENOUGH_STEPS
    assert planned.lr_decay_from + planned.lr_decay_steps == planned.steps
    assert planned.augment == ("all" if count == 300 else "shift")
    assert f"{planned.steps:,} steps" in words
    planned.check()


def test_what_was_asked_for_stays(tmp_path):
    asked = {"generator_width": 5, "augment": "none", "lr_decay_steps": 7, "ema_decay": 0.5, "sheet_every": 3,
             "checkpoint_every": 4}  # fmt: skip
    planned, _ = plan(TrainConfig(("photos",), tmp_path, **asked), photos(300), 1, lambda tried: 1.0)
    assert {name: getattr(planned, name) for name in asked} == asked
    assert planned.lr_decay_from == 0


def test_scores_are_planned_where_a_judge_can_give_them():
    asked = TrainConfig("photos", "out", steps=0, hold_out=0.1)
    planned, words = plan(asked, photos(300), 1, lambda tried: 1.0, has_judge=True)
    assert (planned.eval_every, planned.patience) == (planned.steps // planning.SCORES, planning.PATIENCE)
    assert "the best kept" in words
    blind, words = plan(asked, photos(300), 1, lambda tried: 1.0)
    assert (blind.eval_every, blind.patience) == (0, 0)
    assert "best" not in words


@pytest.mark.parametrize("minutes", [0, -1, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(tmp_path, minutes):
    with pytest.raises(ConfigError, match=r"^--minutes must be a number above 0, not "):
        TrainConfig(("photos",), tmp_path, minutes=minutes).check()


@pytest.mark.parametrize("architecture", ["dcgan", "features"])
def test_a_planned_run_says_its_plan_and_a_resume_follows_it(pictures, tmp_path, architecture, monkeypatch):
    seconds = "amgan.training.run.median_seconds"
    monkeypatch.setattr(seconds, lambda step: 4.0 * bool(step(0).isfinite().all()))
    whole = tiny(pictures, tmp_path / "whole", steps=0, minutes=30 / 60, architecture=architecture,
                 generator_width=None, sheet_every=500, checkpoint_every=1000)  # fmt: skip
    monkeypatch.setattr(planning, "WIDTHS", (4,))
    console = Console(file=io.StringIO(), width=300)
    run(whole, console)
    assert "6 steps in about 24 seconds (4 s a step here), 48 pictures seen; " in console.file.getvalue()
    assert "colours, shifts and holes before D sees" in console.file.getvalue()
    assert ("G is given the class" in console.file.getvalue()) == (architecture == "features")
    settings = json.loads((whole.out / SETTINGS_FILE).read_text())
    assert (settings["steps"], settings["lr_decay_from"], settings["augment"]) == (6, 3, "all")
    facts = AMGAN.from_pretrained(whole.out / "release").metrics["training"]
    assert "--steps 6" in facts["command"]
    assert "--minutes" not in facts["command"]
    # The same in two parts, the second on a machine of another speed.
    halves = dataclasses.replace(whole, out=tmp_path / "halves")
    part = {name: settings[name] for name in (*planning.PLANNABLE, "hold_out")} | {"steps": 2}
    run(dataclasses.replace(halves, **part))
    stopped = json.loads((halves.out / SETTINGS_FILE).read_text())
    (halves.out / SETTINGS_FILE).write_text(json.dumps(stopped | {"steps": 6}))
    monkeypatch.setattr(seconds, lambda step: pytest.fail("measured anew"))
    run(dataclasses.replace(halves, resume=True))
    assert differences(contents(checkpoint(whole.out, 6)), contents(checkpoint(halves.out, 6))) == []
