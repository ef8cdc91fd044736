"""Variations: on the arcs they are said to be on, of the class where that can be had, the same for ever."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from amgan.bounds import MAX_SEED, MAX_STEPS
from amgan.errors import ClassSearchError, RequestError
from amgan.sampling.arc import slerp
from amgan.sampling.latents import latent_at
from amgan.sampling.recipes import follow
from amgan.sampling.variation_name import Step, Variation
from amgan.sampling.variations import CANDIDATES, variations_recipe
from tests.models import NAMES, draws, message, tiny_model

PART = torch.tensor([0.2], dtype=torch.float64)


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    return tiny_model(index_seeds=8 if request.param == "dynamic" else 0, labeling=request.param)


def variations(model, *arguments, **more):
    return follow(variations_recipe(model.sampler, *arguments, **more), model.sampler.renderer)


def last(sample):
    return Variation.named(sample.variation).steps[-1]


@pytest.mark.parametrize("truncation", [1.0, 0.7])
@pytest.mark.parametrize("name", [3, "3~20-2~100-7"])
def test_its_name_leads_to_the_same_picture(model, name, truncation):
    pictures, samples = variations(model, name, "Bag", 4, 20, truncation)
    again, known = model.sampler.sample([sample.name for sample in samples], ["Bag"] * 4, truncation)
    assert np.array_equal(pictures, again)
    assert samples == known
    assert {sample.seed for sample in samples} == {3}
    assert all(sample.name.startswith(f"{name}~20-") for sample in samples)


def test_all_of_the_way_is_the_other_picture():
    model = tiny_model()
    pictures, samples = variations(model, 3, None, 4, 100)
    alone, known = model.sampler.sample([3 + last(sample).number for sample in samples], [None] * 4)
    assert np.array_equal(pictures, alone)
    assert [sample.class_probability for sample in samples] == [sample.class_probability for sample in known]


def test_a_part_of_the_way_is_a_point_of_the_arc(model):
    pictures, samples = variations(model, 3, "Bag", 5, 20)
    size = model.config.latent_dim
    start = latent_at(3, draws(model.sampler, [3], [1])[0], size)
    ends = [latent_at(3 + last(sample).number, 0, size) for sample in samples]
    latents = torch.cat([slerp(start, end, PART) for end in ends])
    classes = model.sampler.one_hot([1] * 5) if model.config.is_predefined else None
    assert np.array_equal(pictures, model.sampler.renderer.render(latents, classes).numpy())


def test_each_step_goes_on_from_the_one_before(model):
    size, truncation, name = model.config.latent_dim, 0.7, "3~20-2~20-5~20-1"
    latent = latent_at(3, draws(model.sampler, [3], [1], truncation)[0], size) * truncation
    for towards in Variation.named(name).towards():
        latent = slerp(latent, latent_at(towards, 0, size) * truncation, PART)[0]
    classes = model.sampler.one_hot([1]) if model.config.is_predefined else None
    pictures = model.sample("Bag", name, truncation)
    assert np.array_equal(pictures, model.sampler.renderer.render(latent[None], classes).numpy())


def test_a_variation_is_a_frame_of_the_morph_to_that_seed():
    model = tiny_model()
    pictures, samples = variations(model, 3, "Bag", 3, 25)
    for picture, sample in zip(pictures, samples, strict=True):
        assert np.array_equal(picture, model.interpolate(3, 3 + last(sample).number, 5, ["Bag", None])[1])


def test_a_morph_begins_and_ends_with_the_very_variations(model):
    names = ["3~20-2", "9~12-1~12-4"]
    frames = model.interpolate(*names, frames=5, labels=["Bag", "Sneaker"])
    assert np.array_equal(frames[[0, -1]], model.sample(["Bag", "Sneaker"], names))


def test_neighbours_are_of_ones_own():
    children = [
        next(reversed(list(Variation(7, (Step(12, own), Step(12, number))).towards())))
        for own in range(1, 25)
        for number in range(1, 25)
    ]
    assert len(set(children)) == 24 * 24, "children of two pictures would be alike"


def test_a_predefined_model_stays_in_the_class():
    model = tiny_model(labeling="predefined")
    for label, number in (("Bag", 1), (None, model.sampler.sample([5], [None])[1][0].label)):
        for name in (5, "5~50-3"):
            assert {sample.label for sample in variations(model, name, label, 6, 50)[1]} == {number}


@pytest.mark.parametrize("label", [None, *NAMES])
def test_a_dynamic_model_shows_those_of_the_class_first(label):
    model = tiny_model()
    wanted = model.sampler.sample([5], [label])[1][0].label
    # All of the way, where each is another seed's picture.
    _, samples = variations(model, 5, label, 6, 100)
    named = model.sampler.sample(range(6, 6 + 6 * CANDIDATES), [None] * 6 * CANDIDATES)[1]
    of_class = [sample.seed for sample in named if sample.label == wanted]
    others = [sample.seed for sample in named if sample.label != wanted]
    assert 0 < len(of_class) < 12, "only where some are of the class there is something to choose"
    assert [5 + last(sample).number for sample in samples] == [*of_class, *others][:6]


def test_after_the_last_seed_comes_the_first():
    assert list(Variation(MAX_SEED, (Step(10, 1),)).towards()) == [0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((-1, None, 3, 10), "a seed must be"),
        ((1, "Boat", 3, 10), "no class 'Boat'"),
        ((1, None, 3, 0), "per cent, must be a whole number from 1 to 100"),
        ((1, None, 3, 101), "per cent, must be a whole number from 1 to 100"),
        ((1, None, 3, 10, 0), "truncation must be"),
        (("1" + "~10-1" * MAX_STEPS, None, 3, 10), "32 steps from its seed, and has no variations of its own"),
    ],
)
def test_wrong_requests_are_one_line(model, arguments, words):
    with pytest.raises(RequestError) as caught:
        variations(model, *arguments)
    assert words in message(caught.value)


def test_a_picture_without_its_class_has_no_variations():
    model = tiny_model(confidence=0.9999999)
    with pytest.raises(ClassSearchError):
        variations(model, 1, "Bag", 3, 10)
