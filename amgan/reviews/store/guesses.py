"""Guesses, beside the reviews: of each picture of a round the first one, and of nobody who gave it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from amgan.errors import BusyError, ReviewClosedError
from amgan.reviews.guessing.results import Guess
from amgan.reviews.guessing.round import GUESSES, Round, Shown
from amgan.statements import Database

MOST_GUESSES = 200_000
"""Of one revision of a model."""
MOST_ROUNDS = 60
"""New rounds of one revision within a minute."""
_MINUTE, _RETRY_SECONDS = 60.0, 15.0
_OF_MODEL = "FROM guesses WHERE model = ? AND revision = ?"


class GuessStore:
    """Guesses; several threads and several processes may use the same database. Raises what that raises."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        """Use an open file or database."""
        self._database = database
        self._clock = clock

    def secret(self) -> bytes:
        """What rounds are signed with, made once for all processes and restarts."""
        with self._database.writing() as db:
            made = secrets.token_bytes(32)
            db.execute("INSERT INTO guess_secret (one, secret) VALUES (1, ?) ON CONFLICT DO NOTHING", (made,))
            (secret,) = db.execute("SELECT secret FROM guess_secret").fetchone()
        return bytes(secret)

    def add(self, begun: Round, place: int, shown: Shown, said_real: bool) -> bool:
        """Keep a guess, unless there is one of this picture of the round already.

        Args:
            begun: The round.
            place: Of the picture in it, from 0.
            shown: The picture.
            said_real: What was said.

        Returns:
            What counts as said: the first guess.

        Raises:
            ReviewClosedError: this revision has all the guesses that it takes.
            BusyError: too many rounds were begun within a minute.
        """
        with self._database.writing() as db:
            said = db.execute("SELECT place, said_real FROM guesses WHERE round = ?", (begun.id,)).fetchall()
            if place in dict(said):
                return bool(dict(said)[place])
            now, of_model = self._clock(), (begun.model, begun.revision)
            if not said:
                (total,) = db.execute(f"SELECT count(*) {_OF_MODEL}", of_model).fetchone()
                if total > MOST_GUESSES - GUESSES:
                    raise ReviewClosedError(f"this model has its {MOST_GUESSES} guesses and takes no more")
                counted = f"SELECT count(DISTINCT round) {_OF_MODEL} AND at > ?"
                (lately,) = db.execute(counted, (*of_model, now - _MINUTE)).fetchone()
                if lately >= MOST_ROUNDS:
                    raise BusyError(f"more than {MOST_ROUNDS} rounds in a minute; wait a little", _RETRY_SECONDS)
            db.execute(
                "INSERT INTO guesses (round, place, model, revision, is_real, number, said_real, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (begun.id, place, *of_model, shown.is_real, shown.number, said_real, now),
            )
            return said_real

    def guesses(self, model: str, revision: str) -> list[Guess]:
        """All guesses at a revision of a model."""
        with self._database.reading() as db:
            rows = db.execute(f"SELECT round, is_real, number, said_real {_OF_MODEL}", (model, revision)).fetchall()
        return [Guess(name, Shown(bool(is_real), number), bool(said)) for name, is_real, number, said in rows]
