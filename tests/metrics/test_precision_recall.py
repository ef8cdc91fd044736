"""Precision and recall where they can be counted by hand."""

from __future__ import annotations

import pytest
import torch

from amgan.metrics import precision_recall as module
from amgan.metrics.precision_recall import PrecisionRecall, precision_recall


def line(*places: float) -> torch.Tensor:
    return torch.tensor(places)[:, None]


def test_a_set_covers_itself():
    features = torch.randn(40, 5)
    assert precision_recall(features, features) == PrecisionRecall(1, 1)


def test_sets_far_apart():
    features = torch.randn(20, 5)
    assert precision_recall(features, features + 100) == PrecisionRecall(0, 0)


def test_by_hand():
    # Balls round the real ones reach to the nearest neighbour: 1, 1, 8; round the generated ones: 0.5, 0.5, 88.5.
    real, generated = line(0, 1, 9), line(0.5, 1, 89.5)
    assert precision_recall(real, generated, neighbours=1) == PrecisionRecall(pytest.approx(2 / 3), 1)
    assert precision_recall(generated, real, neighbours=1) == PrecisionRecall(1, pytest.approx(2 / 3))


def test_a_collapsed_model_is_precise_but_recalls_little():
    real = torch.randn(200, 4)
    collapsed = real[:1] + 1e-3 * torch.randn(200, 4)
    measured = precision_recall(real, collapsed)
    assert measured.precision == 1
    assert measured.recall < 0.05


def test_chunks_do_not_show(monkeypatch):
    torch.manual_seed(0)  # of other pictures all may lie among the real ones
    real, generated = torch.randn(50, 3), torch.randn(40, 3) + 0.5
    whole = precision_recall(real, generated)
    monkeypatch.setattr(module, "CHUNK", 7)
    assert precision_recall(real, generated) == whole
    assert 0 < whole.precision < 1


def test_too_few_pictures():
    with pytest.raises(ValueError, match="need more than 3"):
        precision_recall(torch.randn(3, 2), torch.randn(9, 2))
