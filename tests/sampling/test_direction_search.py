"""The directions that a model is released with: they fit it, are found again, and are called by what can be seen."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from amgan.release.directions import NAMELESS
from amgan.release.seed_index import NOT_FOUND, SeedIndex
from amgan.sampling.arc import as_far, slerp
from amgan.sampling.direction_search import LEAST_PICTURES, SLIDERS, find_directions, measures_of
from amgan.sampling.latents import latent_at
from tests.models import opinion, tiny_model


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    seeds = 60 if request.param == "dynamic" else 0
    return tiny_model(seeds, labeling=request.param, channels=3, latent_dim=8)


@pytest.fixture(scope="module")
def directions(model):
    return find_directions(model.generator, model.sampler.renderer, model.seed_index)


def test_they_fit_the_model_and_are_found_again(model, directions):
    directions.check(model.config)
    assert len(directions.ends) == SLIDERS
    assert torch.equal(directions.ends[:, 1], -directions.ends[:, 0])
    again = find_directions(model.generator, model.sampler.renderer, model.seed_index)
    assert again.end_numbers == directions.end_numbers
    assert again.words == directions.words


def test_no_two_sliders_have_the_same_name(directions):
    named = [frozenset(pair) for pair in directions.words if pair != NAMELESS]
    assert len(set(named)) == len(named)


def test_a_model_may_have_fewer_numbers_than_sliders():
    model = tiny_model(latent_dim=1)
    directions = find_directions(model.generator, model.sampler.renderer, model.seed_index)
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


def test_ways_to_classes_are_the_means_of_what_the_index_knows():
    model = tiny_model()
    draws = torch.full((30, 3), NOT_FOUND, dtype=torch.int32)
    draws[:, 0] = torch.arange(30) % 4
    draws[:LEAST_PICTURES, 2] = 5
    draws[: LEAST_PICTURES - 1, 1] = 1  # too few
    directions = find_directions(model.generator, model.sampler.renderer, SeedIndex(draws))
    assert directions.classes == [0, 2]
    for row, label in enumerate(directions.classes):
        known = [latent_at(seed, draw, 5) for seed, draw in enumerate(draws[:, label].tolist()) if draw != NOT_FOUND]
        mean = torch.stack(known).mean(dim=0)
        torch.testing.assert_close(directions.class_means[row], mean / mean.norm())
    assert find_directions(model.generator, model.sampler.renderer, None).classes == []


def test_where_d_never_learnt_classes_nothing_is_called_by_one():
    model = tiny_model(objective="gan")
    directions = find_directions(model.generator, model.sampler.renderer, model.seed_index)
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
