"""A judge learns classes that can be told apart, from pictures shifted and mirrored but never mixed."""

from __future__ import annotations

import dataclasses
import io

import pytest
import torch
from rich.console import Console

from amgan.cli import main
from amgan.errors import ConfigError, DataError
from amgan.metrics import judge_pretrained
from amgan.metrics.judge import Judge
from amgan.metrics.judge_pictures import channel_mean
from amgan.training.judge_data import load_judge_data
from amgan.training.judge_train_config import JudgeTrainConfig
from amgan.training.judge_training import accuracy, train_judge
from tests.metrics.judges import noisy_data, tiny_judge
from tests.models import message
from tests.training.runs import CLASSES, forget_accelerator, make_pictures


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    root = tmp_path_factory.mktemp("judge") / "pictures"
    make_pictures(root / "train", 96)
    make_pictures(root / "test", 24)
    return root


@pytest.fixture(autouse=True)
def _fresh_accelerator():
    forget_accelerator()
    yield
    forget_accelerator()


def settings(data, out, **changes) -> JudgeTrainConfig:
    base = JudgeTrainConfig((str(data),), out, width=4, epochs=6, batch_size=8, precision="fp32", shift=2, peak_lr=0.05)
    return dataclasses.replace(base, **changes)


def test_it_learns_and_is_written(pictures, tmp_path):
    printed = io.StringIO()
    judge = train_judge(settings(pictures, tmp_path / "j"), Console(file=printed, width=200))
    assert judge.config.accuracy > 0.9
    assert judge.config.test_pictures == 24
    assert judge.config.class_names == CLASSES
    assert "epoch 6 of 6" in printed.getvalue()
    assert "96 pictures, 6 of 6 epochs" in judge.config.training
    loaded = Judge.load(tmp_path / "j")
    _, test = load_judge_data(settings(pictures, tmp_path))
    assert accuracy(loaded, test) == pytest.approx(loaded.config.accuracy, abs=1e-6)
    torch.testing.assert_close(loaded.net.mean, channel_mean(load_judge_data(settings(pictures, tmp_path))[0].images))


def test_a_training_repeats(pictures, tmp_path):
    def weights(out):
        judge = train_judge(settings(pictures, tmp_path / out, epochs=1), Console(quiet=True))
        return judge.net.state_dict()

    first, second = weights("a"), weights("b")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_pictures_kept_out_are_not_trained_on(pictures, tmp_path):
    train, test = load_judge_data(settings(pictures / "train", tmp_path, hold_out=0.25))
    assert (len(train), len(test)) == (72, 24)
    seen = {image.numpy().tobytes() for image in train.images}
    assert not seen & {image.numpy().tobytes() for image in test.images}


def test_unlabelled_pictures_are_no_part_of_it(tmp_path):
    make_pictures(tmp_path / "train", 24, labelled=15)
    make_pictures(tmp_path / "test", 24, labelled=9)
    config = settings(tmp_path, tmp_path / "judge", batch_size=5)
    train, test = load_judge_data(config)
    assert (len(train), train.unlabelled, len(test), test.unlabelled) == (15, 0, 9, 0)
    train, test = load_judge_data(dataclasses.replace(config, hold_out=0.4))
    assert (len(train), len(test), torch.cat([train.labels, test.labels]).min()) == (9, 6, 0)
    judge = train_judge(config, Console(file=(printed := io.StringIO()), width=200))
    assert judge.config.test_pictures == 9
    assert "15 pictures, 6 of 6 epochs" in judge.config.training
    assert "Left out  9 unlabelled pictures" in printed.getvalue()


def test_a_missing_test_split_says_what_to_do(pictures, tmp_path):
    with pytest.raises(DataError, match=r"--test-split, or keep some out with --hold-out"):
        load_judge_data(settings(pictures, tmp_path, test_split="validation"))


@pytest.mark.parametrize(
    "change",
    [{"epochs": 0}, {"width": 0}, {"batch_size": 1}, {"mirrored": 1.5}, {"shift": -1}, {"hold_out": 0.9},
     {"seed": -1}, {"peak_lr": 0.0}, {"peak_lr": float("nan")}],
)  # fmt: skip
def test_settings_that_cannot_be(tmp_path, change):
    name = next(iter(change)).replace("_", "-")
    with pytest.raises(ConfigError, match=f"--{name} must be"):
        train_judge(settings("none", tmp_path, **change), Console(quiet=True))


def test_too_few_pictures(pictures, tmp_path):
    with pytest.raises(DataError, match="lower --batch-size"):
        train_judge(settings(pictures, tmp_path, batch_size=97), Console(quiet=True))


@pytest.mark.parametrize(("epochs", "batch_size"), [(4, 96), (2, 48), (1, 96)])
def test_too_few_steps_to_train_anything(pictures, tmp_path, epochs, batch_size):
    with pytest.raises(ConfigError, match="--epochs") as caught:
        train_judge(settings(pictures, tmp_path, epochs=epochs, batch_size=batch_size), Console(quiet=True))
    assert "--batch-size" in message(caught.value)


def test_the_fewest_steps_that_train_something(pictures, tmp_path):
    train_judge(settings(pictures, tmp_path / "j", epochs=5, batch_size=96), Console(quiet=True))
    assert "5 of 5 epochs" in Judge.load(tmp_path / "j").config.training


def test_the_command(pictures, tmp_path, capsys):
    main(["train-judge", "--data", str(pictures), "--out", str(tmp_path / "j"), "--width", "2", "--epochs", "1",
          "--batch-size", "16", "--precision", "fp32"])  # fmt: skip
    assert "of the test pictures right" in capsys.readouterr().out
    assert Judge.load(tmp_path / "j").config.width == 2


def test_a_judge_of_few_pictures(pictures, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(judge_pretrained, "SIDE", 32)
    main(["train-judge", "--data", str(pictures), "--out", str(tmp_path / "j"), "--pretrained"])
    config = Judge.load(tmp_path / "j").config
    assert (config.pretrained, config.folds, config.test_pictures) == ("EfficientNet-Lite1", 5, 96)
    assert f"{config.accuracy:.2%} ± {config.accuracy_error:.2%} of 96 pictures right" in capsys.readouterr().out


def test_accuracy_counts():
    judge, data = tiny_judge(), noisy_data(10)
    named = judge.judge(data.images).classes
    assert accuracy(judge, dataclasses.replace(data, labels=named)) == 1
    wrong = torch.where(torch.arange(10) < 3, (named + 1) % 3, named)
    assert accuracy(judge, dataclasses.replace(data, labels=wrong)) == pytest.approx(0.7)
