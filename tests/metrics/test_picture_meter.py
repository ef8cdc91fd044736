"""All scores at once: the same for any batch size, and those of the single metrics."""

from __future__ import annotations

import json

import pytest
import torch

from amgan.metrics import ms_ssim as module
from amgan.metrics.metric import rounded
from amgan.metrics.ms_ssim import ClassKeeper, ms_ssim, ms_ssim_summary
from amgan.metrics.picture_meter import PictureMeter
from amgan.metrics.reference import measure_reference
from tests.metrics.judges import noise, noisy_data, tiny_judge
from tests.models import NAMES


def scores(batch: int, count: int = 40):
    judge = tiny_judge()
    reference = measure_reference(noisy_data(60, seed=9), judge)
    meter = PictureMeter(reference, NAMES, count, pairs=12, seed=1)
    for part in noise(count, seed=2).split(batch):
        meter.add(part, judge.judge(part))
    return meter.scores()


def flat(value: object) -> list[float | None]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in flat(item)]
    return [] if isinstance(value, (str, list)) else [value]


def test_any_batch_size_gives_the_same_scores():
    whole = scores(40)
    for batch in (1, 7, 39):
        parts = scores(batch)
        assert flat(parts.summary) == pytest.approx(flat(whole.summary), abs=2e-6, nan_ok=True)
        assert parts.am.score == pytest.approx(whole.am.score, rel=1e-9)
        torch.testing.assert_close(parts.class_ms_ssim, whole.class_ms_ssim, rtol=1e-12, atol=0, equal_nan=True)


def test_the_summary():
    measured = scores(16)
    summary = measured.summary
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summary["pictures"] == 40
    assert summary["mode_score"] == pytest.approx(summary["inception_score"], abs=2e-6)
    terms = summary["am_score_terms"]
    assert summary["am_score"] == pytest.approx(terms["divergence"] + terms["entropy"], abs=2e-6)
    assert summary["frechet_distance"] > 0
    classes = summary["classes"]
    assert list(classes) == list(NAMES)
    assert sum(entry["share"] for entry in classes.values()) == pytest.approx(1, abs=1e-5)
    assert summary["ms_ssim"]["left_out"] == []
    largest = max(entry["ms_ssim"] for entry in classes.values() if entry["ms_ssim"] is not None)
    assert summary["ms_ssim"]["largest"] == largest
    assert classes[summary["ms_ssim"]["largest_class"]]["ms_ssim"] == largest


def test_the_training_set_itself():
    judge, data = tiny_judge(), noisy_data(60, seed=9)
    meter = PictureMeter(measure_reference(data, judge), NAMES, 60, 5, 0)
    meter.add(data.images, judge.judge(data.images))
    summary = meter.scores().summary
    assert summary["am_score_terms"]["divergence"] == pytest.approx(0, abs=1e-9)
    assert summary["frechet_distance"] == pytest.approx(0, abs=1e-3)
    assert (summary["precision"], summary["recall"]) == (1, 1)


def test_two_pictures_are_enough_to_have_no_error():
    summary = scores(1, count=2).summary
    assert summary["pictures"] == 2
    assert "precision" not in summary


def test_kept_pictures_are_the_first_of_their_class(monkeypatch):
    monkeypatch.setattr(module, "KEPT_OF_A_CLASS", 3)
    images, classes = noise(9), torch.tensor([0, 0, 1, 0, 0, 1, 0, 0, 0])
    keeper = ClassKeeper(3)
    for start in (0, 4):
        keeper.add(images[start : start + 4], classes[start : start + 4])
    means, pairs = keeper.class_ms_ssim(100, 0)
    assert pairs == [3, 1, 0]
    kept = images[[0, 1, 3]]
    assert means[0] == pytest.approx(float(ms_ssim(kept, kept.roll(1, 0)).mean()))
    assert means[1] == pytest.approx(float(ms_ssim(images[2:3], images[5:6])))
    assert means[2].isnan()


def test_a_class_of_few_pairs_is_no_maximum():
    means = torch.tensor([0.5, 0.9, 0.4, torch.nan], dtype=torch.float64)
    names = ("a", "b", "c", "d")
    found = ms_ssim_summary(means, [200, 99, 100, 0], names, asked=200)
    assert found == {
        "mean": 0.45, "largest": 0.5, "largest_class": "a", "fewest_pairs": 100, "left_out": ["b", "d"],
    }  # fmt: skip
    # Where fewer are asked for, those are enough.
    found = ms_ssim_summary(means, [12, 12, 1, 0], names, asked=12)
    assert (found["largest_class"], found["fewest_pairs"], found["left_out"]) == ("b", 12, ["c", "d"])
    nothing = ms_ssim_summary(means, [20, 3, 1, 0], names, asked=200)
    assert (nothing["mean"], nothing["largest"], nothing["largest_class"]) == (None, None, None)
    assert nothing["left_out"] == list(names)


def test_what_is_left_out_keeps_its_own_number():
    judge = tiny_judge()
    meter = PictureMeter(measure_reference(noisy_data(60, seed=9), judge), NAMES, 20, pairs=200, seed=1)
    images = noise(20, seed=2)
    judgement = judge.judge(images)
    meter.add(images, judgement)
    summary = meter.scores().summary
    counts = torch.bincount(judgement.classes, minlength=3)
    assert summary["ms_ssim"]["left_out"] == [name for name, n in zip(NAMES, counts) if n * (n - 1) / 2 < 100]
    assert len(summary["ms_ssim"]["left_out"]) >= 2
    for name, n in zip(NAMES, counts):
        assert (summary["classes"][name]["ms_ssim"] is not None) == (n > 1)


def test_json_has_no_nan():
    assert (rounded(0.12345678), rounded(float("nan")), rounded(float("inf"))) == (0.123457, None, None)
