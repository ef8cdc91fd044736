"""A judge fitted to few pictures: right and sure as often as it says, of pictures it never saw."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from amgan.errors import DataError
from amgan.metrics import judge_pretrained
from amgan.metrics.judge import CONFIG_FILE, WEIGHTS_FILE, Judge
from amgan.metrics.judge_fitting import _fit, fit_judge
from amgan.metrics.judge_pretrained import PretrainedJudgeNet
from tests.metrics.judges import noise, noisy_data
from tests.models import NAMES, message


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(judge_pretrained, "SIDE", 32)
    monkeypatch.setattr(PretrainedJudgeNet, "batch", 30)


def striped(count: int, seed: int = 0, mistaken: float = 0.0):
    """Noise with stripes down, across or neither, as the class is; some classes are mistaken for the next one."""
    data = noisy_data(count, seed=seed)
    images = data.images.clone()
    images[data.labels == 0, :, ::4] = 255
    images[data.labels == 1, :, :, ::4] = 255
    wrong = torch.rand(count, generator=torch.Generator().manual_seed(seed)) < mistaken
    return dataclasses.replace(data, images=images, labels=torch.where(wrong, (data.labels + 1) % 3, data.labels))


def accuracy(judge: Judge, data) -> float:
    return float((judge.judge(data.images).classes == data.labels).double().mean())


def test_it_learns_and_comes_back_from_its_folder(tmp_path):
    done: list[int] = []
    judge = fit_judge(striped(60), on_pictures_done=done.append)
    assert done == [60]
    assert judge.config.accuracy > 0.9
    assert (judge.config.test_pictures, judge.config.folds) == (60, 5)
    fresh = striped(30, seed=1)
    assert accuracy(judge, fresh) > 0.9
    judge.save(tmp_path / "judge")
    features = judge.judge(striped(60).images).features
    torch.testing.assert_close(features.mean(dim=0), torch.zeros(496), rtol=0, atol=1e-3)
    torch.testing.assert_close(features.std(dim=0), torch.ones(496), rtol=1e-3, atol=1e-3)
    loaded = Judge.load(tmp_path / "judge")
    assert torch.equal(loaded.judge(fresh.images).log_probabilities, judge.judge(fresh.images).log_probabilities)


def test_the_same_pictures_give_the_same_judge_and_random_numbers_are_left_alone(tmp_path):
    state = torch.get_rng_state()
    for name in ("a", "b"):
        fit_judge(striped(30)).save(tmp_path / name)
    assert torch.equal(torch.get_rng_state(), state)
    for file in (CONFIG_FILE, WEIGHTS_FILE):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_classes_that_say_nothing_are_named_by_chance():
    # 60 pictures of more features than that are learnt by heart, so any that were seen would be named right.
    data = noisy_data(60)
    labels = torch.randint(0, 3, (60,), generator=torch.Generator().manual_seed(2))
    judge = fit_judge(dataclasses.replace(data, labels=labels))
    assert judge.config.accuracy < 0.5


def test_it_is_as_sure_as_it_is_right():
    judge = fit_judge(striped(90, mistaken=0.3))
    fresh = striped(90, seed=1, mistaken=0.3)
    sure = float(judge.judge(fresh.images).log_probabilities.exp().max(dim=1).values.mean())
    assert 0.45 < accuracy(judge, fresh) < 0.85
    assert sure == pytest.approx(accuracy(judge, fresh), abs=0.12)


def test_the_classifier_is_at_the_minimum():
    draw = torch.Generator().manual_seed(0)
    features = torch.randn(80, 6, dtype=torch.float64, generator=draw)
    labels = torch.randint(0, 3, (80,), generator=draw)
    weight, bias = _fit(features, labels, 3)
    probabilities = (features @ weight.T + bias).softmax(dim=1)
    # There the mean prediction is the classes' share, since the bias is not held back.
    shares = torch.bincount(labels, minlength=3).double() / 80
    torch.testing.assert_close(probabilities.mean(dim=0), shares, rtol=0, atol=1e-4)


def test_unlabelled_pictures_are_left_out():
    data = striped(60)
    few = fit_judge(dataclasses.replace(data, labels=torch.where(torch.arange(60) < 30, data.labels, -1)))
    assert few.config.test_pictures == 30
    alone = fit_judge(dataclasses.replace(data, images=data.images[:30], labels=data.labels[:30]))
    assert torch.equal(few.net.logits.weight, alone.net.logits.weight)


def test_a_class_of_fewer_pictures_than_folds_is_refused():
    data = noisy_data(15)
    data = dataclasses.replace(data, labels=torch.where(torch.arange(15) == 0, 1, data.labels))
    with pytest.raises(DataError, match=f"class {NAMES[0]!r} has 4 pictures") as caught:
        fit_judge(data)
    message(caught.value)


@pytest.mark.parametrize("channels", [1, 3])
def test_features_are_the_means_of_four_scales(channels):
    net = PretrainedJudgeNet(3)
    images = noise(2, channels, 32)
    scales = net.frozen((images.float() / 127.5 - 1).expand(-1, 3, -1, -1))
    expected = torch.cat([scale.mean(dim=(2, 3)) for scale in scales], dim=1)
    assert net.features(images).shape == (2, net.num_features)
    torch.testing.assert_close(net.features(images), expected, rtol=1e-4, atol=5e-5)
