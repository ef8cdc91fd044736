"""The pictures of reviews as files: drawn by name for whoever looks at them, the last ones kept for the others."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request

from amgan.engine.hub_entry import HubEntry
from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import (
    AmganError,
    BusyError,
    PictureAwayError,
    PictureGoneError,
    ReleaseError,
    RevisionAwayError,
)
from amgan.reviews.review_spec import Picture
from amgan.sampling.media import encode_png
from amgan.server.drawing import draw, encoded
from amgan.server.encoding import is_small
from amgan.server.service import Service

MOST_KEPT = 256
"""So many files are kept, each of some kilobytes: several reviewers look at the same pictures at the same time."""


class ReviewPictures:
    """Draws the pictures of reviews."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._files = SingleFlightLRU[bytes](MOST_KEPT)

    async def png(self, picture: Picture, request: Request) -> bytes:
        """A picture as a PNG file in its own size.

        Raises:
            BusyError: too much is waiting, or its caller has asked for too much.
            PictureAwayError: its model cannot be had from the Hub now.
            PictureGoneError: its model is gone or broken, or has no such class any more.
            ClientGoneError: the caller has gone.
        """
        kept = self._files.kept(picture)
        if kept is not None:
            return kept
        try:
            opened = await self._service.models.open(picture.model, picture.revision)
            recipe = opened.sampler.sample_recipe(
                [picture.name], [picture.asked], picture.truncation, picture.confidence
            )
            pictures, _ = await draw(self._service, request, opened, recipe, 1, ("path", "item"))
        except BusyError:
            raise
        except AmganError as error:
            # The reason may name the model, which reviewers of pairs must not know.
            if self._may_pass(picture, error):
                raise PictureAwayError("this picture cannot be drawn now; try again later") from error
            raise PictureGoneError("this picture cannot be drawn any more; skip it") from error
        # Without its name, which would tell reviewers of pairs the model, and without the mark of every other file.
        content = await encoded(self._service, request, partial(encode_png, pictures[0]), is_small(pictures))
        return self._files.get(picture, lambda: content)

    def _may_pass(self, picture: Picture, error: AmganError) -> bool:
        if isinstance(error, ReleaseError):
            # A broken folder stays broken; a model of the Hub is fetched again when it is asked for again.
            return isinstance(self._service.models.shelf.entry(picture.model), HubEntry)
        return isinstance(error.__cause__, RevisionAwayError)  # the room says of any revision that there is none
