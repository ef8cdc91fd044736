"""``compare`` end to end on tiny runs: made, stopped, taken up, skipped, refused."""

from __future__ import annotations

import copy
import errno
import json
import os
import shutil

import pytest
from PIL import Image

from amgan.cli import compare, main
from amgan.errors import ReleaseError, TrainingError
from amgan.training import loop
from amgan.training.comparison import running
from amgan.training.comparison.results import read_result
from amgan.training.run_lock import locked
from tests.models import message
from tests.training.comparison.made import result
from tests.training.runs import killed_at


@pytest.fixture
def call(data, judge, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*changes, code=0):
        arguments = ["compare", "--data", data, "--skip-broken", "--out", "results", "--work", "work",
                     "--judge", judge, "--steps", 8, "--generator-width", 3, "--discriminator-width", 3,
                     "--batch-size", 6, "--n", 20,
                     "--n-on-the-way", 10, "--pairs", 3, "--seeds", 1, "--dynamic", "am-gan", "gan",
                     "--predefined", "am-gan", *changes]  # fmt: skip
        if code:
            with pytest.raises(SystemExit) as caught:
                main([str(argument) for argument in arguments])
            assert caught.value.code == code
        else:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return " ".join((printed.out + printed.err).split())

    return run


@pytest.fixture
def no_curves(monkeypatch):
    """Scored twice on the way in place of at each step, and without a figure, where nobody looks at either."""
    monkeypatch.setattr(running, "SCORES_ON_THE_WAY", 2)
    monkeypatch.setattr(compare, "curves_figure", lambda results: b"a figure")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_from_nothing_to_the_page(call, tmp_path, data, judge):
    few = ("--steps", 3)  # each of which is scored
    printed = call(*few)
    results, work = tmp_path / "results", tmp_path / "work"
    assert "3/3 am-gan-predefined-0 AM Score" in printed
    assert names(results) == ["README.md", "curves.png", "real.json", "runs", "sheets"]
    made = ["am-gan-dynamic-0.json", "am-gan-predefined-0.json", "gan-dynamic-0.json"]
    assert names(results / "runs") == made
    assert names(results / "sheets") == ["am-gan-dynamic.png", "am-gan-predefined.png", "gan-dynamic.png"]
    assert Image.open(results / "sheets" / "gan-dynamic.png").size == (16 * 34 - 2, 5 * 34 - 2)
    page = (results / "README.md").read_text()
    assert "All runs are made." in page
    for file in made:
        result = read_result(results / "runs" / file)
        assert f"{result.numbers['am_score']:.3f}" in page
        assert [row["step"] for row in result.curve if "score/am_score" in row] == list(range(1, 4))
        assert [row["step"] for row in result.curve if "loss/generator" in row] == list(range(1, 4))
        assert result.training["steps"] == 3
        assert result.evaluation["protocol"]["judge"]["name"] == "shape-judge"
    assert ("agreement_accuracy" in result.numbers) is False  # gan learns no classes
    # No checkpoints are left, and what is to be kept says nothing of this machine.
    assert not list(work.rglob("checkpoints"))
    assert not list(work.rglob("best"))
    for file in [*results.rglob("*.json"), results / "README.md"]:
        assert str(data.parent) not in file.read_text()
        assert str(judge.parent) not in file.read_text()
        assert str(tmp_path) not in file.read_text()

    before = {file: file.read_bytes() for file in results.rglob("*.*")}
    assert "3 runs, 3 of them finished before" in call(*few)
    assert {file: file.read_bytes() for file in results.rglob("*.*")} == before

    assert "was made with another budget" in call("--steps", 4, code=1)
    shutil.copy(results / "runs" / made[0], results / "runs" / made[2])
    assert "holds the result of am-gan-dynamic-0" in call(*few, code=1)


@pytest.mark.usefixtures("no_curves")
def test_real_pictures_are_measured_again_where_something_differs(call, tmp_path, data, judge):
    call("--dynamic", "gan", "--predefined")
    file = tmp_path / "results" / "real.json"
    first = json.loads(file.read_text())
    assert first["scores"]["pictures"] == 20
    assert (first["split"], first["scoring"]["pairs"]) == ("test", 3)

    marked = first | {"scores": first["scores"] | {"pictures": 24}}
    file.write_text(json.dumps(marked))
    call("--dynamic", "gan", "--predefined")
    assert json.loads(file.read_text()) == marked  # nothing differs: not measured again
    for old in (
        {"judge": first["judge"], "scores": marked["scores"]},  # as earlier versions wrote it
        marked | {"judge": first["judge"] | {"digest": "0" * 40}},
        marked | {"scoring": first["scoring"] | {"pairs": 4}},
        marked | {"split": "train"},
        [],
    ):
        file.write_text(json.dumps(old))
        call("--dynamic", "gan", "--predefined")
        assert json.loads(file.read_text()) == first


def test_without_a_test_split_it_says_what_to_do(call, data, tmp_path):
    only = shutil.copytree(data, tmp_path / "only")
    shutil.rmtree(only / "test")
    assert "--test-split ''" in call("--data", only, code=1)


@pytest.mark.usefixtures("no_curves")
def test_a_stopped_run_goes_on_and_ends_the_same(call, tmp_path):
    call("--dynamic", "am-gan", "--predefined")
    whole = read_result(tmp_path / "results" / "runs" / "am-gan-dynamic-0.json")
    for folder in ("results", "work"):
        (tmp_path / folder).rename(tmp_path / f"whole-{folder}")

    with killed_at(5):
        assert "stopped" in call("--dynamic", "am-gan", "--predefined", code=130)
    assert "1 of 1 runs are still missing." in (tmp_path / "results" / "README.md").read_text()
    assert names(tmp_path / "work" / "am-gan-dynamic-0" / "checkpoints") == ["step-000000004"]
    call("--dynamic", "am-gan", "--predefined")
    resumed = read_result(tmp_path / "results" / "runs" / "am-gan-dynamic-0.json")
    assert resumed.evaluation == whole.evaluation
    rate = "images_per_second"
    assert [row | {rate: 0} for row in resumed.curve] == [row | {rate: 0} for row in whole.curve]


def test_a_polite_stop_ends_the_comparison_and_is_no_result(call, tmp_path, monkeypatch):
    monkeypatch.setattr(loop.StopRequest, "agreed", lambda self, accelerator: True)
    assert "stopped" in call(code=130)
    assert not (tmp_path / "results" / "runs").exists()
    assert names(tmp_path / "work" / "am-gan-dynamic-0" / "checkpoints") == ["step-000000001"]


@pytest.mark.usefixtures("no_curves")
def test_a_run_that_breaks_off_is_a_result_and_the_others_go_on(call, tmp_path, monkeypatch):
    train_step = loop.Trainer.train_step

    def broken(self, step):
        if self.config.labeling == "predefined" and step == 3:
            raise TrainingError("the losses are no numbers any more at step 4")
        return train_step(self, step)

    monkeypatch.setattr(loop.Trainer, "train_step", broken)
    assert "am-gan-predefined-0 broke off" in call("--dynamic", "am-gan")
    content = json.loads((tmp_path / "results" / "runs" / "am-gan-predefined-0.json").read_text())
    assert content["failure"].startswith("the losses are no numbers")
    assert content["evaluation"] is None
    assert "2 runs, 2 of them finished before" in call("--dynamic", "am-gan")


def test_a_full_disk_ends_the_comparison_and_is_no_result(call, tmp_path, monkeypatch):
    def full(self, step):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(loop.Trainer, "train_step", full)
    assert "error: work/am-gan-dynamic-0: no more can be written (No space left on device)" in call(code=1)
    assert not (tmp_path / "results" / "runs").exists()


def test_two_comparisons_do_not_share_their_work(call, tmp_path):
    with locked(tmp_path / "work"):
        assert "error: work: another training is at work there; wait for it, stop it, or" in call(code=1)
    assert not (tmp_path / "results").exists()
    with locked(tmp_path / "work" / "am-gan-dynamic-0"):
        assert "error: work/am-gan-dynamic-0: another training is at work there" in call(code=1)
    assert not (tmp_path / "results" / "runs").exists()


def test_broken_result_files_are_refused_in_one_line(tmp_path):
    for number, content in enumerate(("[]", "{}", '{"objective": "gan"}', "no json")):
        file = tmp_path / f"{number}.json"
        file.write_text(content)
        with pytest.raises(ReleaseError) as caught:
            read_result(file)
        message(caught.value)


def test_a_result_of_a_version_that_knew_one_architecture_and_no_term_of_variety_is_read(tmp_path):
    content = copy.deepcopy(result("am-gan").to_json())
    del content["settings"]["budget"]["architecture"], content["settings"]["budget"]["variety"]
    (tmp_path / "old.json").write_text(json.dumps(content))
    assert read_result(tmp_path / "old.json").settings == result("am-gan").settings
