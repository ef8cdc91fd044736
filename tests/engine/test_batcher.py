"""The batcher: each caller gets its own pictures, the same as alone; errors stay with whom they concern."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time

import pytest
import torch

from amgan.engine import batcher as module
from amgan.engine.batch_cost import BatchCost
from amgan.engine.batcher import Batcher
from amgan.errors import BusyError, RequestError
from amgan.sampling.recipes import Points, render_points
from tests.engine.batching import Gate, points, same
from tests.models import tiny_model


@pytest.mark.parametrize("devices", [None, [torch.device("cpu")], [torch.device("cpu")] * 2])
def test_everyone_gets_what_they_would_get_alone(renderer, devices):
    batcher = Batcher(devices)

    async def run():
        asked = [points(seed, 1 + seed * 7 % 90) for seed in range(40)]
        futures = [batcher.submit(renderer, p, f"caller {i % 5}", False) for i, p in enumerate(asked)]
        return asked, await asyncio.gather(*futures)

    try:
        asked, answers = asyncio.run(run())
    finally:
        batcher.close()
    assert all(same(answer, render_points(renderer, p)) for p, answer in zip(asked, answers))


def test_what_waits_is_drawn_together(renderer, batcher, monkeypatch):
    batcher.submit_in_background(renderer, points(0, 1)).result(20)  # measures the limit
    gate = Gate(renderer, monkeypatch)

    async def run():
        first = batcher.submit(renderer, points(0, 1), "a", False)
        await asyncio.to_thread(gate.entered.wait, 20)
        rest = [batcher.submit(renderer, points(seed, 1), "b", False) for seed in range(3)]
        assert batcher.waiting == 3
        gate.open()
        await asyncio.gather(first, *rest)

    monkeypatch.setattr(batcher, "_limit_of", lambda group: 8)
    asyncio.run(run())
    assert gate.sizes == [1, 3]


def test_different_models_are_not_mixed(renderer, batcher):
    other = tiny_model(seed=1).sampler.renderer

    async def run():
        pairs = [(r, points(seed, 3)) for seed in range(8) for r in (renderer, other)]
        answers = await asyncio.gather(*(batcher.submit(r, p, "", False) for r, p in pairs))
        return zip(pairs, answers)

    assert all(same(answer, render_points(r, p)) for (r, p), answer in asyncio.run(run()))


def test_who_has_gone_costs_nothing(renderer, batcher, monkeypatch):
    batcher.submit_in_background(renderer, points(0, 1)).result(20)
    gate = Gate(renderer, monkeypatch)

    async def run():
        first = batcher.submit(renderer, points(0, 1), "a", False)
        await asyncio.to_thread(gate.entered.wait, 20)
        gone = batcher.submit(renderer, points(1, 500), "b", False)
        stays = batcher.submit(renderer, points(2, 2), "c", False)
        gone.cancel()
        gate.open()
        await asyncio.gather(first, stays)

    asyncio.run(run())
    assert sum(gate.sizes) == 3


def test_an_error_reaches_only_the_one_at_fault(renderer, batcher, monkeypatch):
    batcher.submit_in_background(renderer, points(0, 1)).result(20)
    monkeypatch.setattr(batcher, "_limit_of", lambda group: 8)
    gate = Gate(renderer, monkeypatch)

    async def run():
        first = batcher.submit(renderer, points(0, 1), "a", False)
        await asyncio.to_thread(gate.entered.wait, 20)
        wrong = batcher.submit(renderer, Points(torch.zeros(2, 6)), "b", False)
        right = batcher.submit(renderer, points(3, 2), "c", False)
        gate.open()
        return await asyncio.gather(first, wrong, right, return_exceptions=True)

    _, wrong, right = asyncio.run(run())
    assert isinstance(wrong, RequestError | RuntimeError)
    assert same(right, render_points(renderer, points(3, 2)))


def test_the_background_gives_way(renderer, batcher, monkeypatch):
    batcher.submit_in_background(renderer, points(0, 1)).result(20)
    monkeypatch.setattr(batcher, "_limit_of", lambda group: 4)
    gate = Gate(renderer, monkeypatch)

    async def run():
        bulk = batcher.submit_in_background(renderer, points(0, 12))
        await asyncio.to_thread(gate.entered.wait, 20)
        soon = batcher.submit(renderer, points(1, 1), "", False)
        gate.open()
        await soon
        await asyncio.wrap_future(bulk)

    asyncio.run(run())
    assert gate.sizes == [4, 1, 4, 4]


def test_a_full_queue_refuses_and_says_when_to_come_again(renderer, monkeypatch):
    batcher = Batcher(capacity=10)
    batcher.submit_in_background(renderer, points(0, 50)).result(20)
    gate = Gate(renderer, monkeypatch)

    async def run():
        first = batcher.submit(renderer, points(0, 1), "a", False)
        await asyncio.to_thread(gate.entered.wait, 20)
        second = batcher.submit(renderer, points(1, 9), "b", False)
        with pytest.raises(BusyError) as refused:
            batcher.submit(renderer, points(2, 2), "c", False)
        assert refused.value.retry_after is not None
        assert refused.value.retry_after >= 1
        more = batcher.submit(renderer, points(2, 2), "c", True)
        gate.open()
        await asyncio.gather(first, second, more)

    try:
        asyncio.run(run())
    finally:
        batcher.close()


def refuses(batcher, renderer):
    try:
        batcher.submit_in_background(renderer, points(1, 1))
    except BusyError as error:
        return "stopping" in str(error)


def test_closing_tells_those_who_wait(renderer, monkeypatch):
    batcher = Batcher()
    gate = Gate(renderer, monkeypatch)
    first = batcher.submit_in_background(renderer, points(0, 1))
    assert gate.entered.wait(20)
    second = batcher.submit_in_background(renderer, points(1, 1))
    closing = threading.Thread(target=batcher.close)
    closing.start()
    while not refuses(batcher, renderer):
        time.sleep(0.001)
    gate.open()
    closing.join()
    assert len(first.result(20).pictures) == 1
    with pytest.raises(BusyError, match="stopping"):
        second.result(20)


def test_no_points_are_no_work(renderer, batcher):
    empty = batcher.submit_in_background(renderer, points(0, 0)).result(20)
    assert empty.pictures.shape == (0, 32, 32, 1)
    assert empty.class_probabilities.shape == (0, 3)


def test_the_observer_hears_of_every_picture(renderer):
    class Notes:
        def __init__(self):
            self.pictures, self.failed = 0, 0

        def batch_done(self, pictures, seconds, waits):
            assert seconds > 0
            assert all(wait >= 0 for wait in waits)
            self.pictures += pictures

        def batch_failed(self):
            self.failed += 1

    notes = Notes()
    batcher = Batcher(observer=notes)
    futures = [batcher.submit_in_background(renderer, points(seed, 5)) for seed in range(6)]
    broken = batcher.submit_in_background(renderer, Points(torch.zeros(2, 6)))
    concurrent.futures.wait([*futures, broken], 20)
    batcher.close()
    assert notes.pictures == 30
    assert notes.failed == 1


def test_an_observer_that_fails_does_not_stop_the_device(renderer):
    class Broken:
        def batch_done(self, pictures, seconds, waits):
            raise ZeroDivisionError

        def batch_failed(self):
            raise ZeroDivisionError

    batcher = Batcher(observer=Broken())
    for seed in range(3):
        batcher.submit_in_background(renderer, Points(torch.zeros(2, 6)))
        assert len(batcher.submit_in_background(renderer, points(seed, 2)).result(20).pictures) == 2
    batcher.close()


def test_a_limit_is_measured_once_for_models_of_one_architecture(monkeypatch):
    """Models that come and go must not stop the device for everyone each time."""
    measured = []
    cost = BatchCost({1: 1.0, 4: 1.0})
    monkeypatch.setattr(module, "measured_cost", lambda renderer: measured.append(renderer.config) or cost)
    batcher = Batcher()

    def draw(**settings):
        renderer = tiny_model(**settings).sampler.renderer
        assert len(batcher.submit_in_background(renderer, points(0, 2)).result(20).pictures) == 2
        return renderer

    for seed in range(3):
        draw(seed=seed)  # leaves memory at once
    last = draw(confidence=0.6, class_names=("a", "b", "c"))
    assert batcher._limit_of((last, "fp32", True)) == 4
    assert len(measured) == 1
    for settings in ({"precision": "bf16"}, {"channels": 3}, {"class_names": ("a", "b")}, {"generator_width": 4}):
        draw(**settings)
    assert len(measured) == 5
    batcher.close()
