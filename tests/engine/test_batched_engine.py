"""Both engines give what a plain loop gives."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading

import numpy as np
import pytest

from amgan.engine.batched_engine import BatchedEngine
from amgan.engine.batcher import Batcher
from amgan.engine.engine import DirectEngine
from amgan.errors import BusyError, ClassSearchError, RequestError
from amgan.sampling.interpolation import interpolation_recipe
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
            *(engine.draw(recipe, sampler.renderer, 5, str(i % 4)) for i, recipe in enumerate(recipes))
        )

    for (seeds, labels), (pictures, samples) in zip(asked, asyncio.run(run())):
        expected, known = sampler.sample(seeds, labels, truncation=0.9 if seeds[0] % 2 else 1)
        assert np.array_equal(pictures, expected)
        assert samples == known


def test_a_morph_and_the_background(model, engine):
    sampler = model.sampler

    def recipe():
        return interpolation_recipe(sampler, [1, 2], ["Bag", None], 9)

    frames, ends = asyncio.run(engine.draw(recipe(), sampler.renderer, 9))
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
                engine.draw(sampler.sample_recipe([seed], [label]), sampler.renderer, 1)
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
        asyncio.run(engine.draw(sampler.sample_recipe([0], ["Bag"], confidence=0.999999), sampler.renderer, 1))


def test_a_search_that_was_let_in_is_not_broken_off():
    sampler = tiny_model().sampler
    batcher = Batcher(capacity=70)
    engine = BatchedEngine(batcher)

    async def run():
        # Each search yields many rounds of 64 pictures, together far more than the queue holds.
        recipes = [sampler.sample_recipe([seed], [seed % 3], confidence=0.9) for seed in range(12)]
        draws = (engine.draw(recipe, sampler.renderer, 1, str(i)) for i, recipe in enumerate(recipes))
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


def test_the_queue_is_bounded_by_what_requests_ask_for_not_by_their_first_step():
    """The first step of a search is a single walk; a thousand such calls were let in with all that followed."""
    sampler, batcher = tiny_model().sampler, Batcher(capacity=250)
    engine = BatchedEngine(batcher)

    async def run():
        recipes = [sampler.sample_recipe(range(90), [1] * 90, confidence=0.34) for _ in range(6)]
        draws = (engine.draw(recipe, sampler.renderer, 90, str(i)) for i, recipe in enumerate(recipes))
        return await asyncio.gather(*draws, return_exceptions=True)

    answers = asyncio.run(run())
    kinds = [type(answer) for answer in answers]
    assert kinds == [tuple] * 2 + [BusyError] * 4
    answers = asyncio.run(run())  # and the room is given back
    assert [type(answer) for answer in answers] == kinds
    batcher.close()


def test_the_steps_of_many_pictures_are_made_beside_the_event_loop(engine):
    if not isinstance(engine, BatchedEngine):
        pytest.skip("it runs in the caller's thread")
    sampler, threads = tiny_model().sampler, []

    def recipe(count):
        threads.append(threading.current_thread())
        return (yield from sampler.sample_recipe(range(count), [None] * count))

    async def run(count):
        return await engine.draw(recipe(count), sampler.renderer, count)

    assert len(asyncio.run(run(100))[0]) == 100
    assert threads.pop() is threading.main_thread()
    assert np.array_equal(asyncio.run(run(120))[0], sampler.sample(range(120), [None] * 120)[0])
    assert threads.pop() is not threading.main_thread()


def test_who_leaves_during_a_step_in_a_thread_leaves_nothing_behind():
    sampler, batcher = tiny_model().sampler, Batcher(capacity=150)
    engine, entered, leave = BatchedEngine(batcher), threading.Event(), threading.Event()

    def slow():
        entered.set()
        assert leave.wait(20)
        return (yield from sampler.sample_recipe(range(120), [None] * 120))

    async def run():
        gone = asyncio.create_task(engine.draw(slow(), sampler.renderer, 120))
        await asyncio.to_thread(entered.wait, 20)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        leave.set()
        return await engine.draw(sampler.sample_recipe([1], [None]), sampler.renderer, 1)

    assert len(asyncio.run(run())[0]) == 1
    batcher.close()
