"""What a judge says of a review is made once for all who wait, and kept; an incomplete one for a while only."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from amgan.engine.shelf import Shelf
from amgan.errors import BusyError, RequestError
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.store import Review
from amgan.server.reviews.judge_cache import Judgements

SPEC = ReviewSpec("x", tuple(Item(Picture("gone", "a" * 8, seed, None, "Bag", 0.9)) for seed in range(3)))
REVIEW = Review("one", "key", 0.0, None, SPEC)


class Drawing:
    """Draws when it is told to go on."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.callers = []
        self.gate = asyncio.Event()

    async def __call__(self, pictures, caller):
        self.callers.append(caller)
        outcome = self.outcomes.pop(0)
        await self.gate.wait()
        if isinstance(outcome, BusyError):
            raise outcome
        return dict.fromkeys(pictures, outcome)


PICTURE = np.zeros((32, 32, 1), np.uint8)


def judging(tmp_path, story, *outcomes, seconds=60.0):
    async def tell():
        drawing = Drawing(*outcomes)
        await story(drawing, Judgements(Shelf(tmp_path / "none"), drawing, seconds))

    asyncio.run(tell())


def test_many_at_once_are_one(tmp_path):
    async def story(drawing, judgements):
        waiting = [asyncio.create_task(judgements.of(REVIEW, name)) for name in ("ann", "bob", "cat")]
        await asyncio.sleep(0)
        assert judgements.has("one")
        waiting[0].cancel()  # the first one gives up
        drawing.gate.set()
        assert await waiting[1] == await waiting[2] == {}
        assert await judgements.of(REVIEW, "dan") == {}
        assert drawing.callers == ["ann"]

    judging(tmp_path, story, PICTURE)


def test_an_incomplete_one_is_kept_for_a_while(tmp_path):
    async def story(drawing, judgements):
        drawing.gate.set()
        await judgements.of(REVIEW, "ann")
        await judgements.of(REVIEW, "bob")
        assert drawing.callers == ["ann"]

    judging(tmp_path, story, RequestError("gone"))


def test_but_not_for_ever(tmp_path):
    async def story(drawing, judgements):
        drawing.gate.set()
        await judgements.of(REVIEW, "ann")
        while judgements.has("one"):
            await asyncio.sleep(0.01)
        await judgements.of(REVIEW, "bob")
        assert drawing.callers == ["ann", "bob"]

    judging(tmp_path, story, RequestError("gone"), PICTURE, seconds=0.05)


def test_what_fails_is_tried_by_the_next_one(tmp_path):
    async def story(drawing, judgements):
        drawing.gate.set()
        with pytest.raises(BusyError):
            await judgements.of(REVIEW, "ann")
        await asyncio.sleep(0)
        assert not judgements.has("one")
        assert await judgements.of(REVIEW, "bob") == {}

    judging(tmp_path, story, BusyError("busy"), PICTURE)
