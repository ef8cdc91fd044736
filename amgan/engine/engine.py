"""Who follows a recipe: the interface, and the engine that does it in the caller's own thread."""

from __future__ import annotations

import threading
from typing import Protocol, TypeVar

from amgan.sampling.recipes import Recipe, follow
from amgan.sampling.rendering import Renderer

T = TypeVar("T")


class Engine(Protocol):
    """Turns recipes into what they make; callers need not know on which device or in whose company."""

    async def draw(self, recipe: Recipe[T], renderer: Renderer, pictures: int, caller: str = "") -> T:
        """Follow a recipe for someone who waits.

        Args:
            recipe: What is to be drawn.
            renderer: The nets of its model.
            pictures: How many it draws at once, as far as that is known: so much room it must find.
            caller: Who asks; all callers get equal shares.

        Raises:
            AmganError: whatever the recipe raises.
            BusyError: so much is waiting that the engine takes no more.
        """
        ...

    def draw_in_background(self, recipe: Recipe[T], renderer: Renderer) -> T:
        """Follow a recipe from a thread of its own, in the time that nobody else needs."""
        ...


class DirectEngine:
    """Runs the nets in the caller's thread, one recipe at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    async def draw(self, recipe: Recipe[T], renderer: Renderer, pictures: int, caller: str = "") -> T:
        """See `Engine`. Nothing else of the event loop runs meanwhile, so the caller should have one of its own."""
        return self.draw_in_background(recipe, renderer)

    def draw_in_background(self, recipe: Recipe[T], renderer: Renderer) -> T:
        """See `Engine`."""
        with self._lock:
            return follow(recipe, renderer)
