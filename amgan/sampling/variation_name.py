"""Names of pictures beside plain seeds: a variation is a seed and the steps that lead away from its picture.

``7~12-3~25-1`` begins at seed 7's picture of whatever class is asked. It goes 12 % of the arc towards the picture's
third neighbour, and from there 25 % of the arc towards that variation's first neighbour. The neighbours of a picture
are the first draws of the seeds that follow its own; each variation has neighbours of its own, far from its siblings',
so that one can breed on again and again.

A step may also go along a direction of the model, `amgan.release.directions`: ``7~30-d1938274651`` goes 30 % of the arc
towards the direction of that number, which is made from the direction itself, so that a name never means another one.
This is the one place that knows how such a name is written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import AfterValidator, WithJsonSchema

from amgan.bounds import (
    MAX_SEED,
    MAX_STEPS,
    check_seed,
    check_seeds,
    check_step_number,
    check_step_percent,
    shown_value,
)
from amgan.errors import RequestError

PictureSeed: TypeAlias = int | str
"""A seed, or the name of a variation of its picture."""

PATTERN = "(0|[1-9][0-9]{0,9})(~[1-9][0-9]{0,2}-d?[1-9][0-9]{0,9})+"
"""Without zeros in front, so that a picture has one name only."""
MOST_CHARACTERS = 10 + MAX_STEPS * 16
MOST_PERCENT = 100
LONGEST_FILE_WORD = 60
APART = 2654435761
"""Odd, so that no two variations share a base by it: 2**32 divided by the golden ratio (Knuth, volume 3, 6.4)."""


class Step(NamedTuple):
    """One step of a variation.

    Attributes:
        percent: How much of the arc it goes, from 1 to 100.
        number: Towards which of the picture's neighbours, from 1 on, or the number of a direction.
        is_along: Whether it goes along a direction of the model.
    """

    percent: int
    number: int
    is_along: bool = False

    @classmethod
    def named(cls, text: str) -> Step:
        """The step of a part of a name that fits `PATTERN`."""
        percent, number = text.split("-")
        return cls(int(percent), int(number.removeprefix("d")), number.startswith("d"))

    def __str__(self) -> str:
        """The part of a name."""
        return f"{self.percent}-{'d' * self.is_along}{self.number}"


@dataclass(frozen=True)
class Variation:
    """A picture some steps away from that of a seed; checked when it is made.

    Attributes:
        seed: The seed.
        steps: One to `MAX_STEPS` steps, the first one from the seed's picture.
    """

    seed: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Check every number.

        Raises:
            RequestError: naming what is wrong and what is allowed.
        """
        check_seed(self.seed)
        if not 1 <= len(self.steps) <= MAX_STEPS:
            raise RequestError(f"a variation is 1 to {MAX_STEPS} steps from its seed, not {len(self.steps)}")
        for step in self.steps:
            check_step_percent(step.percent)
            check_step_number(step.number)

    @classmethod
    def named(cls, name: str) -> Variation:
        """The variation of a name.

        Raises:
            RequestError: it is none.
        """
        # Whatever is longer than any name is not even looked at.
        if len(name) > MOST_CHARACTERS or not re.fullmatch(PATTERN, name):
            raise RequestError(f"{shown_value(name)} is no name of a variation, such as 7~12-3")
        seed, *steps = name.split("~")
        return cls(int(seed), tuple(map(Step.named, steps)))

    @classmethod
    def leading(cls, seed: int, ways: Iterable[tuple[int, int]]) -> PictureSeed:
        """The name of what is reached from a seed's picture by going towards the first draws of given seeds.

        Args:
            seed: The seed.
            ways: How much of the arc each step goes, in per cent, and towards which seed. A step of 0 per cent is left
                out, and so is one towards the very picture that neighbours are counted from, which has no number.
        """
        steps: list[Step] = []
        base = seed
        for percent, towards in ways:
            number = (towards - base) % (MAX_SEED + 1)
            if percent and number:
                steps.append(Step(percent, number))
                base = towards * APART % (MAX_SEED + 1)
        return str(cls(seed, tuple(steps))) if steps else check_seed(seed)

    def __str__(self) -> str:
        """The name."""
        return "~".join(map(str, (self.seed, *self.steps)))

    def towards(self) -> Iterator[int]:
        """The seed of the neighbour that each step goes towards; of a step along a direction it says nothing."""
        base = self.seed
        for step in self.steps:
            base = (base + step.number) % (MAX_SEED + 1)
            yield base
            base = base * APART % (MAX_SEED + 1)


def check_picture_seed(value: object) -> PictureSeed:
    """A seed as a plain int, or a variation's name.

    Raises:
        RequestError: it is neither.
    """
    return str(Variation.named(value)) if isinstance(value, str) and "~" in value else check_seed(value)


def check_variation(name: object, seed: int) -> PictureSeed:
    """The name of a variation of a seed's picture; the seed if it is None.

    Raises:
        RequestError: it is none, or of another seed.
    """
    if name is None:
        return seed
    if not isinstance(name, str):
        raise RequestError(f"variation must be a text, not {shown_value(name)}")
    if root_seed(name) != seed:
        raise RequestError(f"the variation {name:.40} is not one of seed {seed}")
    return name


def root_seed(name: PictureSeed) -> int:
    """The seed with whose picture a name begins."""
    return name if isinstance(name, int) else Variation.named(name).seed


def file_word(name: PictureSeed) -> str:
    """A name as part of a file's name, which may not be as long as that of a picture of many steps."""
    if isinstance(name, int) or len(name) <= LONGEST_FILE_WORD:
        return str(name)
    digest = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    return f"{root_seed(name)}~{digest}~{name.rpartition('~')[2]}"


def variations_of(name: PictureSeed, percent: int, numbers: Sequence[int]) -> list[str]:
    """The names of a picture's own variations.

    Args:
        name: The picture.
        percent: How far they are from it.
        numbers: Which.

    Raises:
        RequestError: the picture is as many steps from its seed as there may be, or a number is none.
    """
    steps = () if isinstance(name, int) else Variation.named(name).steps
    if len(steps) >= MAX_STEPS:
        raise RequestError(f"this picture is {MAX_STEPS} steps from its seed, and has no variations of its own")
    seed = root_seed(name)
    return [str(Variation(seed, (*steps, Step(percent, number)))) for number in numbers]


def moved(name: PictureSeed, moves: Mapping[int, int]) -> PictureSeed:
    """The name of a picture moved along directions.

    Args:
        name: The picture.
        moves: Of directions by their numbers, how far, from 0 to 100 per cent; with 0 there is no step.

    Raises:
        RequestError: it is more than `MAX_STEPS` steps from its seed then, or a number is none.
    """
    before = () if isinstance(name, int) else Variation.named(name).steps
    steps = (*before, *(Step(percent, number, is_along=True) for number, percent in moves.items() if percent))
    return str(Variation(root_seed(name), steps)) if steps else name


def unmoved(name: PictureSeed) -> tuple[PictureSeed, dict[int, int]]:
    """The picture from which a name's last steps go along directions, each another one, and these as in `moved`."""
    steps = [] if isinstance(name, int) else list(Variation.named(name).steps)
    moves: dict[int, int] = {}
    while steps and steps[-1].is_along and steps[-1].number not in moves:
        last = steps.pop()
        moves = {last.number: last.percent, **moves}
    return (str(Variation(root_seed(name), tuple(steps))) if steps else root_seed(name)), moves


def trail(name: PictureSeed) -> list[PictureSeed]:
    """Where a picture comes from: the seed, the variation of it, and so on to the picture itself."""
    if isinstance(name, int):
        return [name]
    whole = Variation.named(name)
    return [
        whole.seed,
        *(str(replace(whole, steps=whole.steps[: end + 1])) for end in range(len(whole.steps))),
    ]


def picture_seeds(first: object, count: int) -> Sequence[PictureSeed]:
    """The names of `count` pictures from a first one on: further seeds, or further variations of the same picture.

    Those that follow one along a direction go further on it, a per cent each.

    Raises:
        RequestError: the first is no name, or the last one would be none.
    """
    name = check_picture_seed(first)
    if isinstance(name, int):
        return check_seeds(name, count)
    last = Variation.named(name).steps[-1]
    start, most, what = (
        (last.percent, MOST_PERCENT, "100 per cent")
        if last.is_along
        else (last.number, MAX_SEED, f"the largest number, {MAX_SEED}")
    )
    if start + count - 1 > most:
        raise RequestError(f"{count} pictures from variation {name} on would pass {what}")
    return _Following(name, range(start, start + count))


class _Following(Sequence[str]):
    """A variation and those that follow it, held as a few numbers."""

    def __init__(self, first: str, counted: range) -> None:
        before, _, last = first.rpartition("~")
        percent, _, towards = last.partition("-")
        self._start, self._end = (
            (f"{before}~", f"-{towards}") if towards.startswith("d") else (f"{before}~{percent}-", "")
        )
        self._numbers = counted

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [f"{self._start}{number}{self._end}" for number in self._numbers[index]]
        return f"{self._start}{self._numbers[index]}{self._end}"


def _checked(name: str) -> str:
    try:
        return str(Variation.named(name))
    except RequestError as error:
        raise ValueError(str(error)) from error


VariationName = Annotated[str, AfterValidator(_checked), WithJsonSchema({"type": "string", "pattern": f"^{PATTERN}$"})]
"""A variation's name, for pydantic."""
