"""From what the form of a review says to the review: its pictures drawn by the engine, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import anyio
import anyio.to_thread
import numpy as np

from amgan.bulk.job import Job
from amgan.engine.engine import Engine
from amgan.errors import ClassSearchError, RequestError
from amgan.model import AMGAN
from amgan.reviews.making import Source, class_items, job_items, pair_items, picture_of
from amgan.reviews.review_spec import DEFAULT_QUESTION, MAX_TITLE, Item, ReviewSpec
from amgan.reviews.usual_questions import usual_question
from amgan.sampling.sampler import Sample, Sampler
from amgan.sampling.variation_name import PictureSeed
from amgan.ui.class_choice import class_choices
from amgan.ui.handlers import Context, address, caller
from amgan.ui.jobs import title_of
from amgan.ui.kept import draw_kept
from amgan.ui.state import KeptState, ReviewState
from amgan.ui.words import Words

THREADS = 4
"""So many reviews are made at once; drawing has threads of its own."""

T = TypeVar("T")


class ReviewMaker:
    """Makes reviews; one for a page, so that its threads are counted."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rate = context.review_rate
        self._limiter: anyio.CapacityLimiter | None = None

    async def of_classes(self, name: str, model: AMGAN, state: ReviewState) -> ReviewSpec:
        """A review of one model's pictures, or of pairs of two models' pictures.

        Raises:
            RequestError: what a model cannot give, or a class that it does not find.
            ReleaseError: the model to compare with cannot be had.
            BusyError: from this address too many were made lately.
        """
        words = self._context.words
        labels: Sequence[str | None] = state.labels or [None]
        first = self._source(name, model)
        what = (labels, state.count, state.seed, state.truncation, state.confidence)
        if state.against is None:
            items = await self._made(lambda: class_items(first, *what), words)
        else:
            other = await self._context.model(state.against, state.against_revision)
            second = self._source(state.against, other)
            items = await self._made(lambda: pair_items(first, second, *what), words)
        # Never the model's name: reviewers read the title.
        return _spec(state, items, self._classes_text(model, state) or words.review_of_any, words)

    async def of_job(self, job: Job, state: ReviewState) -> ReviewSpec:
        """A review of a bulk job's pictures, as many as the state says of all of them.

        Raises:
            RequestError: the model is not here any more in that revision.
            BusyError: from this address too many were made lately.
        """
        words = self._context.words
        model = await self._context.model(job.spec.model, job.spec.revision)
        source = self._source(job.spec.model, model)
        items = await self._made(lambda: job_items(source, job.spec, state.count), words)
        return _spec(state, items, title_of(job, words, self._context.shelf), words)

    async def of_kept(self, kept: KeptState, state: ReviewState) -> ReviewSpec:
        """A review of pictures that a visitor has kept, the first ones, as many as the state says.

        Raises:
            RequestError: none of them can be drawn here.
            BusyError: from this address too many were made lately.
        """
        words = self._context.words
        drawn, problems = await draw_kept(self._context, kept, caller())
        if not drawn:
            raise RequestError(" ".join(problems) or words.none_kept)
        pictures = [picture_of(one.model, one.revision, one.config.class_names, one.sample) for one in drawn]
        self._rate.take(address())
        return _spec(state, tuple(map(Item, pictures[: state.count])), words.review_of_any, words)

    def _classes_text(self, model: AMGAN, state: ReviewState) -> str:
        words = self._context.words
        return words.comma.join(text for text, label in class_choices(model, words) if label in state.labels)

    def _source(self, name: str, model: AMGAN) -> Source:
        sampler = model.sampler
        draw = _Draw(self._context.engine, sampler, asyncio.get_running_loop(), caller())
        return Source(name, model.revision, sampler, draw)

    async def _made(self, make: Callable[[], T], words: Words) -> T:
        if self._limiter is None:  # belongs to the event loop that runs
            self._limiter = anyio.CapacityLimiter(THREADS)
        try:
            items = await anyio.to_thread.run_sync(make, limiter=self._limiter)
        except ClassSearchError as error:
            raise RequestError(words.review_class_not_found.format(label=error.label)) from error
        self._rate.take(address())  # only now: what could not be made takes nobody's share
        return items


class _Draw:
    """An engine as `amgan.bulk.drawing.Draw`, for a thread: who waits has the same share as anyone who waits."""

    def __init__(self, engine: Engine, sampler: Sampler, loop: asyncio.AbstractEventLoop, caller: str) -> None:
        self._engine = engine
        self._sampler = sampler
        self._loop = loop
        self._caller = caller

    def __call__(
        self, seeds: Sequence[PictureSeed], labels: Sequence[int | None], truncation: float, confidence: float | None
    ) -> tuple[np.ndarray, list[Sample]]:
        recipe = self._sampler.sample_recipe(seeds, labels, truncation, confidence)
        drawing = self._engine.draw(recipe, self._sampler.renderer, len(seeds), self._caller)
        return asyncio.run_coroutine_threadsafe(drawing, self._loop).result()


def _spec(state: ReviewState, items: tuple[Item, ...], title: str, words: Words) -> ReviewSpec:
    target = None if state.target is None else state.target / 100
    is_usual = state.question == DEFAULT_QUESTION
    question = usual_question(words.lang, items[0].b is not None) if is_usual else state.question
    return ReviewSpec(state.title or title[:MAX_TITLE], items, question, state.scale, target)
