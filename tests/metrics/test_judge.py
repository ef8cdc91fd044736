"""A judge comes back from its folder as it was, a broken folder is refused, and batches do not show."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
import torch
from safetensors.torch import load_file, save_file

from amgan.errors import ConfigError, JudgeError, ReleaseError
from amgan.metrics.judge import CONFIG_FILE, WEIGHTS_FILE, Judge, JudgeConfig
from amgan.metrics.judge_pretrained import PretrainedJudgeNet
from tests.metrics.devices import NoDoubleOnTheDevice
from tests.metrics.judges import noise, pretrained_judge, tiny_judge
from tests.models import NAMES, message


@pytest.fixture
def folder(tmp_path):
    tiny_judge().save(tmp_path / "shoes")
    return tmp_path / "shoes"


def test_saved_and_loaded(folder):
    judge, original, images = Judge.load(folder), tiny_judge(), noise(9)
    assert judge.config == original.config
    assert judge.name == "shoes"
    assert len(judge.digest) == 40
    assert torch.equal(judge.judge(images).log_probabilities, original.judge(images).log_probabilities)
    assert judge.describe() == {"name": "shoes", "digest": judge.digest, "accuracy": 0.5, "test_pictures": 4}
    assert sorted(file.name for file in folder.iterdir()) == [CONFIG_FILE, WEIGHTS_FILE]


def test_the_digest_is_that_of_the_files(folder):
    before = Judge.load(folder).digest
    content = json.loads((folder / CONFIG_FILE).read_text())
    (folder / CONFIG_FILE).write_text(json.dumps(content | {"accuracy": 0.6}))
    assert Judge.load(folder).digest != before


@pytest.mark.parametrize(("channels", "size"), [(1, 32), (3, 32), (3, 64)])
def test_what_is_judged(channels, size):
    judge = tiny_judge(channels=channels, image_size=size)
    images = noise(11, channels, size)
    judgement = judge.judge(images)
    assert judgement.log_probabilities.shape == (11, 3)
    assert judgement.log_probabilities.dtype == torch.float64
    torch.testing.assert_close(judgement.log_probabilities.exp().sum(dim=1), torch.ones(11, dtype=torch.float64))
    assert judgement.features.shape == (11, judge.num_features)
    assert torch.equal(judgement.classes, judge.net(images).argmax(dim=1))
    torch.testing.assert_close(judgement.features, judge.net.features(images))
    assert len(judgement.classes.unique()) > 1


def test_a_device_without_float64_can_judge():
    judge, images = tiny_judge(), noise(5)
    with NoDoubleOnTheDevice():
        judgement = judge.judge(images)
    assert torch.equal(judgement.log_probabilities, judge.judge(images).log_probabilities)
    assert judgement.log_probabilities.dtype == torch.float64


@pytest.mark.parametrize("new_judge", [tiny_judge, pretrained_judge])
def test_a_picture_is_judged_alike_in_any_company(new_judge, monkeypatch):
    monkeypatch.setattr(PretrainedJudgeNet, "batch", 8)
    judge = new_judge()
    batch = judge.net.batch
    images = noise(batch + 3)
    whole = judge.judge(images)
    for rows in (slice(0, 1), slice(batch - 2, batch + 2), slice(batch, None)):
        alone = judge.judge(images[rows])
        assert torch.equal(alone.log_probabilities, whole.log_probabilities[rows])
        assert torch.equal(alone.features, whole.features[rows])


def test_only_what_it_knows():
    judge = tiny_judge("shoes")
    judge.check_fits(NAMES, 32, 1, "the model")
    for names in (("Sneaker", "Boot", "Ankle boot"), NAMES[:2], (*NAMES, "Hat"), NAMES[::-1]):
        with pytest.raises(JudgeError, match="the judge shoes knows other classes than the model: class") as caught:
            judge.check_fits(names, 32, 1, "the model")
        assert "train-judge" in message(caught.value)
    with pytest.raises(JudgeError, match="image size 32, the model has 64"):
        judge.check_fits(NAMES, 64, 1, "the model")
    with pytest.raises(JudgeError, match="channels 1, the model has 3"):
        judge.check_fits(NAMES, 32, 3, "the model")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format_version": 2}, "unknown key 'width'"),
        ({"format_version": 3}, "format_version"),
        ({"format_version": True}, "format_version"),
        ({"width": 10**9}, "width"),
        ({"width": 2.0}, "width"),
        ({"width": 3}, "shape"),
        ({"image_size": 48}, "image_size"),
        ({"channels": 2}, "channels"),
        ({"accuracy": 1.5}, "accuracy"),
        ({"accuracy": float("nan")}, "accuracy"),
        ({"accuracy": True}, "accuracy"),
        ({"test_pictures": -1}, "test_pictures"),
        ({"class_names": ["one"]}, "class_names"),
        ({"class_names": ["a", "b", "a"]}, "differ"),
        ({"training": "two\nlines"}, "training"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_config_out_of_bounds(folder, change, said):
    content = json.loads((folder / CONFIG_FILE).read_text())
    (folder / CONFIG_FILE).write_text(json.dumps(content | change))
    with pytest.raises(ReleaseError, match=said) as caught:
        Judge.load(folder)
    message(caught.value)


@pytest.mark.parametrize("content", ["[]", "{", '{"format_version": 1}'])
def test_a_config_that_is_none(folder, content):
    (folder / CONFIG_FILE).write_text(content)
    with pytest.raises(ReleaseError) as caught:
        Judge.load(folder)
    message(caught.value)


def damaged(tensors: dict[str, torch.Tensor], how: str) -> dict[str, torch.Tensor]:
    changes = {
        "missing": {key: value for key, value in tensors.items() if key != "std"},
        "more": {**tensors, "surprise": torch.ones(1)},
        "half": {**tensors, "mean": tensors["mean"].half()},
        "infinite": {**tensors, "logits.bias": torch.full_like(tensors["logits.bias"], torch.inf)},
        "zero": {**tensors, "std": torch.zeros_like(tensors["std"])},
    }
    return changes[how]


@pytest.mark.parametrize("how", ["missing", "more", "half", "infinite", "zero"])
def test_weights_that_do_not_fit(folder, how):
    save_file(damaged(load_file(folder / WEIGHTS_FILE), how), folder / WEIGHTS_FILE)
    with pytest.raises(ReleaseError, match=WEIGHTS_FILE) as caught:
        Judge.load(folder)
    message(caught.value)


def test_files_that_are_missing_or_no_tensors(folder, tmp_path):
    with pytest.raises(ReleaseError, match="no such judge"):
        Judge.load(tmp_path / "none")
    (folder / WEIGHTS_FILE).write_bytes(b"\x80\x04pickle")
    with pytest.raises(ReleaseError, match="no valid safetensors"):
        Judge.load(folder)
    (folder / WEIGHTS_FILE).unlink()
    with pytest.raises(ReleaseError, match="missing"):
        Judge.load(folder)


def test_a_config_goes_through_json():
    config = tiny_judge().config
    assert JudgeConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    with pytest.raises(ConfigError, match="judge's folder"):
        JudgeConfig.from_json({**config.to_json(), "objective": "am-gan"})


@pytest.fixture
def pretrained_folder(tmp_path):
    pretrained_judge().save(tmp_path / "few")
    return tmp_path / "few"


def test_of_a_pretrained_judge_a_folder_holds_what_was_learnt(pretrained_folder, monkeypatch):
    monkeypatch.setattr(PretrainedJudgeNet, "batch", 4)
    judge, images = Judge.load(pretrained_folder), noise(3)
    assert judge.config == pretrained_judge().config
    assert torch.equal(judge.judge(images).log_probabilities, pretrained_judge().judge(images).log_probabilities)
    assert load_file(pretrained_folder / WEIGHTS_FILE).keys() == {"mean", "std", "logits.weight", "logits.bias"}
    assert sum(file.stat().st_size for file in pretrained_folder.iterdir()) < 50_000
    described = judge.describe()
    assert (described["folds"], described["pretrained"]) == (5, "EfficientNet-Lite1")
    assert described["accuracy_error"] == pytest.approx(math.sqrt(0.5 * 0.5 / 104), abs=1e-6)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"pretrained": "VGG"}, "pretrained must be"), ({"pretrained": ""}, "width"), ({"folds": 1}, "folds"),
     ({"folds": 2.0}, "folds"), ({"width": 3}, "width"), ({"class_names": ["a", "b"]}, "shape"),
     ({"format_version": 1}, "unknown key")],
)  # fmt: skip
def test_a_config_of_a_pretrained_judge_out_of_bounds(pretrained_folder, change, said):
    content = json.loads((pretrained_folder / CONFIG_FILE).read_text())
    (pretrained_folder / CONFIG_FILE).write_text(json.dumps(content | change))
    with pytest.raises(ReleaseError, match=said) as caught:
        Judge.load(pretrained_folder)
    message(caught.value)


def test_an_accuracy_without_a_fault_is_not_certain():
    config = pretrained_judge().config
    errors = [
        dataclasses.replace(config, accuracy=1.0, test_pictures=count).accuracy_error for count in (10, 100, 10_000)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 0.05
    assert 0 < errors[-1] < 0.001
