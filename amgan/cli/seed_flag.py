"""A flag that takes a seed or the name of a variation, and says at once where it is neither."""

from __future__ import annotations

from typing import Annotated

from tyro.constructors import PrimitiveConstructorSpec

from amgan.errors import RequestError
from amgan.sampling.variation_name import PictureSeed, check_picture_seed


def _read(words: list[str]) -> PictureSeed:
    word = words[0]
    try:
        # What is no seed by its size is for the command to say, as of every other number.
        return check_picture_seed(word) if "~" in word else int(word)
    except RequestError as error:
        raise ValueError(str(error)) from error


SeedFlag = Annotated[
    PictureSeed,
    PrimitiveConstructorSpec(
        nargs=1,
        metavar="SEED",
        instance_from_str=_read,
        is_instance=lambda value: isinstance(value, (int, str)),
        str_from_instance=lambda value: [str(value)],
    ),
]
