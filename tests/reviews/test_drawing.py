"""A review's pictures again: the same bytes as by name, few calls, and what is gone is told for itself."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from amgan.engine.engine import DirectEngine
from amgan.engine.shelf import Shelf
from amgan.errors import AmganError, BusyError
from amgan.reviews.drawing import DRAWN_TOGETHER, draw_pictures, group_recipe, groups
from amgan.sampling.recipes import render_points
from tests.models import message, saved, tiny_model
from tests.reviews.random_reviews import picture


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    saved(folder / "shoes")
    saved(folder / "bags", seed=1, labeling="predefined")
    return Shelf(folder)


def of(shelf, name, seed=0, **changes):
    return picture(seed, model=name, revision=shelf.model(name).revision, **changes)


def drawn(shelf, pictures, engine=None):
    return asyncio.run(draw_pictures(pictures, shelf, engine or DirectEngine()))


def test_each_is_the_picture_of_its_name_in_the_order_asked(shelf):
    wanted = [
        of(shelf, "shoes", 3), of(shelf, "bags", 3), of(shelf, "shoes", 4, asked=None), of(shelf, "shoes", 3),
        of(shelf, "shoes", 3, truncation=0.5), of(shelf, "shoes", 3, confidence=0.8), of(shelf, "bags", 9, asked=None),
    ]  # fmt: skip
    for one, image in zip(wanted, drawn(shelf, wanted)):
        model = shelf.model(one.model)
        labels = None if one.asked is None else [one.asked]
        expected = model.sample(labels, [one.seed], truncation=one.truncation, confidence=one.confidence)[0]
        assert image.dtype == np.uint8
        assert np.array_equal(image, expected)
    assert drawn(shelf, []) == []


def test_pictures_of_a_model_are_drawn_together_and_each_once(shelf):
    wanted = [of(shelf, "shoes", seed % 40, asked=None) for seed in range(80)]
    (group,) = groups(wanted)
    assert len(group) == 40
    assert len(groups([*wanted, of(shelf, "bags"), of(shelf, "shoes", truncation=0.5)])) == 3
    sampler, asked = shelf.model("shoes").sampler, []

    def counted(recipe):
        points = next(recipe)
        while True:
            asked.append(len(points))
            points = recipe.send(render_points(sampler.renderer, points))

    with pytest.raises(StopIteration):
        counted(group_recipe(sampler, group))
    assert asked == [40]
    asked.clear()
    with pytest.raises(StopIteration):
        counted(group_recipe(sampler, [picture(seed, asked=None) for seed in range(DRAWN_TOGETHER + 1)]))
    assert asked == [DRAWN_TOGETHER, 1]


def test_what_is_gone_is_a_sentence_and_the_others_are_drawn(shelf):
    wanted = [
        of(shelf, "shoes", 3),
        picture(model="hats"),
        of(shelf, "shoes", 4, asked="Hat"),
        of(shelf, "shoes", 5),
        picture(model="bags", revision="0" * 64),
        of(shelf, "shoes", 6, confidence=0.9999999),
    ]
    result = drawn(shelf, wanted)
    assert [isinstance(one, np.ndarray) for one in result] == [True, False, False, True, False, False]
    assert np.array_equal(result[3], shelf.model("shoes").sample(["Bag"], [5])[0])
    for one, part in ((1, "hats"), (2, "Hat"), (4, "revision"), (5, "confidence")):
        assert isinstance(result[one], AmganError)
        assert part in message(result[one])


def test_a_class_that_is_not_found_leaves_out_its_own_picture_only():
    model = tiny_model()
    never = tiny_model()
    never.discriminator.logits.bias.data[1] = -1e4  # D never says Bag
    wanted = [picture(seed, asked=asked) for seed, asked in enumerate(["Sneaker", "Bag", None, "Sneaker"])]
    result = DirectEngine().draw_in_background(group_recipe(never.sampler, wanted), never.sampler.renderer)
    assert [isinstance(one, np.ndarray) for one in result] == [True, False, True, True]
    assert "Bag" in message(result[1])
    assert np.array_equal(result[2], model.sample(None, [2])[0])


def test_the_engine_is_told_how_many_it_draws_so_that_many_do_not_hold_up_its_loop(shelf):
    told = []

    class Counting(DirectEngine):
        async def draw(self, recipe, renderer, pictures, caller=""):
            told.append(pictures)
            return await super().draw(recipe, renderer, pictures, caller)

    drawn(shelf, [of(shelf, "bags", seed, asked=None) for seed in range(DRAWN_TOGETHER + 2)], Counting())
    drawn(shelf, [of(shelf, "bags", seed, asked=None) for seed in range(3)], Counting())
    assert told == [DRAWN_TOGETHER, 3]


def test_a_full_engine_is_told_at_once(shelf):
    class Full(DirectEngine):
        async def draw(self, recipe, renderer, pictures, caller=""):
            raise BusyError("too many pictures are waiting")

    with pytest.raises(BusyError):
        drawn(shelf, [of(shelf, "shoes")], Full())
