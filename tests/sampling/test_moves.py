"""Pictures moved along directions: on the arc, as far from the middle as before, the same wherever they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.sampling.variation_name import moved
from tests.directions import some_directions
from tests.models import message, tiny_model


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    model = tiny_model(labeling=request.param)
    model.directions = some_directions(model.config)
    return model


@given(percent=st.integers(1, 100), seed=st.integers(0, 99), truncation=st.floats(0.1, 2))
def test_a_moved_latent_is_on_the_arc_and_as_long_as_before(model, percent, seed, truncation):
    number = model.directions.end_numbers[0][0]
    before, after = model.sampler.latents([seed, moved(seed, {number: percent})], [0, 0], truncation).double()
    torch.testing.assert_close(after.norm(), before.norm(), rtol=1e-5, atol=0)
    whole, gone = (
        torch.arccos(torch.nn.functional.cosine_similarity(before, other, dim=0).clamp(-1, 1))
        for other in (model.directions[number].double(), after)
    )
    torch.testing.assert_close(gone, whole * percent / 100, rtol=0, atol=2e-3)


def test_a_whole_arc_ends_at_the_direction(model):
    number = model.directions.end_numbers[1][1]
    before, after = model.sampler.latents([3, moved(3, {number: 100})], [0, 0])
    torch.testing.assert_close(after, model.directions[number] * before.norm())


def test_a_moved_picture_is_the_same_in_any_batch_and_has_variations_and_morphs(model):
    one, other = model.directions.end_numbers[0][0], model.directions.end_numbers[2][1]
    name = moved("3~12-2", {one: 20, other: 10})
    assert name == f"3~12-2~20-d{one}~10-d{other}"
    alone = model.sample("Bag", name)[0]
    names = [3, "3~12-2", f"{name}~12-1", name, "3~12-1"]
    assert np.array_equal(model.sample("Bag", names)[3], alone)
    assert not np.array_equal(model.sample("Bag", "3~12-2")[0], alone)
    assert np.array_equal(model.interpolate(name, 5, 4, "Bag")[0], alone)


def test_siblings_have_children_of_their_own(model):
    numbers = [number for pair in model.directions.end_numbers for number in pair]
    children = model.sampler.latents([f"{moved(3, {number: 1})}~100-1" for number in numbers], [0] * len(numbers))
    assert len({tuple(child.tolist()) for child in children}) == len(numbers)


def test_a_direction_that_is_not_there_is_one_line():
    model = tiny_model()
    with pytest.raises(RequestError) as caught:
        model.sample(None, "3~20-d17")
    assert "no directions" in message(caught.value)
    model.directions = some_directions(model.config)
    with pytest.raises(RequestError) as caught:
        model.sample(None, "3~20-d17")
    assert "no direction of the number 17" in message(caught.value)
