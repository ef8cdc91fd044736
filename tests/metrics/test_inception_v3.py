"""The published protocol, with a small net in the place of Inception-v3; torch-fidelity is not among the test tools."""

from __future__ import annotations

import hashlib
import sys
import types

import pytest
import torch
from torch import nn

from amgan.data.labelled_images import LabelledImages
from amgan.errors import JudgeError
from amgan.metrics.feature_distance import FrechetDistance
from amgan.metrics.inception_v3 import Inception, PublishedMeter, real_sums
from tests.metrics.devices import NoDoubleOnTheDevice

FEATURES, LOGITS = 3, 4


class Colours(nn.Module):
    """The mean colours as features; logits that are 0, or sure of the brightest colour."""

    def __init__(self, scale: float = 0.0) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(float(scale)))

    def forward(self, images):
        assert images.dtype == torch.uint8
        assert images.shape[1] == 3
        means = images.float().mean(dim=(2, 3))
        sure = nn.functional.one_hot(images[:, 0, 0, 0].long() % LOGITS, LOGITS)
        return means, sure * self.scale


def small(scale: float = 0.0) -> Inception:
    return Inception(Colours(scale), FEATURES, LOGITS)


def some_pictures(count: int, channels: int = 3, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, 4, 4), dtype=torch.uint8, generator=generator)


def as_data(images: torch.Tensor) -> LabelledImages:
    count = len(images)
    return LabelledImages(images, torch.zeros(count, dtype=torch.int64), ("a",), "some", "none", {(4, 4): count})


def published(inception, parts, total, real):
    meter = PublishedMeter(inception, total, real)
    for part in parts:
        meter.add(part)
    return meter.summary()


def test_a_net_that_knows_nothing_scores_one_and_the_set_itself_has_no_distance(tmp_path):
    images = some_pictures(120)
    inception = small()
    real = real_sums(inception, as_data(images), tmp_path)
    scores = published(inception, images.split(7), 120, real)
    assert scores["inception_score"] == pytest.approx(1)
    assert scores["inception_score_std"] == pytest.approx(0, abs=1e-6)
    assert scores["frechet_distance"] == pytest.approx(0, abs=1e-4)
    assert "120 pictures against the 120" in scores["protocol"]
    assert "10 splits" in scores["protocol"]


def test_balanced_and_sure_predictions_score_as_many_as_there_are_classes(tmp_path):
    images = some_pictures(80)
    images[:, 0, 0, 0] = torch.arange(80) % LOGITS
    inception = small(1000)
    real = real_sums(inception, as_data(images), tmp_path)
    assert published(inception, [images], 80, real)["inception_score"] == pytest.approx(LOGITS)


def test_parts_do_not_show_and_the_distance_is_that_of_the_features(tmp_path):
    real_images, images = some_pictures(90), some_pictures(70, seed=1) // 2
    inception = small(3)
    real = real_sums(inception, as_data(real_images), tmp_path)
    whole = published(inception, [images], 70, real)
    parts = published(inception, images.split(9), 70, real)
    assert parts.pop("protocol") == whole["protocol"]
    assert parts == pytest.approx({name: whole[name] for name in parts}, rel=1e-6)
    distance = FrechetDistance(FEATURES)
    distance.add(inception.look(real_images)[0], real=True)
    distance.add(inception.look(images)[0], real=False)
    assert whole["frechet_distance"] == pytest.approx(distance.compute(), abs=1e-5)


def test_a_device_without_float64_can_look():
    images = some_pictures(4)
    with NoDoubleOnTheDevice():
        _, log_probabilities = small(5.0).look(images)
    assert torch.equal(log_probabilities, small(5.0).look(images)[1])
    assert log_probabilities.dtype == torch.float64


def test_the_training_set_is_looked_at_once(tmp_path):
    data, cache, seen = as_data(some_pictures(30)), tmp_path / "cache", []
    first = real_sums(small(), data, cache, seen.append)
    assert seen == [30]
    again = real_sums(small(), data, cache, seen.append)
    assert seen == [30]
    assert all(torch.equal(first[name], again[name]) for name in first)
    real_sums(small(), as_data(some_pictures(20)), cache, seen.append)
    assert seen == [30, 20]
    other = small()
    other.digest = "of another file of weights"
    real_sums(other, data, cache, seen.append)
    assert seen == [30, 20, 30]


def test_grey_pictures_are_looked_at_as_rgb():
    grey = some_pictures(5, channels=1)
    assert torch.equal(small().look(grey)[0], small().look(grey.expand(-1, 3, -1, -1))[0])


@pytest.fixture
def stand_in(monkeypatch):
    """torch-fidelity as far as it is used: its extractor reads a state_dict from the path that it is given."""

    class FeatureExtractorInceptionV3(Colours):
        def __init__(self, name, features_list, feature_extractor_weights_path=None):
            super().__init__()
            assert features_list == ["2048", "logits_unbiased"]
            self.load_state_dict(torch.load(feature_extractor_weights_path, weights_only=False))

    module = types.ModuleType("torch_fidelity.feature_extractor_inceptionv3")
    module.FeatureExtractorInceptionV3 = FeatureExtractorInceptionV3
    monkeypatch.setitem(sys.modules, "torch_fidelity", types.ModuleType("torch_fidelity"))
    monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("stand_in")
def test_the_weights_are_read(tmp_path):
    torch.save(Colours(7.0).state_dict(), tmp_path / "weights.pth")
    loaded = Inception.load(tmp_path / "weights.pth")
    assert float(loaded.net.scale) == 7
    assert loaded.digest == hashlib.sha256((tmp_path / "weights.pth").read_bytes()).hexdigest()


class Harmful:
    """Its unpickling would leave a file behind."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return open, (str(self.place), "w")


@pytest.mark.usefixtures("stand_in")
def test_a_file_with_code_or_with_other_weights_is_refused(tmp_path):
    file, trace = tmp_path / "weights.pth", tmp_path / "trace"
    for content in (Harmful(trace), {"other": torch.ones(1)}, [1, 2]):
        torch.save(content, file)
        with pytest.raises(JudgeError, match="not the Inception weights") as caught:
            Inception.load(file)
        assert "\n" not in str(caught.value)
    assert not trace.exists()


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    with pytest.raises(JudgeError, match="no such file"):
        Inception.load(tmp_path / "weights.pth")
    (tmp_path / "weights.pth").touch()
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    with pytest.raises(JudgeError, match="needs the package torch-fidelity"):
        Inception.load(tmp_path / "weights.pth")
