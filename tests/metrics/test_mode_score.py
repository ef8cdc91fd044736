"""Mode Score is the Inception Score, whatever the training mean (paper, Eq. 25 and 26)."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.metrics.inception_score import inception_score
from amgan.metrics.mode_score import mode_score
from amgan.metrics.prediction_sums import PredictionSums
from tests.metrics.judges import predictions


@given(st.integers(1, 60), st.integers(2, 6), st.integers(0, 2**31))
def test_the_training_mean_cancels_out(count, classes, seed):
    rows = predictions(count, classes, seed)
    sums = PredictionSums(1, classes)
    sums.add(rows, torch.zeros(count, dtype=torch.int64))
    reference = predictions(1, classes, seed + 1).exp()[0]
    assert mode_score(sums, reference) == pytest.approx(inception_score(sums).whole, rel=1e-9)
    # As it is defined, row by row.
    divergence = (rows.exp() * (rows - reference.log())).sum(dim=1).mean()
    mean = rows.exp().mean(dim=0)
    defined = (divergence - (mean * (mean / reference).log()).sum()).exp()
    assert mode_score(sums, reference) == pytest.approx(float(defined), rel=1e-9)
