"""The engine of a server: recipes are followed by many coroutines, and their points drawn together by a batcher."""

from __future__ import annotations

from typing import TypeVar

from amgan.recipes import Recipe
from amgan.rendering import Renderer
from amgan.server.batcher import Batcher

T = TypeVar("T")


class BatchedEngine:
    """An `Engine` on a batcher."""

    def __init__(self, batcher: Batcher) -> None:
        self._batcher = batcher

    async def draw(self, recipe: Recipe[T], renderer: Renderer, caller: str = "") -> T:
        """See `Engine`."""
        try:
            points = next(recipe)
            admitted = False
            while True:
                rendered = await self._batcher.submit(renderer, points, caller, admitted)
                # Only at its beginning a request may be refused; to break it off later would waste what was drawn.
                admitted = True
                points = recipe.send(rendered)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            recipe.close()

    def draw_in_background(self, recipe: Recipe[T], renderer: Renderer) -> T:
        """See `Engine`."""
        try:
            points = next(recipe)
            while True:
                points = recipe.send(self._batcher.submit_in_background(renderer, points).result())
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            recipe.close()
