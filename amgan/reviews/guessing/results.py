"""What guesses come to: the share of made-up pictures that people took for real, and of real ones for made up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from amgan.reviews.guessing.round import GUESSES, Shown
from amgan.reviews.statistics.share import Share, pooled, share


@dataclass(frozen=True)
class Guess:
    """A guess.

    Attributes:
        round: Id of its round.
        shown: What was shown.
        said_real: What was said.
    """

    round: str
    shown: Shown
    said_real: bool


@dataclass(frozen=True)
class GuessResults:
    """The guesses of the rounds that were played to their end.

    Attributes:
        rounds: How many those are.
        fooled: Of the made-up pictures, those taken for real; None if none was shown.
        doubted: Of the real pictures, those taken for made up.
    """

    rounds: int
    fooled: Share | None
    doubted: Share | None


def results_of(guesses: Iterable[Guess]) -> GuessResults:
    """What they come to. Who breaks off when it goes badly would bend the shares, so whole rounds count only."""
    rounds: dict[str, list[Guess]] = {}
    for guess in guesses:
        rounds.setdefault(guess.round, []).append(guess)
    whole = [guess for played in rounds.values() if len(played) == GUESSES for guess in played]
    return GuessResults(len({guess.round for guess in whole}), _mistaken(whole, False), _mistaken(whole, True))


def _mistaken(guesses: Sequence[Guess], is_real: bool) -> Share | None:
    pictures: dict[int, list[Guess]] = {}
    for guess in guesses:
        if guess.shown.is_real == is_real:
            pictures.setdefault(guess.shown.number, []).append(guess)
    return pooled(
        share(sum(guess.said_real != is_real for guess in own), len(own), {guess.round for guess in own})
        for own in pictures.values()
    )
