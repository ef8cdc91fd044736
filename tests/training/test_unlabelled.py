"""Partly labelled pictures, from the folder to the card: all that a run can do, it can do with them."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
import torch
from rich.console import Console

from amgan import AMGAN
from amgan.cli import main
from amgan.errors import CheckpointError
from amgan.training.batches import Batches
from amgan.training.run_data import load_training_data, suited
from tests.metrics.judges import tiny_judge
from tests.training.runs import CLASSES, checkpoint, contents, differences, make_pictures, run, tiny


@pytest.fixture(scope="module")
def partly(tmp_path_factory):
    """Of 64 pictures 6 are labelled, so that of 8 batches of an epoch some hold none."""
    return make_pictures(tmp_path_factory.mktemp("partly") / "photos", labelled=6)


def test_the_pictures_of_a_run(partly, tmp_path):
    data = load_training_data(tiny(partly, tmp_path / "run"))
    assert (len(data), data.unlabelled, data.class_counts) == (64, 58, dict.fromkeys(CLASSES, 2))


def test_half_of_what_d_sees_is_labelled_where_less_of_the_set_is(partly, pictures, tmp_path):
    config = tiny(partly, tmp_path / "run")
    _, data, _, words = suited(config, load_training_data(config))
    assert words == ["Labelled  pictures are drawn 9.67 times as often, so that they are half of what D sees"]
    batches = Batches(data, 29, seed=0)
    labels = torch.cat([batches.at(step)[1] for step in range(4)])
    assert ((labels >= 0).sum(), len(labels)) == (58, 116)
    whole = load_training_data(tiny(pictures, tmp_path / "run"))
    assert suited(config, whole)[1] is whole


@pytest.mark.parametrize("changes", [{}, {"objective": "ac-gan-star-plus", "labeling": "predefined"}], ids=str)
def test_two_halves_equal_the_whole(partly, tmp_path, changes):
    whole = tiny(partly, tmp_path / "whole", steps=10, **changes)
    console = Console(file=io.StringIO(), width=200)
    run(whole, console)
    assert "64 pictures (58 of them unlabelled), 3 classes" in console.file.getvalue()
    halves = replace(whole, out=tmp_path / "halves", steps=5)
    run(halves)
    run(replace(halves, steps=10, resume=True))
    wanted = contents(checkpoint(whole.out, 10))
    assert differences(wanted, contents(checkpoint(halves.out, 10))) == []
    release = AMGAN.from_pretrained(halves.out / "release")
    assert release.class_names == CLASSES
    assert (release.metrics["training"]["pictures"], release.metrics["training"]["unlabelled"]) == (64, 58)
    assert "64 pictures, 6 of them labelled" in (halves.out / "release" / "README.md").read_text(encoding="utf-8")


def test_who_labels_more_trains_something_else(partly, tmp_path):
    config = tiny(partly, tmp_path / "run")
    run(config)
    more = make_pictures(tmp_path / "more", labelled=12)
    settings = config.out / "train.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"data": [str(more)]}))
    with pytest.raises(CheckpointError, match="'round' 2, .* now 'round' 4, "):
        run(replace(config, data=(str(more),), steps=8, resume=True))


def test_scores_are_against_all_pictures(partly, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tiny_judge(class_names=CLASSES).save(tmp_path / "judge")
    config = tiny(partly, tmp_path / "run", eval_every=2, eval_pictures=10, judge=tmp_path / "judge")
    run(config)
    best = AMGAN.from_pretrained(config.out / "best")
    assert best.metrics["evaluation"]["protocol"]["reference_pictures"] == 64


@pytest.mark.parametrize("inner", ["", "train/"])
def test_a_folder_of_nothing_labelled_is_refused_in_one_line(tmp_path, capsys, inner):
    make_pictures(tmp_path / "photos" / inner, 9, labelled=0)
    with pytest.raises(SystemExit):
        main(["train", "--data", str(tmp_path / "photos"), "--out", str(tmp_path / "run")])
    (line,) = capsys.readouterr().err.splitlines()
    assert "no pictures in subfolders but unlabelled; put those of each class into a subfolder of its name" in line
    assert not (tmp_path / "run" / "checkpoints").exists()
