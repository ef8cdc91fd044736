"""From a request to pictures: what all that is drawn for somebody who waits has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from starlette.requests import Request

from amgan.errors import BusyError, ClassSearchError, RequestError
from amgan.sampling.class_names import Label
from amgan.sampling.recipes import Recipe
from amgan.sampling.sampler import Sample, Sampler
from amgan.server.middleware import caller_of
from amgan.server.model_room import OpenModel
from amgan.server.presence import while_present
from amgan.server.problems import FieldError
from amgan.server.service import Service

T = TypeVar("T")

Pictures = tuple[np.ndarray, list[Sample]]


async def draw(
    service: Service, request: Request, opened: OpenModel, recipe: Recipe[T], count: int, labels: tuple[str, str]
) -> T:
    """Follow a recipe, for as long as its caller is there.

    Args:
        service: The server's parts.
        request: Who asks.
        opened: The recipe's model.
        recipe: What is drawn.
        count: How many pictures that is.
        labels: The field that is at fault if a class cannot be found.

    Raises:
        AmganError: what the recipe raises; too much is waiting or asked for.
        ClientGoneError: the caller has gone.
    """
    caller = caller_of(request)
    await service.allowance.take_soon(caller, count)
    try:
        drawn = await while_present(request, service.engine.draw(recipe, opened.sampler.renderer, count, caller))
    except ClassSearchError as error:
        raise FieldError(labels, str(error)) from error
    except BusyError:
        # Who is told to come again shall not find that this has cost what he may ask for.
        await service.allowance.give_back_soon(caller, count)
        raise
    if not service.metrics.answered.is_set():
        service.metrics.answered.set()
    return drawn


async def encoded(service: Service, request: Request, encode: Callable[[], bytes], at_once: bool = False) -> bytes:
    """A file of pictures, for as long as its caller is there: what still waits for a thread then is not made.

    Args:
        service: The server's parts.
        request: Who asks.
        encode: Makes the file.
        at_once: See `Encoders.run`.

    Raises:
        ClientGoneError: the caller has gone.
    """
    return await while_present(request, service.encoders.run(encode, at_once))


def numbers_of(sampler: Sampler, labels: Sequence[Label | None], field: tuple[str, str]) -> list[int | None]:
    """The numbers of classes.

    Raises:
        FieldError: the model has no such class.
    """
    try:
        if not sampler.config.knows_classes and any(label is not None for label in labels):
            raise RequestError("this model knows no classes; ask for any class")
        return [sampler.label_number(label) for label in labels]
    except RequestError as error:
        raise FieldError(field, str(error)) from error
