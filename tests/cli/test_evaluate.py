"""``evaluate`` from the command line: table, metrics.json, card and figure of a release."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from PIL import Image

from amgan import AMGAN
from amgan.data.held_out import split_held_out
from amgan.data.labelled_images import load_labelled_images
from amgan.metrics import judge_pretrained, judge_search
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
            "--cache", tmp_path / "cache", "--weak-judge"]  # fmt: skip


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
    assert drawn[:30] == list(range(30))  # once, for both judges
    assert len(drawn) == 40  # and the ten that are shown beside training pictures
    section = AMGAN.from_pretrained(model).metrics["evaluation"]
    assert "30 pictures against the 36" in section["published"]["protocol"]
    assert "Inception Score, Inception-v3" in printed
    assert f"{section['published']['frechet_distance']:.4f}" in printed
    assert "Inception-v3" in (model / "README.md").read_text()


def test_translated_classes_stay_in_a_new_card(run, arguments, model):
    card, texts = model / "README.md", "class_names: {ja: {Bag: バッグ}}\n"
    card.write_text(card.read_text().replace("---\n", "---\n" + texts, 1), encoding="utf-8")
    assert "kept as it is" not in run(*arguments)
    assert AMGAN.from_pretrained(model).class_translations == {"ja": {"Bag": "バッグ"}}
    assert "AM Score" in card.read_text(encoding="utf-8")
    assert "kept as it is" not in run(*arguments)  # in the layout that the first gave it


def test_an_edited_card_is_kept(run, arguments, model):
    (model / "README.md").write_text("My own words.")
    assert "README.md is kept as it is" in run(*arguments)
    assert (model / "README.md").read_text() == "My own words."


def test_another_folder(run, arguments, model, tmp_path):
    content = {file.name: file.read_bytes() for file in model.iterdir()}
    run(*arguments, "--out", tmp_path / "numbers", "--test-split", "")
    assert sorted(file.name for file in (tmp_path / "numbers").iterdir()) == ["evaluation.png", "metrics.json"]
    section = json.loads((tmp_path / "numbers" / "metrics.json").read_text())["evaluation"]
    assert "real" not in section
    assert section["as_many"]["halves"]
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
    assert f"knows other classes than the data set {other}" in fail(*replaced("--data", other))
    shutil.rmtree(other / "test")
    assert "knows other classes" in fail(*replaced("--data", other))


@pytest.mark.parametrize(
    ("accuracy", "pictures", "said"),
    [
        (0.849, 500, "names 84.9% of its test pictures right, not 85%"),
        (0.99, 99, "was tested on 99 pictures, not 100"),
        (0.85, 100, None),
    ],
)
def test_a_judge_that_knows_little_is_taken_only_if_that_is_asked(
    run, fail, arguments, judge, tmp_path, accuracy, pictures, said
):
    place = tmp_path / "weak-judge"
    tiny_judge(class_names=tuple(sorted(NAMES)), accuracy=accuracy, test_pictures=pictures).save(place)
    arguments = [place if one == judge else one for one in arguments if one != "--weak-judge"]
    if said is None:
        assert "weak-judge, 85.00% of 100 test pictures right" in run(*arguments)
    else:
        assert f"the judge weak-judge {said}: its scores would mean little; --weak-judge takes it" in fail(*arguments)


@pytest.fixture
def only_training(data, arguments, tmp_path):
    only = shutil.copytree(data, tmp_path / "only")
    shutil.rmtree(only / "test")
    place = arguments.index("--data") + 1
    return [*arguments[:place], only, *arguments[place + 1 :]]


def test_a_test_split_that_is_not_there_is_said(fail, only_training):
    assert "--test-split" in fail(*only_training, "--test-split", "validation")
    assert "--test-split" in fail(*only_training, "--test-split", "test")


def test_without_a_test_split_a_tenth_is_held_out(run, only_training, model):
    printed = run(*only_training)
    assert "10% of the set, chosen by content" in printed
    assert "4 real test pictures" in printed
    section = AMGAN.from_pretrained(model).metrics["evaluation"]
    assert section["real"]["pictures"] == section["copies"]["held_out_pictures"] == 4
    assert section["as_many"]["pictures"] == 4
    assert "Frechet distance, as many" in printed
    assert section["copies"]["training_pictures"] == section["protocol"]["reference_pictures"] == 32
    assert section["protocol"]["real_pictures"].startswith("10% of the set")
    assert "Real pictures: 10% of the set" in (model / "README.md").read_text()


def test_a_model_that_repeats_its_training_pictures_is_found_out(run, only_training, model, monkeypatch):
    training, _ = split_held_out(load_labelled_images(str(only_training[only_training.index("--data") + 1]), 32))
    sample = Sampler.sample

    def copied(self, seeds, labels, *rest):
        _, samples = sample(self, seeds, labels, *rest)
        rows = torch.tensor([seed % len(training) for seed in seeds])
        return training.images[rows].permute(0, 2, 3, 1).numpy(), samples

    monkeypatch.setattr(Sampler, "sample", copied)
    said = "Too good to be true: 100.0% of the pictures are as near to a training picture as"
    assert said in run(*only_training)
    section = AMGAN.from_pretrained(model).metrics["evaluation"]
    assert section["copies"]["share"] == section["copies"]["nearest_is_training"] == 1
    assert said in (model / "README.md").read_text().replace("\\", "")


def test_where_no_judge_ships_one_is_fitted(run, arguments, model, monkeypatch, tmp_path):
    monkeypatch.setattr(judge_search, "FEWEST_PICTURES", 36)
    monkeypatch.setattr(judge_pretrained, "SIDE", 32)
    place = arguments.index("--judge")
    printed = run(*arguments[:place], *arguments[place + 2 :])
    assert "No judge that ships knows the classes" in printed
    assert "of 36 pictures right in 5-fold cross-validation on EfficientNet-Lite1" in printed
    judge = AMGAN.from_pretrained(model).metrics["evaluation"]["protocol"]["judge"]
    assert (judge["folds"], judge["test_pictures"]) == (5, 36)
    assert 0 < judge["accuracy_error"] < 0.2
    assert "in 5-fold cross-validation" in (model / "README.md").read_text()
