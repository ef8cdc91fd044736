"""Between the places of a map: weights that come to one, and names that are the mixtures they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_SEED
from amgan.sampling.arc import slerp
from amgan.sampling.latents import latent_at
from amgan.sampling.map_mixture import mixture_name, seeds_around
from amgan.sampling.variation_name import APART, Variation
from tests.models import tiny_model

ROWS, COLUMNS = 4, 5
SEEDS = torch.arange(100, 100 + ROWS * COLUMNS).reshape(ROWS, COLUMNS)
places = st.tuples(st.floats(0, COLUMNS + 1), st.floats(0, ROWS + 1))


def middle(seed):
    """Where a seed's thumbnail has its middle."""
    row, column = divmod(seed - 100, COLUMNS)
    return column + 0.5 + 0.5 * (row % 2), row + 0.5


def test_at_the_middle_of_a_place_its_seed_is_alone():
    for seed in SEEDS.flatten().tolist():
        around = seeds_around(SEEDS, *middle(seed))
        assert around == {seed: 1}
        assert mixture_name(around) == seed


@given(places)
def test_the_weights_are_the_points_barycentric_coordinates(place):
    x, y = place
    around = seeds_around(SEEDS, x, y)
    assert 1 <= len(around) <= 3
    assert all(weight > 0 for weight in around.values())
    assert math.isclose(sum(around.values()), 1)
    y = min(max(y, 0.5), ROWS - 0.5)
    mean_x, mean_y = (sum(weight * middle(seed)[axis] for seed, weight in around.items()) for axis in (0, 1))
    assert math.isclose(mean_y, y, abs_tol=1e-9)
    if 1 <= x <= COLUMNS - 0.5:  # beyond, the edge goes on
        assert math.isclose(mean_x, x, abs_tol=1e-9)
        # No seed lies nearer than those three.
        distances = sorted((math.dist(middle(seed), (x, y)), seed) for seed in SEEDS.flatten().tolist())
        furthest = max(math.dist(middle(seed), (x, y)) for seed in around)
        assert furthest <= distances[2][0] + 0.25


@given(places, st.floats(0, 2 * math.pi))
def test_nothing_jumps(place, way):
    x, y = place
    near = seeds_around(SEEDS, x, y)
    far = seeds_around(SEEDS, max(x + 1e-3 * math.cos(way), 0), max(y + 1e-3 * math.sin(way), 0))
    assert all(abs(near.get(seed, 0) - far.get(seed, 0)) < 5e-3 for seed in near.keys() | far.keys())


def unit(weights):
    """A mixture of unit vectors at right angles by its name, as the share of each."""
    seeds = sorted(weights)
    name = mixture_name(weights)
    vectors = {seed: torch.eye(len(seeds), dtype=torch.float64)[place] for place, seed in enumerate(seeds)}
    if isinstance(name, int):
        return vectors[name]
    variation = Variation.named(name)
    here = vectors[variation.seed]
    for step, seed in zip(variation.steps, variation.towards(), strict=True):
        here = slerp(here, vectors[seed], torch.tensor([step.percent / 100]))[0]
    return here


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=3))
def test_a_mixture_has_the_sines_of_the_weights_for_coordinates(parts):
    weights = {7 * number + 1: part / sum(parts) for number, part in enumerate(parts)}
    sines = np.array([math.sin(weights[seed] * math.pi / 2) for seed in sorted(weights)])
    # A step is a whole per cent of a right angle.
    assert np.abs(unit(weights).numpy() - sines / np.linalg.norm(sines)).max() < 0.02


@pytest.mark.parametrize("truncation", [1.0, 0.7])
def test_the_latent_of_a_name_is_the_double_arc_through_its_seeds(truncation):
    sampler = tiny_model(latent_dim=100).sampler
    weights = {MAX_SEED: 0.5, 3: 0.3, 41: 0.2}
    name = mixture_name(weights)
    variation = Variation.named(name)
    assert variation.seed == MAX_SEED
    assert [*variation.towards()] == [3, 41]
    first, second = (step.percent for step in variation.steps)
    start, middle, end = (latent_at(seed, 0, 100) * truncation for seed in (MAX_SEED, 3, 41))
    by_hand = slerp(start, middle, torch.tensor([first / 100], dtype=torch.float64))[0]
    by_hand = slerp(by_hand, end, torch.tensor([second / 100], dtype=torch.float64))[0]
    assert torch.equal(sampler.latents([name], [0], truncation)[0], by_hand)


def test_the_middle_between_two_is_halfway_and_of_three_near_to_each():
    assert mixture_name({10: 0.5, 14: 0.5}) == "10~50-4"
    third = unit({1: 1 / 3, 2: 1 / 3, 3: 1 / 3}).numpy()
    assert np.abs(third - 3**-0.5).max() < 0.01


@given(st.integers(0, MAX_SEED), st.lists(st.tuples(st.integers(0, 100), st.integers(0, MAX_SEED)), max_size=4))
def test_a_name_leads_where_it_was_to_lead(seed, ways):
    name = Variation.leading(seed, ways)
    gone = [(percent, towards) for percent, towards in ways if percent]
    if isinstance(name, int):
        assert name == seed
        assert all(towards == seed for _, towards in gone)
        return
    found = Variation.named(name)
    led = [(step.percent, towards) for step, towards in zip(found.steps, found.towards(), strict=True)]
    # All but those that no number leads to.
    assert led == gone or len(led) < len(gone)


def test_only_a_step_to_where_neighbours_are_counted_from_is_left_out():
    assert Variation.leading(5, [(30, 5)]) == 5
    base = 9 * APART % (MAX_SEED + 1)
    assert Variation.leading(5, [(30, 9), (20, base)]) == "5~30-4"
    # Of a map's own seeds none has such a neighbour among them.
    assert all(seed * APART % (MAX_SEED + 1) >= 2048 for seed in range(1, 2048))
