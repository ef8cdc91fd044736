"""The directions that a model is released with: they fit it, are found again, and are called by what can be seen."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from amgan.release.directions import NAMELESS
from amgan.sampling.arc import as_far, slerp
from amgan.sampling.direction_search import SLIDERS, find_directions, measures_of
from tests.models import opinion, tiny_model


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    return tiny_model(labeling=request.param, channels=3, latent_dim=8)


@pytest.fixture(scope="module")
def directions(model):
    return find_directions(model.generator, model.sampler.renderer)


def test_they_fit_the_model_and_are_found_again(model, directions):
    directions.check(model.config)
    assert len(directions.ends) == SLIDERS
    assert torch.equal(directions.ends[:, 1], -directions.ends[:, 0])
    again = find_directions(model.generator, model.sampler.renderer)
    assert again.end_numbers == directions.end_numbers
    assert again.words == directions.words


def test_no_two_sliders_have_the_same_name(directions):
    named = [frozenset(pair) for pair in directions.words if pair != NAMELESS]
    assert len(set(named)) == len(named)


def test_a_model_may_have_fewer_numbers_than_sliders():
    model = tiny_model(latent_dim=1)
    directions = find_directions(model.generator, model.sampler.renderer)
    directions.check(model.config)
    assert len(directions.ends) == 1


def test_ways_to_classes_lead_there(model, directions):
    if model.config.is_predefined:
        # Its pictures have their class already.
        assert directions.classes == []
        assert all(isinstance(word, str) for pair in directions.words for word in pair)
        return
    latents = torch.randn(64, 8, generator=torch.Generator().manual_seed(9))
    before = opinion(model, model.sampler.renderer.render(latents).numpy()).mean(dim=0)
    assert directions.classes
    for label, direction in zip(directions.classes, directions.class_means, strict=True):
        part = torch.tensor([0.3], dtype=torch.float64)
        there = torch.cat([slerp(latent, as_far(latent, direction), part) for latent in latents])
        after = opinion(model, model.sampler.renderer.render(there).numpy()).mean(dim=0)
        assert after[label] > before[label]


def test_a_class_that_d_hardly_sees_has_no_way():
    model = tiny_model()
    with torch.no_grad():
        model.discriminator.logits.bias[1] -= 1000
    assert 1 not in find_directions(model.generator, model.sampler.renderer).classes


def test_where_d_never_learnt_classes_nothing_is_called_by_one():
    model = tiny_model(objective="gan")
    directions = find_directions(model.generator, model.sampler.renderer)
    assert directions.classes == []
    assert all(isinstance(word, str) for pair in directions.words for word in pair)


def test_measures_say_what_they_are_called():
    dark = np.full((2, 8, 8, 3), 0.1)
    assert (measures_of(dark + 0.2)["light"] > measures_of(dark)["light"]).all()
    red = dark + np.array([0.3, 0, 0])
    assert (measures_of(red)["warmth"] > measures_of(dark)["warmth"]).all()
    sizes = []
    for side in (0, 2, 4):
        pictures = dark.copy()
        pictures[:, 4 - side : 4 + side, 4 - side : 4 + side] = 0.9
        sizes.append(measures_of(pictures)["size"][0])
    assert sizes[0] == 0
    assert sizes[1] == pytest.approx(1 / 4)
    assert "warmth" not in measures_of(dark[..., :1])
