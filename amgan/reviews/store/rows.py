"""The rows of reviews in their SQLite file: what is read and written, one statement or a few at a time."""

from __future__ import annotations

import sqlite3

from amgan.reviews.store.turns import Turns

ReviewRow = tuple[str, str, float, float | None, float | None, str]
"""Id, key, when it was made, last closed and last opened again, and what it asks as JSON."""

_WITH_TURNS = "FROM reviews LEFT JOIN reopenings ON reopenings.review = reviews.id"
_SELECT = f"SELECT id, key, created, closed, reopenings.at, spec {_WITH_TURNS}"
_SELECT_TURNS = f"SELECT id, closed, reopenings.at {_WITH_TURNS}"
_COUNT_OPEN = (
    f"SELECT count(*) {_WITH_TURNS} WHERE (closed IS NULL OR closed < reopenings.at)"
    " AND max(created, coalesce(reopenings.at, created)) > :since"
)


def review_row(db: sqlite3.Connection, review_id: str) -> ReviewRow | None:
    """The review of that id, if there is one."""
    row: ReviewRow | None = db.execute(f"{_SELECT} WHERE id = ?", (review_id,)).fetchone()
    return row


def review_rows(db: sqlite3.Connection) -> list[ReviewRow]:
    """All reviews, the newest first."""
    return db.execute(f"{_SELECT} ORDER BY created DESC, id").fetchall()


def has_review(db: sqlite3.Connection, review_id: str) -> bool:
    """Whether there is a review of that id."""
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM reviews WHERE id = ?)", (review_id,)).fetchone()[0])


def insert_review(
    db: sqlite3.Connection, review_id: str, key: str, created: float, closed: float | None, spec: str
) -> None:
    """Add a review; one that is there stays as it is."""
    db.execute(
        "INSERT OR IGNORE INTO reviews (id, key, created, closed, spec) VALUES (?, ?, ?, ?, ?)",
        (review_id, key, created, closed, spec),
    )


def count_reviews(db: sqlite3.Connection) -> int:
    """How many reviews there are, open or closed."""
    (total,) = db.execute("SELECT count(*) FROM reviews").fetchone()
    return total


def count_open(db: sqlite3.Connection, since: float) -> int:
    """How many reviews take votes that were made, or opened again, after that time."""
    (total,) = db.execute(_COUNT_OPEN, {"since": since}).fetchone()
    return total


def all_turns(db: sqlite3.Connection) -> dict[str, Turns]:
    """When each review was last closed and opened again, by its id."""
    rows = db.execute(f"{_SELECT_TURNS} ORDER BY created, id").fetchall()
    return {review_id: Turns(closed, reopened) for review_id, closed, reopened in rows}


def turns_of(db: sqlite3.Connection, review_id: str) -> Turns:
    """Likewise of one review, which is there."""
    (row,) = db.execute(f"{_SELECT_TURNS} WHERE id = ?", (review_id,)).fetchall()
    return Turns(*row[1:])


def turn(db: sqlite3.Connection, review_id: str, turns: Turns) -> None:
    """Close a review, or open it again, unless that was done later than this."""
    later = turns_of(db, review_id).with_later(turns)
    db.execute("UPDATE reviews SET closed = ? WHERE id = ?", (later.closed, review_id))
    if later.reopened is not None:
        db.execute("REPLACE INTO reopenings (review, at) VALUES (?, ?)", (review_id, later.reopened))


def bury(db: sqlite3.Connection, review_id: str, at: float) -> None:
    """Delete a review with its votes, whether it is there or not, and remember its id."""
    for table, column in (("votes", "review"), ("reopenings", "review"), ("reviews", "id")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (review_id,))
    db.execute("INSERT OR IGNORE INTO deletions (review, at) VALUES (?, ?)", (review_id, at))


def is_buried(db: sqlite3.Connection, review_id: str) -> bool:
    """Whether a review of that id was deleted."""
    return bool(db.execute("SELECT EXISTS (SELECT 1 FROM deletions WHERE review = ?)", (review_id,)).fetchone()[0])


def burials(db: sqlite3.Connection) -> dict[str, float]:
    """When reviews were deleted, by their ids."""
    return dict(db.execute("SELECT review, at FROM deletions ORDER BY at, review"))
