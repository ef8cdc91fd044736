"""The strength of augmentation: its measure, its bounds, and that a run goes on with it where it was."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from amgan.errors import ConfigError
from amgan.training.adaptive_strength import AIM, STRIDE, AdaptiveStrength
from amgan.training.augmentation import augmented
from tests.training.runs import checkpoint, contents, differences, run, tiny


@given(st.lists(st.lists(st.floats(-10, 10, width=32), min_size=3, max_size=3), max_size=60))
def test_it_moves_by_strides_between_none_and_all(answers):
    strength = AdaptiveStrength()
    assert strength.value == 1
    for given_answers in answers:
        before = strength.value.item()
        strength.follow(torch.tensor(given_answers))
        assert 0 <= strength.value <= 1
        assert abs(strength.value.item() - before) <= STRIDE * 1.001


@pytest.mark.parametrize(
    ("known", "unknown", "generated", "grows"),
    [
        (2.0, 2.0, -2.0, False),  # nothing by heart
        (2.0, 1.0, -2.0, False),
        (2.0, 2 - 4 * AIM - 0.1, -2.0, True),
        (2.0, -2.0, -2.0, True),  # other real pictures look generated
        (2.0, 3.0, -2.0, False),
        (-1.0, -2.0, 1.0, True),  # it takes generated ones for real, but training pictures for more so than others
        (0.0, 0.0, 0.0, False),
    ],
)
def test_it_grows_where_d_knows_the_pictures_by_heart(known, unknown, generated, grows):
    strength = AdaptiveStrength()
    strength.value.fill_(0.5)
    strength.follow(torch.tensor([known, unknown, generated]))
    assert strength.value.item() == pytest.approx(0.5 + (STRIDE if grows else -STRIDE))


def test_it_is_the_part_of_the_pictures_that_is_changed():
    torch.manual_seed(0)
    images = torch.rand(2000, 1, 32, 32)

    def changed(strength):
        return (augmented(images, "adaptive", torch.tensor(strength)) != images).flatten(1).any(1).float().mean()

    assert changed(0.0) == 0
    assert changed(1.0) > 0.99
    # Kept by all three changes: by colours with 0.85, which leave half of theirs, by shift and by hole with 0.7.
    assert abs(1 - changed(0.3) - 0.85 * 0.7 * 0.7) < 0.05


@pytest.mark.parametrize("architecture", ["dcgan", "features"])
def test_a_run_follows_what_is_kept_out_and_goes_on_with_it(pictures, tmp_path, architecture):
    whole = tiny(pictures, tmp_path / "whole", architecture=architecture, augment="adaptive", hold_out=0.2, steps=9,
                 sheet_every=9)  # fmt: skip
    run(whole)
    strength = load_file(checkpoint(whole.out, 9) / "strength.safetensors")["value"].item()
    # Looked at in steps 0, 4 and 8.
    assert min(abs(strength - (1 + STRIDE * moved)) for moved in (0, -1, -2, -3)) < 1e-5
    events = EventAccumulator(str(whole.out / "tensorboard"))
    events.Reload()
    assert events.Scalars("augmentation_strength")[-1].value == pytest.approx(strength)
    halves = dataclasses.replace(whole, out=tmp_path / "halves", steps=5)
    run(halves)
    run(dataclasses.replace(halves, steps=9, resume=True))
    one, other = (checkpoint(out, 9) for out in (whole.out, halves.out))
    assert differences(contents(one), contents(other)) == []
    assert (one / "strength.safetensors").read_bytes() == (other / "strength.safetensors").read_bytes()


def test_without_pictures_that_are_kept_out_there_is_nothing_to_follow(pictures, tmp_path):
    with pytest.raises(ConfigError, match=r"add --hold-out 0\.1$"):
        run(tiny(pictures, tmp_path / "run", augment="adaptive"))
