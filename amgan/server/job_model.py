"""A model as bulk jobs need it: drawn by the server's engine, in the time that nobody else needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amgan.bulk.estimate import picture_bytes
from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf
from amgan.model import AMGAN
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import PictureSeed


class BackgroundModel:
    """A model of the shelf; see `amgan.bulk.job_attempt.JobModel`."""

    def __init__(self, model: AMGAN, engine: Engine, abreast: int = 1) -> None:
        config = model.config
        self._sampler = model.sampler
        self._engine = engine
        # Every picture is of one of them, also where nobody learnt which and none can be asked for.
        self.classes = model.classes
        self.knows_classes = config.knows_classes
        self.abreast = abreast
        self.picture_bytes = picture_bytes(config)

    def draw(
        self, seeds: Sequence[PictureSeed], labels: Sequence[int | None], truncation: float, confidence: float | None
    ) -> tuple[np.ndarray, list[Sample]]:
        """See `amgan.bulk.drawing.Draw`."""
        recipe = self._sampler.sample_recipe(seeds, labels, truncation, confidence)
        return self._engine.draw_in_background(recipe, self._sampler.renderer)


class BackgroundModels:
    """Opens models of a shelf for jobs."""

    def __init__(self, shelf: Shelf, engine: Engine, devices: int = 1) -> None:
        """Open nothing yet.

        Args:
            shelf: The models.
            engine: Draws their pictures.
            devices: On how many devices: so many chunks of a job are drawn at once, or it would keep only one busy.
        """
        self._shelf = shelf
        self._engine = engine
        self._devices = devices

    def __call__(self, name: str, revision: str) -> BackgroundModel:
        """The model of a name and revision.

        Raises:
            AmganError: it is not there or cannot be loaded.
        """
        return BackgroundModel(self._shelf.model(name, revision), self._engine, self._devices)
