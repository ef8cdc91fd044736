"""The bounds of the numbers that name pictures and say how many, each once, as types that pydantic checks.

The server's schemas and the page's state are models of these types; everything else asks a `Check`, whose messages say
in plain words what is allowed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import astuple, fields
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AllowInfNan, TypeAdapter, ValidationError

from amgan.errors import AmganError, ConfigError, RequestError

T = TypeVar("T")

MAX_SEED = 2**32 - 1
"""Largest seed: torch's CPU generator keeps 32 bits of a seed, so larger ones would repeat smaller ones."""
MAX_TRAINING_SEED = 2**31 - 1
"""Each process of a training adds its number to the seed, and NumPy's random numbers take 32 bits."""
MAX_TRUNCATION = 2.0
FRAMES, MAX_FRAMES = 32, 1000
"""Of a morph, if its number of frames is not said, and at most."""
MILLISECONDS, MAX_MILLISECONDS = 80, 60_000
"""For which each of its frames is shown, likewise."""
MAX_STEPS = 32
"""Of a variation from its seed's picture; a name of so many has some 400 characters."""
MAX_JOB_PICTURES = 100_000_000
MAX_ITEMS = 2000
"""Most pictures, or pairs, of one review; two minutes are enough for about 60."""

Seed = Annotated[int, Ge(0), Le(MAX_SEED)]
TrainingSeed = Annotated[int, Ge(0), Le(MAX_TRAINING_SEED)]
Truncation = Annotated[float, Gt(0), Le(MAX_TRUNCATION), AllowInfNan(False)]
StepPercent = Annotated[int, Ge(1), Le(100)]
StepNumber = Annotated[int, Ge(1), Le(MAX_SEED)]
Share = Annotated[float, Ge(0), Le(1), AllowInfNan(False)]
Frames = Annotated[int, Ge(2), Le(MAX_FRAMES)]
JobPictures = Annotated[int, Ge(1), Le(MAX_JOB_PICTURES)]
Items = Annotated[int, Ge(1), Le(MAX_ITEMS)]
Count = Annotated[int, Ge(0)]
AtLeastOne = Annotated[int, Ge(1)]
Positive = Annotated[float, Gt(0), AllowInfNan(False)]
NotNegative = Annotated[float, Ge(0), AllowInfNan(False)]
BelowOne = Annotated[float, Ge(0), Lt(1), AllowInfNan(False)]
Confidence = BelowOne


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


def first_problem(error: ValidationError, *within: str) -> str:
    """What pydantic found first, in a line: where, and what is allowed there; not what was given, which may be long.

    Args:
        error: What it found.
        within: The fields in which it looked, from outside.
    """
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, (*within, *first["loc"])))[:200]
    return f"{place}: {first['msg'][:200]}" if place else str(first["msg"])[:200]


def allowed(kind: Any) -> str:
    """What a type of this module allows, in words."""
    base, *rules = get_args(kind)
    limits = {type(rule): astuple(rule)[0] for rule in rules}
    if base is int and Le not in limits:
        return f"at least {limits[Ge]}"
    words = "a whole number" if base is int else "a number"
    words += f" above {limits[Gt]}" if Gt in limits else f" from {limits[Ge]}"
    if Lt in limits:
        return f"{words} to below {limits[Lt]}"
    if Le in limits:
        words += f", at most {limits[Le]:g}" if Gt in limits else f" to {limits[Le]}"
    return words


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


def check_whole(value: object, name: str, low: int, high: int, error: type[AmganError] = RequestError) -> int:
    """The value as an int, where its bounds depend on something.

    Raises:
        AmganError: `error`; it is no whole number from `low` to `high`.
    """
    number = whole_number(value)
    if number is None or not low <= number <= high:
        raise error(f"{name} must be a whole number from {low} to {high}, not {shown_value(value)}")
    return number


def check_fields(options: Any, name_of: Callable[[str], str] = str) -> None:
    """Ask of each number among the fields of a dataclass what its type says; None is let through where it may stand.

    Of a tuple of numbers, each is asked.

    Args:
        options: The dataclass.
        name_of: What a field is called in messages.

    Raises:
        ConfigError: naming the field and what it must be.
    """
    kinds = get_type_hints(type(options), include_extras=True)
    for field in fields(options):
        value, hint = getattr(options, field.name), kinds[field.name]
        for kind in (hint,) if get_origin(hint) is Annotated or value is None else get_args(hint):
            if get_origin(kind) is Annotated and get_args(kind)[0] in (int, float):
                for number in value if isinstance(value, tuple) else (value,):
                    Check[Any](kind)(number, name_of(field.name), ConfigError)


check_seed = Check[int](Seed, "a seed")
check_truncation = Check[float](Truncation, "truncation")
check_confidence = Check[float](Confidence, "confidence")
check_step_percent = Check[int](StepPercent, "how far a variation is, in per cent,")
check_step_number = Check[int](StepNumber, "the number of a variation")
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
