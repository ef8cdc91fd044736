from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from amgan.errors import ConfigError
from amgan.objectives import OBJECTIVES
from amgan.training import TrainConfig
from amgan.training.config import ObjectiveName

CONFIG = TrainConfig(data="photos", out=Path("runs/x"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("batch_size", 1),
        ("log_every", 0),
        ("checkpoint_every", -1),
        ("index_seeds", -1),
        ("generator_lr", 0.0),
        ("discriminator_lr", math.nan),
        ("ema_decay", 1.0),
        ("confidence", -0.1),
    ],
)
def test_a_number_no_run_can_start_with_names_its_flag(name, value):
    with pytest.raises(ConfigError, match=f"^--{name.replace('_', '-')} must be [^\n]*$"):
        replace(CONFIG, **{name: value}).check()


def test_every_objective_can_be_asked_for():
    assert set(get_args(ObjectiveName)) == set(OBJECTIVES)


def test_the_defaults_pass():
    CONFIG.check()


def test_the_command_line_gives_the_settings_that_differ():
    config = replace(CONFIG, data="my photos", skip_broken=True, resume=True, steps=7)
    assert config.command_line() == "python -m amgan train --data 'my photos' --out runs/x --steps 7 --skip-broken"
