"""Loads the default model at the start and draws one picture, so that the first visitor waits for neither."""

from __future__ import annotations

import logging
import threading

from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf
from amgan.errors import AmganError

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 30.0
STOP_SECONDS = 5.0
"""So long it is waited for at the end; one that waits for the Hub may take longer, and does no harm."""


class WarmUp:
    """A thread that tries until the default model has answered once."""

    def __init__(self, shelf: Shelf, engine: Engine, answered: threading.Event) -> None:
        """Prepare it.

        Args:
            shelf: Holds the model.
            engine: Draws the picture.
            answered: Is set then.
        """
        self._shelf = shelf
        self._engine = engine
        self._answered = answered
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Do not try again, and let a try end: a thread that draws while the process ends makes it crash."""
        self._stop.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._draw_one()
                return
            except AmganError as error:
                logger.warning("no model answers yet: %s", error)
            except Exception:
                # Such as memory or a disk that is full now: it may pass, and the server is to be healthy then.
                logger.exception("no model answers yet")
            self._stop.wait(AGAIN_SECONDS)

    def _draw_one(self) -> None:
        entry = self._shelf.default
        if entry is None:
            return
        sampler = self._shelf.model(entry.name).sampler
        self._engine.draw_in_background(sampler.sample_recipe([0], [None]), sampler.renderer)
        self._answered.set()
