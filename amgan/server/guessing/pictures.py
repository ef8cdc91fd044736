"""The pictures of a round as files that tell nothing of what they show: one length, no mark, made together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from starlette.requests import Request

from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import RequestError
from amgan.release.real_pictures import RealPictures
from amgan.reviews.guessing.round import GUESSES, Round, Rounds, Shown
from amgan.sampling.media import encode_even_png
from amgan.server.drawing import draw
from amgan.server.model_room import OpenModel
from amgan.server.service import Service

MOST_KEPT = 128
"""So many rounds are kept, of up to half a MB each, most of a tenth of that."""


@dataclass(frozen=True)
class Played:
    """What a round shows, in its order.

    Attributes:
        shown: The pictures.
        files: PNG file of each.
        labels: Number of each one's class; None where the model knows none.
    """

    shown: list[Shown]
    files: list[bytes]
    labels: list[int | None]


class RoundPictures:
    """Draws and keeps the pictures of rounds."""

    def __init__(self, service: Service, rounds: Rounds) -> None:
        self._service = service
        self._rounds = rounds
        self._kept = SingleFlightLRU[Played](MOST_KEPT)

    async def opened(self, name: str | None, revision: str | None = None) -> tuple[OpenModel, RealPictures]:
        """A model and the real pictures beside it.

        Raises:
            AmganError: there is no such model, or no real pictures are beside it.
        """
        opened = await self._service.models.open(name, revision)
        if opened.model.real_pictures is None:
            raise RequestError("no real pictures lie beside this model; choose another")
        return opened, opened.model.real_pictures

    async def all_of(self, begun: Round, request: Request) -> Played:
        """The pictures of a round.

        All at once, and as many made-up ones as there are pictures: how long one takes tells nothing of it.

        Raises:
            AmganError: the model is gone, or too much is asked for.
            ClientGoneError: the caller has gone.
        """
        if (kept := self._kept.kept(begun.id)) is not None:
            return kept
        opened, real = await self.opened(begun.model, begun.revision)
        shown = self._rounds.shown(begun, len(real))
        seeds = [one.number for one in shown]
        recipe = opened.sampler.sample_recipe(seeds, [None] * GUESSES)
        drawn, samples = await draw(self._service, request, opened, recipe, GUESSES, ("path", "round"))
        pictures = np.stack(
            [real.pictures[one.number].numpy() if one.is_real else own for one, own in zip(shown, drawn, strict=True)]
        )
        labels = [
            int(real.labels[one.number]) if one.is_real else sample.label
            for one, sample in zip(shown, samples, strict=True)
        ]
        config = opened.model.config
        numbers = [label if config.knows_classes else None for label in labels]
        files = await asyncio.to_thread(lambda: [encode_even_png(picture) for picture in pictures])
        return self._kept.get(begun.id, lambda: Played(shown, files, numbers))
