"""``evaluate`` from the command line: table, metrics.json, card and figure of a release."""

from __future__ import annotations

import json
import shutil

import pytest
from PIL import Image

from amgan import AMGAN
from amgan.metrics.inception_v3 import Inception
from amgan.sampling.sampler import Sampler
from tests.metrics.judges import tiny_judge
from tests.metrics.test_inception_v3 import small
from tests.models import NAMES, saved
from tests.training.runs import CLASSES, make_pictures


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("evaluate") / "shoes"
    for split, count in (("train", 36), ("test", 15)):
        make_pictures(root / split, count)
        for old, new in zip(CLASSES, sorted(NAMES)):
            (root / split / old).rename(root / split / new)
    return root


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluate") / "shoe-judge"
    tiny_judge(class_names=tuple(sorted(NAMES))).save(folder)
    return folder


@pytest.fixture
def model(tmp_path):
    return saved(tmp_path / "model", class_names=tuple(sorted(NAMES)))


@pytest.fixture
def arguments(data, judge, model, tmp_path):
    return ["evaluate", "--model", model, "--data", data, "--judge", judge, "--n", 30, "--asked", 6, "--pairs", 4,
            "--cache", tmp_path / "cache"]  # fmt: skip


def test_a_release_gets_its_numbers(run, arguments, model):
    before = AMGAN.from_pretrained(model)
    printed = run(*arguments)
    assert "shoe-judge, 50.00% of 4 test pictures right" in printed
    assert "AM Score" in printed
    assert "15 real test pictures" in printed
    after = AMGAN.from_pretrained(model)
    assert after.revision == before.revision  # its pictures are the same
    section = after.metrics["evaluation"]
    assert section["protocol"]["judge"]["name"] == "shoe-judge"
    assert section["scores"]["pictures"] == 30
    assert section["real"]["pictures"] == 15
    assert f"{section['scores']['inception_score']:.4f}" in printed
    with Image.open(model / "evaluation.png") as image:
        assert image.format == "PNG"
    assert "kept as it is" not in printed
    run(*arguments)  # a second time, with the card made by the first


def test_with_inception_v3_the_published_scores_stand_in_the_same_table(run, arguments, model, tmp_path, monkeypatch):
    # The net's own protocol is tested in tests/metrics/test_inception_v3.py; here it is a small one.
    monkeypatch.setattr(Inception, "load", lambda weights, device: small(5.0))
    drawn: list[int] = []
    sample = Sampler.sample

    def counted(self, seeds, labels, *rest):
        drawn.extend(seeds)
        return sample(self, seeds, labels, *rest)

    monkeypatch.setattr(Sampler, "sample", counted)
    printed = run(*arguments, "--inception-weights", tmp_path / "weights.pth")
    assert drawn == list(range(30))  # once, for both judges
    section = AMGAN.from_pretrained(model).metrics["evaluation"]
    assert "30 pictures against the 36" in section["published"]["protocol"]
    assert "Inception Score, Inception-v3" in printed
    assert f"{section['published']['frechet_distance']:.4f}" in printed
    assert "Inception-v3" in (model / "README.md").read_text()


def test_an_edited_card_is_kept(run, arguments, model):
    (model / "README.md").write_text("My own words.")
    assert "README.md is kept as it is" in run(*arguments)
    assert (model / "README.md").read_text() == "My own words."


def test_another_folder(run, arguments, model, tmp_path):
    content = {file.name: file.read_bytes() for file in model.iterdir()}
    run(*arguments, "--out", tmp_path / "numbers", "--test-split", "")
    assert sorted(file.name for file in (tmp_path / "numbers").iterdir()) == ["evaluation.png", "metrics.json"]
    assert "real" not in json.loads((tmp_path / "numbers" / "metrics.json").read_text())["evaluation"]
    assert {file.name: file.read_bytes() for file in model.iterdir()} == content


def test_what_is_wrong_is_one_line(fail, arguments, model, data, tmp_path):
    def replaced(flag, value):
        place = arguments.index(flag) + 1
        return [*arguments[:place], value, *arguments[place + 1 :]]

    assert "n must be at least 10" in fail(*replaced("--n", 1))
    assert "no such judge" in fail(*replaced("--judge", tmp_path / "none"))
    tiny_judge(class_names=("a", "b", "c")).save(tmp_path / "strange")
    assert "knows other classes than the model" in fail(*replaced("--judge", tmp_path / "strange"))
    other = shutil.copytree(data, tmp_path / "other")
    for split in ("train", "test"):
        (other / split / "Bag").rename(other / split / "Basket")
    assert "knows other classes than the data set other" in fail(*replaced("--data", other))
    shutil.rmtree(other / "test")
    assert "knows other classes" in fail(*replaced("--data", other))


def test_without_a_test_split_it_says_what_to_do(fail, arguments, data, tmp_path):
    only = shutil.copytree(data, tmp_path / "only")
    shutil.rmtree(only / "test")
    place = arguments.index("--data") + 1
    assert "--test-split" in fail(*arguments[:place], only, *arguments[place + 1 :])
