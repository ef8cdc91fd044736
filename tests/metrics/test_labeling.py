"""What the card says of D's labels is a count of what the sampler shows."""

from __future__ import annotations

import json

import pytest
import torch

from amgan.metrics import labeling
from amgan.metrics.labeling import CONFIDENCES, measure_labeling
from amgan.release.seed_index import SeedIndex
from tests.models import NAMES, opinion, tiny_model

PICTURES = 100


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_shares_are_counts(labeling):
    model = tiny_model(labeling=labeling)
    measured = measure_labeling(model.sampler, PICTURES)
    pictures, samples = model.sampler.sample(range(PICTURES), [None] * PICTURES)
    assert measured["pictures"] == PICTURES
    assert "seeds 0 to 99" in measured["protocol"]
    assert measured["class_share"] == {
        name: pytest.approx(sum(sample.label == number for sample in samples) / PICTURES)
        for number, name in enumerate(NAMES)
    }
    assert sum(measured["class_share"].values()) == pytest.approx(1)
    kept = list(measured["kept_at_confidence"].values())
    assert len(kept) == len(CONFIDENCES)
    assert kept[0] == 1
    assert kept == sorted(kept, reverse=True)
    probabilities = opinion(model, pictures)[range(PICTURES), [sample.label for sample in samples]]
    for confidence, share in zip(CONFIDENCES, kept):
        close = int(((probabilities - confidence).abs() < 2e-3).sum())
        assert share == pytest.approx(float((probabilities >= confidence).float().mean()), abs=0.011 * (close or 0.01))
    assert "seed_index" not in measured
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured


def test_chunks_do_not_show(monkeypatch):
    sampler = tiny_model().sampler
    whole = measure_labeling(sampler, 50)
    monkeypatch.setattr(labeling, "CHUNK", 7)
    assert measure_labeling(sampler, 50) == whole


def test_the_index_is_summed_up():
    model = tiny_model()
    model.seed_index = SeedIndex(torch.tensor([[0, 4, -1], [1, -1, 10]], dtype=torch.int32))
    assert measure_labeling(model.sampler, 4)["seed_index"] == {
        "seeds": 2, "confidence": 0.5, "mean_draws": 4.75, "most_draws": 11, "not_found": 2,
    }  # fmt: skip


def test_an_index_without_a_find_has_no_mean():
    model = tiny_model()
    model.seed_index = SeedIndex(torch.full((2, 3), -1, dtype=torch.int32))
    summed = measure_labeling(model.sampler, 4)["seed_index"]
    assert (summed["mean_draws"], summed["most_draws"], summed["not_found"]) == (None, None, 6)
    model.seed_index = SeedIndex(torch.empty(0, 3, dtype=torch.int32))
    assert "seed_index" not in measure_labeling(model.sampler, 4)
