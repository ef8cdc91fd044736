"""Sums of predictions do not depend on how the pictures come in batches."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.metrics.prediction_sums import PredictionSums, divergence_terms
from tests.metrics.judges import predictions


def summed(rows: torch.Tensor, groups: torch.Tensor, count: int, batch: int) -> PredictionSums:
    sums = PredictionSums(count, rows.shape[1])
    for start in range(0, len(rows), batch):
        sums.add(rows[start : start + batch], groups[start : start + batch])
    return sums


@given(st.integers(1, 60), st.integers(2, 5), st.integers(1, 4), st.integers(1, 61), st.integers(0, 2**31))
def test_any_batch_size_gives_the_same_sums(rows, classes, groups, batch, seed):
    given_rows, places = predictions(rows, classes, seed), torch.arange(rows) % groups
    whole, parts = summed(given_rows, places, groups, rows), summed(given_rows, places, groups, batch)
    assert torch.equal(whole.count, parts.count)
    torch.testing.assert_close(whole.probabilities, parts.probabilities, rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(whole.entropy, parts.entropy, rtol=1e-12, atol=1e-15)


def test_sums_are_those_of_the_rows():
    rows, groups = predictions(50, 4), torch.arange(50) % 3
    sums = summed(rows, groups, 3, 7)
    assert sums.total == 50
    torch.testing.assert_close(sums.mean, rows.exp().mean(dim=0))
    assert sums.mean_entropy == pytest.approx(float(-(rows.exp() * rows).sum(dim=1).mean()))
    assert sums.count.tolist() == [17, 17, 16]


def test_probability_zero_has_no_entropy():
    rows = torch.tensor([[0.0, -torch.inf]], dtype=torch.float64)
    assert summed(rows, torch.tensor([0]), 1, 1).mean_entropy == 0


def test_divergence():
    p = torch.tensor([0.5, 0.5, 0.0], dtype=torch.float64)
    q = torch.tensor([0.25, 0.5, 0.25], dtype=torch.float64)
    torch.testing.assert_close(divergence_terms(p, q), torch.tensor([0.5, 0, 0]).double() * torch.tensor(2.0).log())
    assert not divergence_terms(p, p).any()
    assert torch.isfinite(divergence_terms(q, p)).all()  # a class that never comes is bad, but has a number
