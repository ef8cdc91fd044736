"""The bounds of the numbers that name pictures and say how many, each once, as types that pydantic checks.

The server's schemas and the page's state are models of these types; everything else asks a `Check`, whose messages say
in plain words what is allowed.
"""

from __future__ import annotations

import operator
from dataclasses import astuple
from typing import Annotated, Any, Generic, TypeVar, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AllowInfNan, TypeAdapter, ValidationError

from amgan.errors import AmganError, RequestError

T = TypeVar("T")

MAX_SEED = 2**32 - 1
"""Largest seed: torch's CPU generator keeps 32 bits of a seed, so larger ones would repeat smaller ones."""
MAX_TRUNCATION = 2.0
MAX_FRAMES = 1000
MAX_JOB_PICTURES = 100_000_000
MAX_ITEMS = 2000
"""Most pictures, or pairs, of one review; two minutes are enough for about 60."""

Seed = Annotated[int, Ge(0), Le(MAX_SEED)]
Truncation = Annotated[float, Gt(0), Le(MAX_TRUNCATION), AllowInfNan(False)]
Confidence = Annotated[float, Ge(0), Lt(1), AllowInfNan(False)]
Share = Annotated[float, Ge(0), Le(1), AllowInfNan(False)]
Frames = Annotated[int, Ge(2), Le(MAX_FRAMES)]
JobPictures = Annotated[int, Ge(1), Le(MAX_JOB_PICTURES)]
Items = Annotated[int, Ge(1), Le(MAX_ITEMS)]


class Check(Generic[T]):
    """Asks of a value from Python or the command line that it is of a type.

    Attributes:
        words: What is allowed, such as "a whole number from 0 to 9".
    """

    def __init__(self, kind: Any, name: str = "") -> None:
        """Build the check.

        Args:
            kind: A type such as those of this module.
            name: What the value is called in messages.
        """
        self.words = allowed(kind)
        self._name = name
        self._is_whole = get_args(kind)[0] is int
        self._validate = TypeAdapter(kind).validator.validate_python

    def __call__(self, value: object, name: str = "", error: type[AmganError] = RequestError) -> T:
        """The value as a plain int or float.

        Args:
            value: The value.
            name: What it is called in messages, if not as ever.
            error: What to raise.

        Raises:
            AmganError: `error`; the value is no such number.
        """
        plain = whole_number(value) if self._is_whole else value
        try:
            number: T = self._validate(plain, strict=True)
        except ValidationError as problem:
            raise error(f"{name or self._name} must be {self.words}, not {shown_value(value)}") from problem
        return number


def allowed(kind: Any) -> str:
    """What a type of this module allows, in words."""
    base, *rules = get_args(kind)
    limits = {type(rule): astuple(rule)[0] for rule in rules}
    if base is int:
        return f"a whole number from {limits[Ge]} to {limits[Le]}"
    low = f"above {limits[Gt]:g}, at most" if Gt in limits else f"from {limits[Ge]:g} to"
    return f"a number {low} {limits[Le]:g}" if Le in limits else f"a number {low} below {limits[Lt]:g}"


def whole_number(value: object) -> int | None:
    """The value as an int if it is a whole number of any library, but no bool; else None."""
    try:
        return None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def shown_value(value: object) -> str:
    """A value as a message may quote it: bounded, also where a number has more digits than Python writes."""
    number = whole_number(value)
    return "a number of many digits" if number is not None and abs(number) >= 10**30 else f"{value!r:.40}"


def check_whole(value: object, name: str, low: int, high: int) -> int:
    """The value as an int, where its bounds depend on something.

    Raises:
        RequestError: it is no whole number from `low` to `high`.
    """
    number = whole_number(value)
    if number is None or not low <= number <= high:
        raise RequestError(f"{name} must be a whole number from {low} to {high}, not {shown_value(value)}")
    return number


check_seed = Check[int](Seed, "a seed")
check_truncation = Check[float](Truncation, "truncation")
check_confidence = Check[float](Confidence, "confidence")
check_share = Check[float](Share)
check_job_pictures = Check[int](JobPictures)


def check_seeds(first: object, count: int) -> range:
    """The seeds of `count` pictures from a first one on.

    Raises:
        RequestError: the first is no seed, or the last one would be none.
    """
    seed = check_seed(first)
    if seed + count - 1 > MAX_SEED:
        raise RequestError(f"{count} pictures from seed {seed} on would pass the largest seed, {MAX_SEED}")
    return range(seed, seed + count)
