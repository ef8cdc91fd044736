"""The seed index as it is written and as it is read from anyone."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load, save

from amgan.errors import ReleaseError
from amgan.release.seed_index import MAX_INDEX_SEEDS, NOT_FOUND, TENSOR_NAME, SeedIndex


@given(st.integers(0, 20), st.integers(2, 5), st.data())
def test_round_trip_through_a_file(seeds, classes, data):
    values = data.draw(
        st.lists(
            st.lists(st.integers(NOT_FOUND, 300), min_size=classes, max_size=classes), min_size=seeds, max_size=seeds
        )
    )
    draws = torch.tensor(values, dtype=torch.int32).reshape(seeds, classes)
    index = SeedIndex.from_tensors(load(save(SeedIndex(draws).to_tensors())), classes)
    assert len(index) == seeds
    assert [[index.lookup(seed, label) for label in range(classes)] for seed in range(seeds)] == values


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        {"other": torch.zeros(2, 3, dtype=torch.int32)},
        {TENSOR_NAME: torch.zeros(2, 3, dtype=torch.int32), "more": torch.zeros(1)},
        {TENSOR_NAME: torch.zeros(2, 3, dtype=torch.int64)},
        {TENSOR_NAME: torch.zeros(2, 3)},
        {TENSOR_NAME: torch.zeros(2, 4, dtype=torch.int32)},
        {TENSOR_NAME: torch.zeros(3, dtype=torch.int32)},
        {TENSOR_NAME: torch.zeros(2, 3, 1, dtype=torch.int32)},
        {TENSOR_NAME: torch.tensor([[0, 1, NOT_FOUND - 1]], dtype=torch.int32)},
        {TENSOR_NAME: torch.zeros(1, 3, dtype=torch.int32).expand(MAX_INDEX_SEEDS + 1, 3)},
    ],
)
def test_other_content_is_refused_in_one_line(tensors):
    with pytest.raises(ReleaseError, match="seeds.safetensors") as caught:
        SeedIndex.from_tensors(tensors, 3)
    assert "\n" not in str(caught.value)


def test_no_such_seed():
    with pytest.raises(IndexError):
        SeedIndex(torch.zeros(2, 3, dtype=torch.int32)).lookup(2, 0)


@pytest.mark.parametrize("draw", [2**31 - 1, -2])
def test_refuses_draws_that_would_take_ages_to_reach(draw):
    with pytest.raises(ReleaseError, match=r"^seeds\.safetensors: a draw is not from"):
        SeedIndex.from_tensors({"draws": torch.tensor([[0, draw]], dtype=torch.int32)}, 2)
