"""A recipe gives the same whoever follows it, and however its points are cut."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.sampling.recipes import Points, Rendered, follow, render_points
from tests.models import tiny_model


@pytest.fixture(scope="module")
def model():
    return tiny_model(index_seeds=4)


def follow_in_pieces(recipe, renderer, size):
    """Render each yield's points a few at a time, as a batcher may."""
    points = next(recipe)
    while True:
        pieces = [
            render_points(renderer, Points(points.latents[i : i + size], None, points.precision, points.judged))
            for i in range(0, max(1, len(points)), size)
        ]
        parts = ("pictures", "class_probabilities", "real_probability")
        whole = Rendered(*(np.concatenate([getattr(piece, part) for piece in pieces]) for part in parts))
        try:
            points = recipe.send(whole)
        except StopIteration as end:
            return end.value


@settings(max_examples=25)
@given(st.integers(1, 9), st.lists(st.sampled_from([None, 0, 1, 2]), min_size=1, max_size=8))
def test_the_pieces_do_not_show(model, size, labels):
    sampler = model.sampler
    seeds = range(2, 2 + len(labels))
    pictures, samples = follow_in_pieces(sampler.sample_recipe(seeds, labels), sampler.renderer, size)
    expected, known = sampler.sample(seeds, labels)
    assert np.array_equal(pictures, expected)
    assert samples == known


def test_points_are_judged_only_when_asked(model):
    renderer = model.sampler.renderer
    judged, plain = (render_points(renderer, Points(torch.ones(3, 5), judged=asked)) for asked in (True, False))
    assert judged.class_probabilities.shape == (3, 3)
    assert np.allclose(judged.class_probabilities.sum(axis=1), 1)
    assert judged.real_probability.shape == (3,)
    assert plain.class_probabilities.shape == (0, 3)
    assert np.array_equal(judged.pictures, plain.pictures)


def test_a_recipe_that_asks_for_nothing_gives_its_value(model):
    def nothing():
        return 7
        yield

    assert follow(nothing(), model.sampler.renderer) == 7


def test_errors_of_a_recipe_reach_who_follows_it(model):
    with pytest.raises(RequestError, match="no class"):
        follow(model.sampler.sample_recipe([1], ["Hat"]), model.sampler.renderer)
