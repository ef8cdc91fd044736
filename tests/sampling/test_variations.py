"""Variations: on the arcs they are said to be on, of the class where that can be had, the same for ever."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from amgan.bounds import MAX_SEED
from amgan.errors import ClassSearchError, RequestError
from amgan.sampling.interpolation import slerp
from amgan.sampling.latents import latent_at
from amgan.sampling.recipes import follow
from amgan.sampling.variations import CANDIDATES, variations_recipe
from tests.models import NAMES, message, tiny_model


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    return tiny_model(index_seeds=8 if request.param == "dynamic" else 0, labeling=request.param)


def variations(model, *arguments, **more):
    return follow(variations_recipe(model.sampler, *arguments, **more), model.sampler.renderer)


@pytest.mark.parametrize("label", [None, "Bag", 2])
@pytest.mark.parametrize("truncation", [1.0, 0.7])
def test_no_part_of_the_way_is_the_picture_itself(model, label, truncation):
    pictures, known = variations(model, 3, label, 4, 0.0, truncation)
    assert np.array_equal(pictures, np.repeat(model.sample([label], [3], truncation=truncation), 4, axis=0))
    assert [each.towards for each in known] == [4, 5, 6, 7]


def test_all_of_the_way_is_the_other_picture():
    model = tiny_model()
    pictures, known = variations(model, 3, None, 4, 1.0)
    alone, samples = model.sampler.sample([each.towards for each in known], [None] * 4)
    assert np.array_equal(pictures, alone)
    assert [each.label for each in known] == [sample.label for sample in samples]
    assert [each.class_probability for each in known] == [sample.class_probability for sample in samples]
    assert [each.real_probability for each in known] == [sample.real_probability for sample in samples]


def test_a_part_of_the_way_is_a_point_of_the_arc(model):
    pictures, known = variations(model, 3, "Bag", 5, 0.2)
    size = model.config.latent_dim
    draw = model.sampler.draws([3], [1])[0]
    start = latent_at(3, draw, size)
    ends = [latent_at(each.towards, 0, size) for each in known]
    latents = torch.cat([slerp(start, end, torch.tensor([0.2], dtype=torch.float64)) for end in ends])
    classes = model.sampler.one_hot([1] * 5) if model.config.is_predefined else None
    assert np.array_equal(pictures, model.sampler.renderer.render(latents, classes).numpy())


def test_a_variation_is_a_frame_of_the_morph_to_that_seed():
    model = tiny_model()
    pictures, known = variations(model, 3, "Bag", 3, 0.25)
    for picture, each in zip(pictures, known, strict=True):
        assert np.array_equal(picture, model.interpolate(3, each.towards, 5, ["Bag", None])[1])


def test_a_predefined_model_stays_in_the_class():
    model = tiny_model(labeling="predefined")
    for label, number in (("Bag", 1), (None, model.sampler.sample([5], [None])[1][0].label)):
        _, known = variations(model, 5, label, 6, 0.5)
        assert {each.label for each in known} == {number}


@pytest.mark.parametrize("label", [None, *NAMES])
def test_a_dynamic_model_shows_those_of_the_class_first(label):
    model = tiny_model()
    wanted = model.sampler.sample([5], [label])[1][0].label
    # All of the way, where each is a picture with a name of its own.
    _, known = variations(model, 5, label, 6, 1.0)
    named = model.sampler.sample(range(6, 6 + 6 * CANDIDATES), [None] * 6 * CANDIDATES)[1]
    of_class = [sample.seed for sample in named if sample.label == wanted]
    others = [sample.seed for sample in named if sample.label != wanted]
    assert 0 < len(of_class) < 12, "only where some are of the class there is something to choose"
    assert [each.towards for each in known] == [*of_class, *others][:6]


def test_the_same_are_drawn_again(model):
    first, second = (variations(model, 9, "Sneaker", 6, 0.12) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert first[1] == second[1]


def test_after_the_last_seed_comes_the_first():
    _, known = variations(tiny_model(labeling="predefined"), MAX_SEED - 1, None, 3, 0.1)
    assert [each.towards for each in known] == [MAX_SEED, 0, 1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((-1, None, 3, 0.1), "a seed must be"),
        ((1, "Boat", 3, 0.1), "no class 'Boat'"),
        ((1, None, 3, 1.5), "part must be"),
        ((1, None, 3, float("nan")), "part must be"),
        ((1, None, 3, 0.1, 0), "truncation must be"),
    ],
)
def test_wrong_requests_are_one_line(model, arguments, words):
    with pytest.raises(RequestError) as caught:
        variations(model, *arguments)
    assert words in message(caught.value)


def test_a_picture_without_its_class_has_no_variations():
    model = tiny_model(confidence=0.9999999)
    with pytest.raises(ClassSearchError):
        variations(model, 1, "Bag", 3, 0.1)
