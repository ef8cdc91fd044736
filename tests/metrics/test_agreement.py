"""Label agreement is a count."""

from __future__ import annotations

import math

import torch

from amgan.metrics.agreement import Agreement


def test_counts():
    agreement = Agreement(3)
    agreement.add(torch.tensor([0, 0, 1]), torch.tensor([0, 2, 1]))
    agreement.add(torch.tensor([0]), torch.tensor([0]))
    assert agreement.confusion.tolist() == [[2, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert agreement.share == 0.75
    assert agreement.class_share[:2].tolist() == [2 / 3, 1]
    assert agreement.class_share[2].isnan()


def test_nothing_seen():
    assert math.isnan(Agreement(2).share)
