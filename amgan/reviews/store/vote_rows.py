"""The rows of votes in their SQLite file: what is read and written, one statement at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from amgan.reviews.vote import Vote

_COLUMNS = "id, item, reviewer, verdict, comment, name, at"
_SELECT = f"SELECT {_COLUMNS} FROM votes WHERE review = ?"
_COUNT_LAST = """
SELECT count(DISTINCT reviewer), count(*) FROM (
    SELECT reviewer, verdict, row_number() OVER (PARTITION BY item, reviewer ORDER BY at DESC, number DESC) AS place
    FROM votes WHERE review = ?
) WHERE place = 1 AND verdict NOT IN ('skip', 'undo')
"""


_COUNT = "SELECT count(*) FROM votes WHERE review = ?"
_COUNT_NEW_REVIEWERS = """
SELECT count(DISTINCT reviewer) FROM votes AS lately WHERE review = :review AND at > :since AND NOT EXISTS (
    SELECT 1 FROM votes WHERE review = :review AND reviewer = lately.reviewer AND at <= :since
)
"""


def insert_votes(db: sqlite3.Connection, review_id: str, votes: Iterable[Vote]) -> None:
    """Add votes to a review; those that are there stay as they are."""
    db.executemany(
        f"INSERT OR IGNORE INTO votes (review, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((review_id, v.id, v.item, v.reviewer, v.verdict, v.comment, v.name, v.at) for v in votes),
    )


def vote_row(db: sqlite3.Connection, review_id: str, vote_id: str) -> Vote | None:
    """The vote of that id, if there is one."""
    row = db.execute(f"{_SELECT} AND id = ?", (review_id, vote_id)).fetchone()
    return None if row is None else Vote(*row)


def vote_rows(db: sqlite3.Connection, review_id: str, reviewer: str | None = None) -> list[Vote]:
    """The votes of a review, or those of one reviewer, in the order in which they were received."""
    asked, values = ("", (review_id,)) if reviewer is None else (" AND reviewer = ?", (review_id, reviewer))
    return [Vote(*row) for row in db.execute(f"{_SELECT}{asked} ORDER BY at, number", values).fetchall()]


def vote_rows_after(db: sqlite3.Connection, number: int, most: int) -> list[tuple[int, str, Vote]]:
    """Votes of all reviews behind that number, each with its own number and the id of its review."""
    rows = db.execute(
        f"SELECT number, review, {_COLUMNS} FROM votes WHERE number > ? ORDER BY number LIMIT ?", (number, most)
    ).fetchall()
    return [(stored, review, Vote(*row)) for stored, review, *row in rows]


def last_time(db: sqlite3.Connection, review_id: str, reviewer: str) -> float | None:
    """When a reviewer's last vote was received, if there is one."""
    (last,) = db.execute(
        "SELECT max(at) FROM votes WHERE review = ? AND reviewer = ?", (review_id, reviewer)
    ).fetchone()
    return last


def count_last(db: sqlite3.Connection, review_id: str) -> tuple[int, int]:
    """How many reviewers judged something, and how many votes count, skips left out."""
    reviewers, votes = db.execute(_COUNT_LAST, (review_id,)).fetchone()
    return reviewers, votes


def count_votes(db: sqlite3.Connection, review_id: str) -> int:
    """How many votes a review has, with those that were changed later."""
    (total,) = db.execute(_COUNT, (review_id,)).fetchone()
    return total


def count_votes_since(db: sqlite3.Connection, review_id: str, reviewer: str, since: float) -> int:
    """Likewise of one reviewer, after that time."""
    (total,) = db.execute(f"{_COUNT} AND reviewer = ? AND at > ?", (review_id, reviewer, since)).fetchone()
    return total


def count_new_reviewers(db: sqlite3.Connection, review_id: str, since: float) -> int:
    """How many reviewers gave their first vote after that time."""
    (total,) = db.execute(_COUNT_NEW_REVIEWERS, {"review": review_id, "since": since}).fetchone()
    return total
