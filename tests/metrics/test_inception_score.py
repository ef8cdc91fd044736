"""Inception Score against its closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.metrics.inception_score import inception_score, split_of
from amgan.metrics.prediction_sums import PredictionSums
from tests.metrics.judges import predictions


def score(rows: torch.Tensor, splits: int = 10, batch: int = 16):
    sums = PredictionSums(splits, rows.shape[1])
    for start in range(0, len(rows), batch):
        part = rows[start : start + batch]
        sums.add(part, split_of(start, len(part), len(rows), splits))
    return inception_score(sums)


def test_uniform_predictions_score_1():
    measured = score(torch.full((40, 7), -math.log(7), dtype=torch.float64))
    assert (measured.whole, measured.mean) == (pytest.approx(1), pytest.approx(1))
    assert measured.std == pytest.approx(0, abs=1e-12)


def test_one_sure_class_scores_1():
    rows = torch.full((40, 7), -torch.inf, dtype=torch.float64)
    rows[:, 2] = 0
    assert score(rows).whole == pytest.approx(1)


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_balanced_one_hot_scores_k(classes):
    rows = torch.eye(classes, dtype=torch.float64).log().repeat(10, 1)
    measured = score(rows)
    assert measured.whole == pytest.approx(classes)
    assert measured.mean == pytest.approx(classes)
    assert measured.std == pytest.approx(0, abs=1e-9)


def test_splits_are_parts_in_a_row():
    assert split_of(0, 10, 10, 3).tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert split_of(4, 3, 10, 3).tolist() == [1, 1, 1]
    rows = predictions(30, 5)
    alone = [score(part, splits=1).whole for part in rows.split(10)]
    measured = score(rows, splits=3)
    assert measured.mean == pytest.approx(sum(alone) / 3)
    assert measured.std == pytest.approx(float(torch.tensor(alone, dtype=torch.float64).std(correction=0)))


@given(st.integers(10, 80), st.integers(2, 6), st.integers(1, 81), st.integers(0, 2**31))
def test_bounds_and_batches(rows, classes, batch, seed):
    drawn = predictions(rows, classes, seed)
    measured = score(drawn, batch=batch)
    assert 1 - 1e-12 <= measured.whole <= classes + 1e-9
    again = score(drawn, batch=rows)
    assert measured.whole == pytest.approx(again.whole, rel=1e-12)
    assert measured.mean == pytest.approx(again.mean, rel=1e-12)
