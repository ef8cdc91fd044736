"""Both engines give what a plain loop gives."""

from __future__ import annotations

import asyncio
import concurrent.futures

import numpy as np
import pytest

from amgan.engine import DirectEngine
from amgan.errors import BusyError, ClassSearchError, RequestError
from amgan.interpolation import interpolation_recipe
from amgan.server.batched_engine import BatchedEngine
from amgan.server.batcher import Batcher
from tests.models import tiny_model


@pytest.fixture(scope="module", params=["dynamic", "predefined"])
def model(request):
    return tiny_model(index_seeds=0 if request.param == "predefined" else 6, labeling=request.param)


@pytest.fixture(params=["direct", "batched"])
def engine(request):
    if request.param == "direct":
        yield DirectEngine()
        return
    batcher = Batcher()
    yield BatchedEngine(batcher)
    batcher.close()


def test_many_callers_at_once_get_their_own(model, engine):
    sampler = model.sampler
    asked = [(range(s, s + 1 + s % 5), [[None, "Bag", 2][(s + i) % 3] for i in range(1 + s % 5)]) for s in range(30)]

    async def run():
        recipes = [
            sampler.sample_recipe(seeds, labels, truncation=0.9 if seeds[0] % 2 else 1) for seeds, labels in asked
        ]
        return await asyncio.gather(
            *(engine.draw(recipe, sampler.renderer, str(i % 4)) for i, recipe in enumerate(recipes))
        )

    for (seeds, labels), (pictures, samples) in zip(asked, asyncio.run(run())):
        expected, known = sampler.sample(seeds, labels, truncation=0.9 if seeds[0] % 2 else 1)
        assert np.array_equal(pictures, expected)
        assert samples == known


def test_a_morph_and_the_background(model, engine):
    sampler = model.sampler

    def recipe():
        return interpolation_recipe(sampler, [1, 2], ["Bag", None], 9)

    frames, ends = asyncio.run(engine.draw(recipe(), sampler.renderer))
    assert np.array_equal(frames, model.interpolate(1, 2, 9, labels=["Bag", None]))
    assert [end.seed for end in ends] == [1, 2]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for again, _ in pool.map(lambda _: engine.draw_in_background(recipe(), sampler.renderer), range(8)):
            assert np.array_equal(again, frames)


def test_errors_of_one_caller_are_his_own(model, engine):
    sampler = model.sampler

    async def run():
        return await asyncio.gather(
            *(
                engine.draw(sampler.sample_recipe([seed], [label]), sampler.renderer)
                for seed, label in [(1, "Hat"), (2**32, None), (3, "Bag")]
            ),
            return_exceptions=True,
        )

    unknown, beyond, good = asyncio.run(run())
    assert isinstance(unknown, RequestError)
    assert isinstance(beyond, RequestError)
    assert np.array_equal(good[0], model.sample("Bag", 3))


def test_a_class_that_is_not_found_is_said(engine):
    sampler = tiny_model().sampler
    with pytest.raises(ClassSearchError, match="Bag"):
        asyncio.run(engine.draw(sampler.sample_recipe([0], ["Bag"], confidence=0.999999), sampler.renderer))


def test_a_search_that_was_let_in_is_not_broken_off():
    sampler = tiny_model().sampler
    batcher = Batcher(capacity=70)
    engine = BatchedEngine(batcher)

    async def run():
        # Each search yields many rounds of 64 pictures, together far more than the queue holds.
        recipes = [sampler.sample_recipe([seed], [seed % 3], confidence=0.9) for seed in range(12)]
        draws = (engine.draw(recipe, sampler.renderer, str(i)) for i, recipe in enumerate(recipes))
        return await asyncio.gather(*draws, return_exceptions=True)

    answers = asyncio.run(run())
    batcher.close()
    kinds = {type(answer) for answer in answers}
    assert BusyError in kinds
    assert tuple in kinds
    assert kinds <= {BusyError, tuple, ClassSearchError}
    for seed, answer in enumerate(answers):
        if isinstance(answer, tuple):
            assert np.array_equal(answer[0], sampler.sample([seed], [seed % 3], confidence=0.9)[0])
