from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from amgan.errors import ConfigError
from amgan.networks.objectives import OBJECTIVES
from amgan.training import TrainConfig
from amgan.training.config import ObjectiveName

CONFIG = TrainConfig(data=("photos",), out=Path("runs/x"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", -1),
        ("batch_size", 1),
        ("log_every", 0),
        ("checkpoint_every", -1),
        ("index_seeds", -1),
        ("seed", -1),
        ("seed", 2**31),
        ("generator_lr", 0.0),
        ("discriminator_lr", math.nan),
        ("ema_decay", 1.0),
        ("confidence", -0.1),
        ("push_every", -1),
        ("data_licence", " "),
        ("data_licence", "x" * 81),
        ("private", True),
    ],
)
def test_a_number_no_run_can_start_with_names_its_flag(name, value):
    with pytest.raises(ConfigError, match=f"^--{name.replace('_', '-')} must be [^\n]*$"):
        replace(CONFIG, **{name: value}).check()


@pytest.mark.parametrize("name", ["", "shoes", "user/", "a/b/c", "user/na me", "user/a..b", "user/a--b", "user/a.git"])
def test_a_repository_that_cannot_be_is_refused_before_the_training(name):
    with pytest.raises(ConfigError, match=r"^--push-to-hub: [^\n]*is no name of a repository: write user/name$"):
        replace(CONFIG, push_to_hub=name).check()


def test_pushes_are_due_where_they_are_asked():
    replace(CONFIG, push_to_hub="user/shoes", private=True, push_every=0, data_licence="cc-by-4.0").check()
    assert not any(CONFIG.pushes_at(step) for step in range(20_000))
    due = replace(CONFIG, push_to_hub="user/shoes", push_every=3)
    assert [step for step in range(1, 10) if due.pushes_at(step)] == [3, 6, 9]
    assert not any(replace(due, push_every=0).pushes_at(step) for step in range(10))


def test_every_objective_can_be_asked_for():
    assert set(get_args(ObjectiveName)) == set(OBJECTIVES)


def test_the_defaults_pass():
    CONFIG.check()


def test_the_command_line_gives_the_settings_that_differ():
    config = replace(CONFIG, data=("my photos",), skip_broken=True, resume=True, steps=7)
    assert config.command_line() == "python -m amgan train --data 'my photos' --out runs/x --steps 7 --skip-broken"
    several = replace(CONFIG, data=("my photos", "kept"), data_weights=(1.0, 0.5))
    several.check()
    assert several.command_line() == (
        "python -m amgan train --data 'my photos' kept --out runs/x --data-weights 1.0 0.5"
    )


@pytest.mark.parametrize(("weights", "words"), [((0.5,), "so 2, not 1"), ((1.0, 0.0), "from 0.01 to 100, not 0.0")])
def test_weights_that_do_not_fit_the_sources(weights, words):
    with pytest.raises(ConfigError, match=f"^--data-weights must be [^\n]*{words}$"):
        replace(CONFIG, data=("photos", "kept"), data_weights=weights).check()
