"""The reference is what the judge says of the whole set, and the cache gives it back or is replaced."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from amgan.errors import JudgeError
from amgan.metrics import reference as module
from amgan.metrics.judge import Judge
from amgan.metrics.reference import cached_reference, measure_reference
from amgan.networks.objectives import UNLABELLED
from tests.metrics.judges import noisy_data, tiny_judge
from tests.models import message


@pytest.fixture
def judge(tmp_path):
    tiny_judge().save(tmp_path / "judge")
    return Judge.load(tmp_path / "judge")


def same(first, second) -> bool:
    return (
        torch.equal(first.mean_prediction, second.mean_prediction)
        and torch.equal(first.features, second.features)
        and all(torch.equal(first.sums[name], second.sums[name]) for name in first.sums)
    )


def test_measured(judge, monkeypatch):
    data = noisy_data(30)
    done: list[int] = []
    reference = measure_reference(data, judge, done.append)
    judgement = judge.judge(data.images)
    torch.testing.assert_close(reference.mean_prediction, judgement.log_probabilities.exp().mean(dim=0))
    assert reference.pictures == 30
    assert done == [30]
    assert sorted(reference.features.tolist()) == sorted(judgement.features.tolist())
    monkeypatch.setattr(module, "CHUNK", 7)
    parts = measure_reference(data, judge)
    torch.testing.assert_close(parts.mean_prediction, reference.mean_prediction, rtol=1e-12, atol=0)
    for name, total in reference.sums.items():
        torch.testing.assert_close(parts.sums[name], total, rtol=1e-9, atol=1e-9)
    monkeypatch.setattr(module, "MOST_FEATURES", 5)
    assert len(measure_reference(data, judge).features) == 5


def test_unlabelled_pictures_are_measured_like_others(judge):
    data = noisy_data(20)
    partly = replace(data, labels=data.labels.where(torch.arange(20) < 9, UNLABELLED))
    assert same(measure_reference(partly, judge), measure_reference(data, judge))


def test_the_cache_answers_the_second_time(judge, tmp_path, monkeypatch):
    data, cache = noisy_data(20), tmp_path / "cache"
    first = cached_reference(data, judge, cache)
    monkeypatch.setattr(module, "measure_reference", None)
    assert same(cached_reference(data, judge, cache), first)
    assert len(list(cache.iterdir())) == 1


def test_other_data_or_another_judge_is_measured_anew(judge, tmp_path):
    cache = tmp_path / "cache"
    cached_reference(noisy_data(20), judge, cache)
    cached_reference(noisy_data(20, seed=1), judge, cache)
    tiny_judge(accuracy=0.7).save(tmp_path / "judge")
    cached_reference(noisy_data(20), Judge.load(tmp_path / "judge"), cache)
    assert len(list(cache.iterdir())) == 3


def test_foreign_classes_are_refused(judge, tmp_path):
    with pytest.raises(JudgeError, match="the data set noise") as caught:
        cached_reference(noisy_data(9, names=("a", "b", "c")), judge, tmp_path / "cache")
    message(caught.value)
    assert not (tmp_path / "cache").exists()
