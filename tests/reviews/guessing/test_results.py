"""What guesses come to, by hand."""

from __future__ import annotations

from amgan.reviews.guessing.results import Guess, results_of
from amgan.reviews.guessing.round import GUESSES, Shown


def played(name: str, real: int, right: int, guesses: int = GUESSES) -> list[Guess]:
    """A round whose first `real` pictures are real, and whose first `right` guesses are."""
    shown = [Shown(place < real, place) for place in range(guesses)]
    return [Guess(name, one, one.is_real == (place < right)) for place, one in enumerate(shown)]


def test_of_nothing() -> None:
    found = results_of([])
    assert (found.rounds, found.fooled, found.doubted) == (0, None, None)


def test_whole_rounds_count() -> None:
    whole = [*played("a", 4, 10), *played("b", 4, 3)]
    found = results_of([*whole, *played("broken off", 4, 0, guesses=9)])
    assert found == results_of(whole)
    assert found.rounds == 2
    # Of b the last of four real ones, and all six that are made up, were mistaken.
    assert found.doubted is not None
    assert (found.doubted.hits, found.doubted.count, found.doubted.people) == (1, 8, 2)
    assert found.fooled is not None
    assert (found.fooled.hits, found.fooled.count, found.fooled.pictures) == (6, 12, 6)
    assert found.fooled.low < 0.5 < found.fooled.high


def test_a_round_of_real_ones_only_says_nothing_of_the_others() -> None:
    found = results_of(played("a", GUESSES, 5))
    assert found.fooled is None
    assert found.doubted is not None
    assert found.doubted.value == 0.5
