"""A run that starts from a released model: what it takes of it, what it says of it, and what does not fit."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil

import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file, save_file

from amgan.errors import CheckpointError, ConfigError, ReleaseError, TrainingError
from amgan.model import AMGAN
from amgan.release.folder import METRICS_FILE, WEIGHTS_FILE
from amgan.training.loop import Trainer
from amgan.training.run_data import load_training_data, model_config_of
from amgan.training.run_folder import SETTINGS_FILE, read_start_point
from amgan.training.start_point import StartPoint, as_started, open_start, start_from
from tests.models import message, tiny_config
from tests.training.runs import CLASSES, checkpoint, contents, differences, run, tiny

ARCHITECTURE = {"latent_dim": 6, "generator_width": 4, "discriminator_width": 4}


@pytest.fixture
def released(tmp_path):
    def make(name="before", metrics=None, **changes):
        # Weights to train on: those of `tiny_model`, made for sampling alone, give losses beyond all bounds.
        model = AMGAN(tiny_config(**(ARCHITECTURE | {"class_names": CLASSES} | changes)))
        model.save_pretrained(tmp_path / name)
        (tmp_path / name / METRICS_FILE).write_text(json.dumps(metrics or {}))  # as a stranger may have written it
        return AMGAN.from_pretrained(tmp_path / name)

    return make


@pytest.fixture
def started(pictures, tmp_path):
    """Nets as a new run has them before and after the start, with the start point."""

    def start(**changes):
        place = str(tmp_path / "before")
        config = model_config_of(
            tiny(pictures, tmp_path / "run", **changes), load_training_data(tiny(pictures, tmp_path))
        )
        new = AMGAN(config)
        fresh = {name: tensor.clone() for name, tensor in new.state_dict().items()}
        point = start_from(open_start(place, config), place, config, new.generator, new.discriminator)
        return fresh, new.state_dict(), point

    return start


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_a_model_of_the_same_classes_gives_everything(released, started, labeling):
    before = released(labeling=labeling)
    _, after, point = started(labeling=labeling)
    assert differences(before.state_dict(), after) == []
    assert point == StartPoint("before", before.revision, None, True)


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_a_model_of_other_classes_gives_all_but_what_belongs_to_classes(released, started, labeling):
    before = released(labeling=labeling, class_names=("a", "b", "c", "d")).state_dict()
    fresh, after, point = started(labeling=labeling)
    assert not point.classes_kept
    for name in ("discriminator.logits.weight", "discriminator.logits.bias"):
        assert torch.equal(after.pop(name), fresh.pop(name))
        before.pop(name)
    if labeling == "predefined":
        name, noise = "generator.project.weight", ARCHITECTURE["latent_dim"]
        mixed, old, new = after.pop(name), before.pop(name), fresh.pop(name)
        assert torch.equal(mixed[:, :noise], old[:, :noise])
        assert torch.equal(mixed[:, noise:], new[:, noise:])
    assert differences(before, after) == []


def test_classes_in_another_order_are_others(released, started):
    released(class_names=CLASSES[::-1])
    assert not started()[2].classes_kept


def test_another_kind_of_logits_starts_anew(released, started):
    released(objective="am-gan")
    _, after, point = started(objective="ac-gan-star")
    assert not point.classes_kept
    assert after["discriminator.logits.bias"].shape == (len(CLASSES) + 1,)


def test_a_run_starts_there_and_says_so(pictures, tmp_path, accelerator_factory, released):
    before = released(metrics={"training": {"steps": 90, "started_from": {"steps": 10}}})
    config = tiny(pictures, tmp_path / "run", start_from=str(tmp_path / "before"))
    console = Console(file=io.StringIO(), width=200)
    made = Trainer(config, load_training_data(config), accelerator_factory(), console)
    for net, start in ((made.bare_generator, before.generator), (made.average.module, before.generator)):
        assert differences(dict(net.state_dict()), dict(start.state_dict())) == []
    bare = made.accelerator.unwrap_model(made.networks.discriminator)
    assert differences(dict(bare.state_dict()), dict(before.discriminator.state_dict())) == []
    assert f"Starts from before {before.revision[:12]}, trained for 100 steps" in console.file.getvalue()


def test_the_release_names_its_start_and_no_place_of_the_machine(pictures, tmp_path, released):
    before = released(metrics={"training": {"steps": 90}})
    config = tiny(pictures, tmp_path / "run", start_from=str(tmp_path / "before"), steps=2)
    run(config)
    model = AMGAN.from_pretrained(config.out / "release")
    start = {"name": "before", "revision": before.revision, "steps": 90, "classes_kept": True, "other_kind": False}
    assert model.metrics["training"]["started_from"] == start
    card = (config.out / "release" / "README.md").read_text()
    assert f"| starts from | before {before.revision[:12]}, trained for 90 steps before |" in card
    assert "--start-from before" in card
    assert str(tmp_path.parent) not in card + json.dumps(model.metrics)


def test_a_resume_needs_the_start_no_more_and_still_names_it(pictures, tmp_path, released):
    released()
    whole = tiny(pictures, tmp_path / "whole", start_from=str(tmp_path / "before"), steps=4)
    run(whole)
    halves = dataclasses.replace(whole, out=tmp_path / "halves", steps=2)
    run(halves)
    shutil.rmtree(tmp_path / "before")
    run(dataclasses.replace(halves, steps=4, resume=True))
    assert differences(contents(checkpoint(whole.out, 4)), contents(checkpoint(halves.out, 4))) == []
    point = read_start_point(halves.out)
    assert point == read_start_point(whole.out) is not None
    model = AMGAN.from_pretrained(halves.out / "release")
    assert model.metrics["training"]["started_from"] == dataclasses.asdict(point)


@pytest.mark.parametrize("content", [[], {"name": "x"}, "x", 3])
def test_a_start_that_cannot_be_read_is_said(tmp_path, content):
    (tmp_path / SETTINGS_FILE).write_text(json.dumps({"started_from": content}))
    with pytest.raises(CheckpointError, match="started_from does not hold what it should"):
        read_start_point(tmp_path)


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"generator_width": 5}, "--generator-width 5"),
        ({"labeling": "predefined", "channels": 3}, "--labeling predefined --channels 3"),
        ({"channels": 3, "latent_dim": 7}, "--channels 3 --latent-dim 7"),
    ],
)
def test_nets_that_do_not_fit_are_refused_with_the_flags_that_do(released, started, monkeypatch, changes, flags):
    released(**changes)
    # A stranger's nets may be as large as a config allows: none of their weights is read.
    monkeypatch.setattr(AMGAN, "from_pretrained", lambda *_, **__: pytest.fail("read before it was checked"))
    with pytest.raises(ConfigError, match=f"train with {flags} to start there"):
        started()


@pytest.mark.parametrize("name", ["user/shoes@", "shoes@v1", "user/shoes@../x", "user/shoes@v1@v2 "])
def test_a_start_that_is_no_name_is_refused_before_anything_is_asked(name):
    with pytest.raises(ConfigError, match="write user/name or user/name@revision"):
        open_start(name, tiny_config())


def test_a_start_that_is_no_release_is_refused(pictures, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReleaseError):
        run(tiny(pictures, tmp_path / "run", start_from=str(tmp_path / "empty")))
    assert not (tmp_path / "run" / "checkpoints").exists()


@pytest.mark.parametrize("value", [1e38, 1e4, float("nan")])
def test_a_start_that_was_made_to_harm_ends_in_one_sentence_and_no_release(pictures, tmp_path, released, value):
    released()
    weights = tmp_path / "before" / WEIGHTS_FILE
    tensors = load_file(weights)
    tensors["generator.project.weight"][:] = value
    save_file(tensors, weights)
    with pytest.raises((ReleaseError, TrainingError)) as caught:
        run(tiny(pictures, tmp_path / "run", start_from=str(tmp_path / "before")))
    message(caught.value)
    assert not (tmp_path / "run" / "release").exists()


@pytest.mark.parametrize(
    "training",
    [None, [], {"steps": "many"}, {"steps": -1}, {"steps": True}, {"steps": 3, "started_from": {"steps": None}},
     {"steps": 3, "started_from": {"steps": 1e300}}],
)  # fmt: skip
def test_steps_that_a_stranger_made_up_are_not_repeated(released, started, training):
    released(metrics={"training": training} if training is not None else {})
    assert started()[2].steps is None


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_what_was_not_given_is_as_the_model_has_it(released, pictures, tmp_path, labeling):
    released(labeling=labeling, generator_width=5, discriminator_width=6)
    wanted = {"labeling": labeling, "generator_width": 5, "discriminator_width": 6}
    nothing = dict.fromkeys(wanted)
    config = tiny(pictures, tmp_path / "run", start_from=str(tmp_path / "before"), steps=2, **nothing)
    run(config)
    release = AMGAN.from_pretrained(config.out / "release").config
    assert {name: getattr(release, name) for name in wanted} == wanted
    # A resume asks nobody but the run itself, whatever became of that model.
    shutil.rmtree(tmp_path / "before")
    run(dataclasses.replace(config, resume=True, steps=3))
    assert AMGAN.from_pretrained(config.out / "release").metrics["training"]["steps"] == 3
    # Of another architecture D is another net, whose width says nothing.
    released(name="other", architecture="features", generator_width=5, discriminator_width=6)
    assert as_started(dataclasses.replace(config, start_from=str(tmp_path / "other"))).discriminator_width is None
