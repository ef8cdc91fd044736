"""The judge that is found knows the model's classes and is the most accurate of those."""

from __future__ import annotations

from pathlib import Path

import pytest

from amgan.errors import JudgeError
from amgan.metrics import judge_pretrained, judge_search
from amgan.metrics.judge import Judge
from amgan.metrics.judge_pretrained import PretrainedJudgeNet
from amgan.metrics.judge_search import SHIPPED, find_judge, find_judge_of_data
from amgan.release.folder import read_config
from tests.metrics.judges import noisy_data, tiny_judge
from tests.models import message, tiny_config


def test_found(tmp_path):
    tiny_judge(accuracy=0.8).save(tmp_path / "fair")
    tiny_judge(accuracy=0.9).save(tmp_path / "good")
    tiny_judge(accuracy=0.99, channels=3).save(tmp_path / "colour")
    tiny_judge(accuracy=0.99, class_names=("a", "b")).save(tmp_path / "others")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{")
    assert find_judge(tiny_config(), tmp_path) == tmp_path / "good"
    assert find_judge(tiny_config(channels=3), tmp_path) == tmp_path / "colour"
    assert find_judge_of_data(noisy_data(6), tmp_path) == tmp_path / "good"
    assert find_judge_of_data(noisy_data(6, channels=3), tmp_path) == tmp_path / "colour"
    assert find_judge_of_data(noisy_data(6, names=("a", "b")), tmp_path) == tmp_path / "others"


def test_none(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(JudgeError, match="train-judge") as caught:
            find_judge(tiny_config(), folder)
        message(caught.value)
        with pytest.raises(JudgeError, match="the classes of this data set") as caught:
            find_judge_of_data(noisy_data(6), folder)
        message(caught.value)


def test_of_few_pictures_one_is_fitted_once(tmp_path, monkeypatch):
    monkeypatch.setattr(judge_search, "FEWEST_PICTURES", 15)
    monkeypatch.setattr(judge_search, "MOST_PICTURES", 16)
    monkeypatch.setattr(judge_pretrained, "SIDE", 32)
    monkeypatch.setattr(PretrainedJudgeNet, "batch", 15)
    said: list[str] = []

    def find(count: int) -> Path:
        return find_judge_of_data(noisy_data(count), tmp_path, tmp_path / "cache", said.append)

    place = find(15)
    assert place.parent == tmp_path / "cache"
    assert Judge.load(place).config.test_pictures == 15
    assert len(said) == 1
    assert "fitted to its 15 pictures" in said[0]
    assert find(15) == place
    assert len(said) == 1
    (place / "config.json").write_text("{")
    assert find(15) == place
    assert Judge.load(place).config.test_pictures == 15
    assert find(16) != place
    for count in (14, 17):
        with pytest.raises(JudgeError, match="the classes of this data set"):
            find(count)
    tiny_judge().save(tmp_path / "shipped")
    assert find(15) == tmp_path / "shipped"


def test_the_judges_that_ship():
    config = read_config(SHIPPED.parent / "fashion-mnist")
    assert find_judge(config) == SHIPPED / "fashion-mnist"
    for folder in SHIPPED.iterdir():
        judge = Judge.load(folder)
        assert judge.config.accuracy > 0.9
        assert judge.config.test_pictures == 10_000
        assert all(file.stat().st_size < 25_000_000 for file in folder.iterdir())
