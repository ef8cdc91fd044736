"""AM Score against its closed forms, and its parts against the whole."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.metrics.am_score import am_score
from amgan.metrics.prediction_sums import PredictionSums
from tests.metrics.judges import predictions


def summed(rows: torch.Tensor) -> PredictionSums:
    sums = PredictionSums(rows.shape[1], rows.shape[1])
    sums.add(rows, rows.argmax(dim=1))
    return sums


def test_0_where_means_agree_and_rows_are_one_hot():
    rows = torch.eye(5, dtype=torch.float64).log().repeat(4, 1)
    measured = am_score(summed(rows), torch.full((5,), 0.2, dtype=torch.float64))
    assert measured.score == pytest.approx(0, abs=1e-12)
    assert measured.class_share.tolist() == pytest.approx([0.2] * 5)


def test_unsure_predictions_cost_their_entropy():
    rows = torch.full((12, 4), -math.log(4), dtype=torch.float64)
    measured = am_score(summed(rows), torch.full((4,), 0.25, dtype=torch.float64))
    assert measured.divergence == pytest.approx(0, abs=1e-12)
    assert measured.entropy == measured.score == pytest.approx(math.log(4))


def test_a_missing_class_costs_the_divergence():
    rows = torch.eye(2, dtype=torch.float64).log()[[0, 0, 0, 1]]
    measured = am_score(summed(rows), torch.tensor([0.5, 0.5], dtype=torch.float64))
    assert measured.entropy == 0
    assert measured.divergence == pytest.approx(0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(0.5 / 0.25))
    lost = am_score(summed(rows[:3]), torch.tensor([0.5, 0.5], dtype=torch.float64))
    assert 10 < lost.divergence < 30
    assert lost.class_entropy.isnan().tolist() == [False, True]


@given(st.integers(1, 60), st.integers(2, 6), st.integers(0, 2**31))
def test_parts_make_the_whole(count, classes, seed):
    rows = predictions(count, classes, seed)
    reference = predictions(1, classes, seed + 1).exp()[0]
    measured = am_score(summed(rows), reference)
    assert measured.score == pytest.approx(measured.divergence + measured.entropy)
    assert measured.divergence == pytest.approx(float(measured.class_divergence.sum()))
    assert measured.divergence >= -1e-12
    weighted = (measured.class_share * measured.class_entropy.nan_to_num(0)).sum()
    assert measured.entropy == pytest.approx(float(weighted))
    mean = rows.exp().mean(dim=0)
    assert measured.divergence == pytest.approx(float((reference * (reference / mean).log()).sum()), abs=1e-9)
