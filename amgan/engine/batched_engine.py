"""The engine of a server: recipes are followed by many coroutines, and their points drawn together by a batcher."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from amgan.engine.batcher import Batcher
from amgan.sampling.recipes import Points, Recipe, Rendered, follow
from amgan.sampling.rendering import Renderer

T = TypeVar("T")

AT_ONCE = 100
"""The steps of a recipe of more pictures are made in a thread: to make 1,024 latents holds everybody up for 70 ms."""


class BatchedEngine:
    """An `Engine` on a batcher."""

    def __init__(self, batcher: Batcher) -> None:
        self._batcher = batcher
        # Not those that all share, in which votes may be waiting for their database.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="steps")

    async def draw(self, recipe: Recipe[T], renderer: Renderer, pictures: int, caller: str = "") -> T:
        """See `Engine`."""
        kept, admitted = 0, False
        try:
            step = await self._advance(recipe, None, pictures)
            while not isinstance(step, _End):
                # A search draws its pictures in the end. Until then it keeps room for them, as none of its steps does.
                to_come = 0 if admitted or len(step) >= pictures else pictures
                if len(step) >= pictures:
                    self._batcher.release(kept)
                    kept = 0
                drawing = self._batcher.submit(renderer, step, caller, admitted, to_come)
                # Only at its beginning a request may be refused; to break it off later would waste what was drawn.
                admitted, kept = True, kept + to_come
                step = await self._advance(recipe, await drawing, pictures)
            return step.result
        finally:
            self._batcher.release(kept)
            # One that is at work in a thread, for a caller who has gone, cannot be closed and ends by itself.
            with contextlib.suppress(ValueError):
                recipe.close()

    async def _advance(self, recipe: Recipe[T], rendered: Rendered | None, pictures: int) -> Points | _End[T]:
        """The next points of a recipe, given the pictures of the last ones, or its end."""
        if pictures <= AT_ONCE:
            return _next(recipe, rendered)
        return await asyncio.get_running_loop().run_in_executor(self._threads, _next, recipe, rendered)

    def draw_in_background(self, recipe: Recipe[T], renderer: Renderer) -> T:
        """See `Engine`."""
        return follow(recipe, renderer, self._drawn_in_background)

    def _drawn_in_background(self, renderer: Renderer, points: Points) -> Rendered:
        return self._batcher.submit_in_background(renderer, points).result()


@dataclass(frozen=True)
class _End(Generic[T]):
    """What a recipe has made."""

    result: T


def _next(recipe: Recipe[T], rendered: Rendered | None) -> Points | _End[T]:
    try:
        return next(recipe) if rendered is None else recipe.send(rendered)
    except StopIteration as end:
        return _End(end.value)
