"""The folder of a run: nothing overwritten, nothing else trained under its name."""

from __future__ import annotations

import json
import os
from dataclasses import fields, replace

import pytest
import torch

from amgan.data.labelled_images import LabelledImages
from amgan.errors import CheckpointError, ConfigError
from amgan.networks.objectives import UNLABELLED
from amgan.training.checkpoint import MARKER
from amgan.training.config import TrainConfig
from amgan.training.run_folder import (
    FREE_ON_RESUME,
    SETTINGS_FILE,
    check_run_data,
    check_run_folder,
    write_settings,
)
from tests.training.runs import checkpoint, tiny


def pictures(*counts, names=("a", "b")):
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    images = torch.zeros(len(labels), 1, 32, 32, dtype=torch.uint8)
    return LabelledImages(images, labels, names, "data", "none", {(32, 32): len(labels)})


DATA = pictures(3, 4)


@pytest.fixture
def begun(tmp_path):
    """Settings of a run that holds one complete checkpoint."""
    config = tiny(tmp_path / "data", tmp_path / "run")
    write_settings(config, DATA)
    place = checkpoint(config.out, 4)
    place.mkdir(parents=True)
    (place / MARKER).touch()
    return config


def message(config, error):
    with pytest.raises(error) as caught:
        check_run_folder(config)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_a_new_folder_and_the_same_settings_are_welcome(tmp_path, begun):
    check_run_folder(tiny(tmp_path / "data", tmp_path / "new"))
    check_run_folder(replace(begun, resume=True))


def test_a_folder_without_a_complete_checkpoint_may_be_used_again(tmp_path):
    config = tiny(tmp_path / "data", tmp_path / "run")
    (config.out / "checkpoints" / "writing-step-000000004").mkdir(parents=True)
    check_run_folder(config)


def test_a_run_is_not_overwritten(begun):
    text = message(begun, ConfigError)
    assert str(begun.out) in text
    assert "--resume" in text


@pytest.mark.parametrize(
    ("data", "out"), [("x", "x"), ("x", "x/run"), ("x/photos", "x"), ("x", "x/../x/a/b"), ("l", "x/r")]
)
def test_pictures_and_run_must_lie_apart(tmp_path, data, out):
    (tmp_path / "x" / "photos").mkdir(parents=True)
    (tmp_path / "l").symlink_to(tmp_path / "x")
    text = message(tiny(tmp_path / data, tmp_path / out), ConfigError)
    assert "--out" in text
    assert "--data" in text
    assert [path.name for path in (tmp_path / "x").rglob("*")] == ["photos"]


def test_neighbours_and_names_of_the_hub_lie_apart(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    check_run_folder(tiny(tmp_path / "photos", tmp_path / "photos-run"))
    monkeypatch.chdir(tmp_path)
    check_run_folder(replace(tiny(tmp_path, tmp_path / "user" / "pets" / "run"), data=("user/pets",)))


def test_other_pictures_than_before_are_refused(tmp_path):
    config = tiny(tmp_path / "data", tmp_path / "run", resume=True)
    less_known = replace(DATA, labels=torch.tensor([0, 0, UNLABELLED, 1, 1, 1, UNLABELLED]))
    for before, others in ((DATA, (pictures(3, 5), less_known)), (less_known, (DATA, less_known.labelled))):
        write_settings(config, before)
        check_run_data(config, before)
        for other in others:
            with pytest.raises(CheckpointError, match="its classes and counts were"):
                check_run_data(config, other)
    assert json.loads((config.out / SETTINGS_FILE).read_text())["found"] == {"a": 2, "b": 3, "unlabelled": 2}


def test_one_folder_may_be_written_in_several_ways(tmp_path, begun, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    for data in (f"{tmp_path}/data/", "data", "./data/", "link"):
        check_run_folder(replace(begun, resume=True, data=(data,)))
    (tmp_path / "other").mkdir()
    assert "data = " in message(replace(begun, resume=True, data=("other",)), CheckpointError)
    write_settings(replace(begun, data=("data/",)), DATA)
    assert json.loads((begun.out / SETTINGS_FILE).read_text())["data"] == ["data/"]


def test_no_fewer_steps_than_are_done(begun):
    check_run_folder(replace(begun, resume=True, steps=4))
    text = message(replace(begun, resume=True, steps=3), ConfigError)
    assert text == f"{begun.out} is already at step 4; give --steps 4 or more"


def test_a_folder_with_the_name_of_a_checkpoint(begun):
    other = begun.out / "checkpoints" / "step-old"
    other.mkdir()
    (other / MARKER).touch()
    assert str(other) in message(replace(begun, resume=True), CheckpointError)


def test_nothing_to_resume(tmp_path):
    text = message(tiny(tmp_path / "data", tmp_path / "new", resume=True), CheckpointError)
    assert str(tmp_path / "new") in text
    assert "without --resume" in text


def test_out_is_a_file(tmp_path):
    (tmp_path / "run").write_text("notes")
    assert "is a file" in message(tiny(tmp_path / "data", tmp_path / "run"), ConfigError)


CHANGED = {
    "data": ("elsewhere",), "data_weights": (0.5,),
    "objective": "gan", "labeling": "predefined", "image_size": 64, "channels": 3, "latent_dim": 7,
    "generator_width": 5, "discriminator_width": 5, "batch_size": 9, "generator_lr": 1.0, "discriminator_lr": 1.0,
    "lr_decay_steps": 5, "ema_decay": 0.5, "seed": 4, "precision": "bf16", "split": "test", "image_column": "picture",
    "label_column": "kind", "config": "birds", "skip_broken": True, "start_from": "user/shoes",
    "architecture": "another", "lr_decay_from": 3, "augment": "all", "discriminator_first": 7, "generator_first": 5,
    "variety": 0.5, "hold_out": 0.2, "background": "black",
}  # fmt: skip


def test_every_setting_is_either_free_or_held():
    assert {field.name for field in fields(TrainConfig)} == set(CHANGED) | FREE_ON_RESUME
    assert not set(CHANGED) & FREE_ON_RESUME


@pytest.mark.parametrize("name", CHANGED)
def test_a_setting_that_makes_another_run_is_refused(begun, name):
    text = message(replace(begun, resume=True, **{name: CHANGED[name]}), CheckpointError)
    assert name in text
    value = getattr(begun, name)
    for said in (CHANGED[name], vars(begun.recipe).get(name) if value is None else value):
        assert repr([*said] if isinstance(said, tuple) else said) in text


def test_settings_on_which_no_step_depends_may_change(begun):
    changes = {"steps": 9, "log_every": 3, "sheet_every": 5, "checkpoint_every": 7, "keep_checkpoints": 5}
    check_run_folder(replace(begun, resume=True, confidence=0.5, index_seeds=1, **changes))


@pytest.mark.parametrize("content", [None, "", "{", '{"data": ', "[]", "3", b"\xff\xfe\x00"])
def test_unreadable_settings_are_named(begun, content):
    file = begun.out / SETTINGS_FILE
    file.unlink()
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert SETTINGS_FILE in message(replace(begun, resume=True), CheckpointError)


def test_settings_are_written_whole_or_not_at_all(begun, monkeypatch):
    def full(handle):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_settings(replace(begun, steps=8), DATA)
    monkeypatch.undo()
    assert not list(begun.out.glob(".*.writing"))
    check_run_folder(replace(begun, resume=True))
    assert json.loads((begun.out / SETTINGS_FILE).read_text())["steps"] == begun.steps


def test_a_resume_wants_the_same_pictures_in_the_same_order(begun):
    resumed = replace(begun, resume=True)
    check_run_data(resumed, DATA)
    brighter = replace(DATA, images=DATA.images + 1)
    moved = replace(DATA, labels=DATA.labels[[0, 3, 1, 2, 4, 5, 6]])
    for other, words in (
        (pictures(3, 5), "classes and counts were 'b' 4, now 'b' 5"),
        (pictures(3, 4, names=("a", "c")), "classes and counts were 'b' 4, now 'c' 4"),
        (pictures(4, 3, names=("b", "a")), "classes and counts were 'a' 3, 'b' 4, now 'b' 4, 'a' 3"),
        (pictures(3, 4, 1, names=("a", "b", "c")), "classes and counts were no more, now 'c' 1"),
        (brighter, "pictures or their order were others: SHA-256 was [0-9a-f]{12}, now [0-9a-f]{12}"),
        (moved, "pictures or their order were others"),
    ):
        check_run_data(begun, other)  # a new run may take what it likes
        with pytest.raises(
            CheckpointError, match=f"^data is not what [^\n]* was trained on: its {words}.*--start-from"
        ):
            check_run_data(resumed, other)
    file = begun.out / SETTINGS_FILE
    settings = json.loads(file.read_text())
    for found in ({"b": 4, "a": 3}, {"a": 3, "b": 4}):
        # As an earlier version left it, in the order of the classes and without a digest.
        file.write_text(json.dumps({**settings, "found": found} | {"pictures_sha256": None}))
        if [*found] == ["a", "b"]:
            check_run_data(resumed, brighter)
        else:
            with pytest.raises(CheckpointError, match="'b' 4, 'a' 3, now 'a' 3, 'b' 4"):
                check_run_data(resumed, DATA)
