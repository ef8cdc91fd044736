"""The rows of reviews and votes, in SQLite or PostgreSQL: what is read and written, a statement or a few at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from amgan.reviews.vote import Vote
from amgan.statements import Statements

ReviewRow = tuple[str, str, float, float | None, float | None, str]
"""Id, key, when it was made, last closed and last opened again, and what it asks as JSON."""

_WITH_TURNS = "FROM reviews LEFT JOIN reopenings ON reopenings.review = reviews.id"
_SELECT = f"SELECT id, key, created, closed, reopenings.at, spec {_WITH_TURNS}"
_SELECT_TURNS = f"SELECT id, closed, reopenings.at {_WITH_TURNS}"
_COUNT_OPEN = (
    f"SELECT count(*) {_WITH_TURNS} WHERE (closed IS NULL OR closed < reopenings.at)"
    " AND (created > ? OR reopenings.at > ?)"
)
_REOPEN = "INSERT INTO reopenings (review, at) VALUES (?, ?) ON CONFLICT (review) DO UPDATE SET at = excluded.at"

_VOTE_COLUMNS = "id, item, reviewer, verdict, comment, name, at"
_SELECT_VOTES = f"SELECT {_VOTE_COLUMNS} FROM votes WHERE review = ?"
_COUNT_LAST = """
SELECT count(DISTINCT reviewer), count(*) FROM (
    SELECT reviewer, verdict, row_number() OVER (PARTITION BY item, reviewer ORDER BY at DESC, number DESC) AS place
    FROM votes WHERE review = ?
) AS latest WHERE place = 1 AND verdict NOT IN ('skip', 'undo')
"""

_COUNT_VOTES = "SELECT count(*) FROM votes WHERE review = ?"
_COUNT_NEW_REVIEWERS = """
SELECT count(DISTINCT reviewer) FROM votes AS lately WHERE review = ? AND at > ? AND NOT EXISTS (
    SELECT 1 FROM votes WHERE review = lately.review AND reviewer = lately.reviewer AND at <= ?
)
"""


def review_row(db: Statements, review_id: str) -> ReviewRow | None:
    """The review of that id, if there is one."""
    row: ReviewRow | None = db.execute(f"{_SELECT} WHERE id = ?", (review_id,)).fetchone()
    return row


def review_rows(db: Statements) -> list[ReviewRow]:
    """All reviews, the newest first."""
    return db.execute(f"{_SELECT} ORDER BY created DESC, id").fetchall()


def has_review(db: Statements, review_id: str) -> bool:
    """Whether there is a review of that id."""
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM reviews WHERE id = ?)", (review_id,)).fetchone()[0])


def insert_review(db: Statements, review_id: str, key: str, created: float, closed: float | None, spec: str) -> None:
    """Add a review; one that is there stays as it is."""
    db.execute(
        "INSERT INTO reviews (id, key, created, closed, spec) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (review_id, key, created, closed, spec),
    )


def count_reviews(db: Statements) -> int:
    """How many reviews there are, open or closed."""
    (total,) = db.execute("SELECT count(*) FROM reviews").fetchone()
    return total


def count_open(db: Statements, since: float) -> int:
    """How many reviews take votes that were made, or opened again, after that time."""
    (total,) = db.execute(_COUNT_OPEN, (since, since)).fetchone()
    return total


def all_turns(db: Statements) -> dict[str, Turns]:
    """When each review was last closed and opened again, by its id."""
    rows = db.execute(f"{_SELECT_TURNS} ORDER BY created, id").fetchall()
    return {review_id: Turns(closed, reopened) for review_id, closed, reopened in rows}


def turns_of(db: Statements, review_id: str) -> Turns:
    """Likewise of one review, which is there."""
    (row,) = db.execute(f"{_SELECT_TURNS} WHERE id = ?", (review_id,)).fetchall()
    return Turns(*row[1:])


def turn(db: Statements, review_id: str, turns: Turns) -> None:
    """Close a review, or open it again, unless that was done later than this."""
    later = turns_of(db, review_id).with_later(turns)
    db.execute("UPDATE reviews SET closed = ? WHERE id = ?", (later.closed, review_id))
    if later.reopened is not None:
        db.execute(_REOPEN, (review_id, later.reopened))


def bury(db: Statements, review_id: str, at: float) -> None:
    """Delete a review with its votes, whether it is there or not, and remember its id."""
    for table, column in (("votes", "review"), ("reopenings", "review"), ("reviews", "id")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (review_id,))
    db.execute("INSERT INTO deletions (review, at) VALUES (?, ?) ON CONFLICT DO NOTHING", (review_id, at))


def is_buried(db: Statements, review_id: str) -> bool:
    """Whether a review of that id was deleted."""
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM deletions WHERE review = ?)", (review_id,)).fetchone()[0])


def burials(db: Statements) -> dict[str, float]:
    """When reviews were deleted, by their ids."""
    return dict(db.execute("SELECT review, at FROM deletions ORDER BY at, review").fetchall())


@dataclass(frozen=True)
class Turns:
    """When a review was last closed and last opened again, in seconds since 1970; the later one counts.

    Attributes:
        closed: The last closing, or None.
        reopened: The last reopening, or None.
    """

    closed: float | None = None
    reopened: float | None = None

    @property
    def closed_since(self) -> float | None:
        """When it was closed, or None while it takes votes. At the same time the closing counts."""
        return self.closed if self.closed is not None and self.closed >= (self.reopened or 0.0) else None

    def with_later(self, other: Turns) -> Turns:
        """The later ones of both: the same in whatever order copies are merged."""
        return Turns(_later(self.closed, other.closed), _later(self.reopened, other.reopened))


def _later(one: float | None, other: float | None) -> float | None:
    return max((time for time in (one, other) if time is not None), default=None)


def insert_votes(db: Statements, review_id: str, votes: Iterable[Vote]) -> None:
    """Add votes to a review; those that are there stay as they are."""
    db.executemany(
        f"INSERT INTO votes (review, {_VOTE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        ((review_id, v.id, v.item, v.reviewer, v.verdict, v.comment, v.name, v.at) for v in votes),
    )


def vote_row(db: Statements, review_id: str, vote_id: str) -> Vote | None:
    """The vote of that id, if there is one."""
    row = db.execute(f"{_SELECT_VOTES} AND id = ?", (review_id, vote_id)).fetchone()
    return None if row is None else Vote(*row)


def vote_rows(db: Statements, review_id: str, reviewer: str | None = None) -> list[Vote]:
    """The votes of a review, or those of one reviewer, in the order in which they were received."""
    asked, values = ("", (review_id,)) if reviewer is None else (" AND reviewer = ?", (review_id, reviewer))
    return [Vote(*row) for row in db.execute(f"{_SELECT_VOTES}{asked} ORDER BY at, number", values).fetchall()]


def vote_rows_after(db: Statements, number: int, most: int) -> list[tuple[int, str, Vote]]:
    """Votes of all reviews behind that number, each with its own number and the id of its review."""
    rows = db.execute(
        f"SELECT number, review, {_VOTE_COLUMNS} FROM votes WHERE number > ? ORDER BY number LIMIT ?", (number, most)
    ).fetchall()
    return [(stored, review, Vote(*row)) for stored, review, *row in rows]


def last_time(db: Statements, review_id: str, reviewer: str) -> float | None:
    """When a reviewer's last vote was received, if there is one."""
    (last,) = db.execute(
        "SELECT max(at) FROM votes WHERE review = ? AND reviewer = ?", (review_id, reviewer)
    ).fetchone()
    return last


def count_last(db: Statements, review_id: str) -> tuple[int, int]:
    """How many reviewers judged something, and how many votes count, skips left out."""
    reviewers, votes = db.execute(_COUNT_LAST, (review_id,)).fetchone()
    return reviewers, votes


def count_votes(db: Statements, review_id: str) -> int:
    """How many votes a review has, with those that were changed later."""
    (total,) = db.execute(_COUNT_VOTES, (review_id,)).fetchone()
    return total


def count_votes_since(db: Statements, review_id: str, reviewer: str, since: float) -> int:
    """Likewise of one reviewer, after that time."""
    (total,) = db.execute(f"{_COUNT_VOTES} AND reviewer = ? AND at > ?", (review_id, reviewer, since)).fetchone()
    return total


def count_new_reviewers(db: Statements, review_id: str, since: float) -> int:
    """How many reviewers gave their first vote after that time."""
    (total,) = db.execute(_COUNT_NEW_REVIEWERS, (review_id, since, since)).fetchone()
    return total
