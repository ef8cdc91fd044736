"""Votes as a table for other programs: CSV, JSON lines or parquet, one row for each vote that counts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from amgan.reviews.review_spec import Picture
from amgan.reviews.store.store import Review
from amgan.reviews.vote import Vote, counted, keeps

FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""A spreadsheet would run a cell that begins so, with the last four, which are wide, in some languages (OWASP, CSV
Injection)."""
_CELL_STARTS = re.compile(rf"""(?:^|(?<=[;\t\r\n]))(?=[\s"]*[{re.escape(FORMULA_STARTS)}])|^(?=[\t\r\n])""")
"""Where such a cell may begin: with the text, and within it where a spreadsheet splits columns at semicolons or tabs,
as it does in some countries. Quotes hold nothing together then: they stand in the midst of what is a cell there."""
_MARKS = re.compile(rf"""(?:^|(?<=[;\t\r\n]))'(?=[\s"]*[{re.escape(FORMULA_STARTS)}])|^'(?=[\t\r\n])""")

PICTURE_TYPES: dict[str, pa.DataType] = {
    "model": pa.string(),
    "revision": pa.string(),
    "seed": pa.int64(),
    "asked": pa.string(),
    "label": pa.string(),
    "class_probability": pa.float64(),
    "truncation": pa.float64(),
    "confidence": pa.float64(),
    "variation": pa.string(),
}


def export_votes(review: Review, votes: Sequence[Vote], form: str) -> bytes:
    """The votes that count as a file.

    Columns: the vote's id, the item's number, the picture's name (of pairs with a_ and b_ before each of its parts),
    verdict, kept (whether the verdict is for keeping; empty for skips and pairs), comment, the reviewer's token and
    name, and when, in UTC.

    Args:
        review: The review.
        votes: All its votes, in the order in which they were received.
        form: Which of `EXPORTS`. In CSV what a spreadsheet would take for a formula, also within a text, gets '
            before it, and the file begins with UTF-8's byte order mark.
    """
    return EXPORTS[form].encode(list(export_rows(review, votes)), _schema(review))


def export_rows(review: Review, votes: Sequence[Vote]) -> Iterator[dict[str, Any]]:
    """The rows of `export_votes` as plain values."""
    for vote in counted(votes):
        item = review.spec.items[vote.item]
        pictures = _row(item.a, "") if item.b is None else _row(item.a, "a_") | _row(item.b, "b_")
        yield {
            "id": vote.id,
            "item": vote.item,
            **pictures,
            "verdict": vote.verdict,
            "kept": keeps(vote),
            "comment": vote.comment,
            "reviewer": vote.reviewer,
            "name": vote.name,
            "at": datetime.fromtimestamp(vote.at, timezone.utc),
        }


def _row(picture: Picture, before: str) -> dict[str, Any]:
    return {before + field.name: getattr(picture, field.name) for field in fields(picture)}


def _schema(review: Review) -> pa.Schema:
    befores = ("a_", "b_") if review.spec.is_pairs else ("",)
    return pa.schema(
        {
            "id": pa.string(),
            "item": pa.int32(),
            **{before + field.name: PICTURE_TYPES[field.name] for before in befores for field in fields(Picture)},
            "verdict": pa.string(),
            "kept": pa.bool_(),
            "comment": pa.string(),
            "reviewer": pa.string(),
            "name": pa.string(),
            "at": pa.timestamp("ms", tz="UTC"),
        }
    )


def _csv(rows: list[dict[str, Any]], schema: pa.Schema) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, schema.names)
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in _dated(rows))
    # Without the mark Excel takes it for the machine's old code page.
    return text.getvalue().encode("utf-8-sig")


def _json_lines(rows: list[dict[str, Any]], _: pa.Schema) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _dated(rows)).encode()


def _parquet(rows: list[dict[str, Any]], schema: pa.Schema) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), buffer)
    return buffer.getvalue()


def _dated(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (row | {"at": row["at"].isoformat(timespec="milliseconds")} for row in rows)


@dataclass(frozen=True)
class ExportForm:
    """A form of the table: its media type, and what makes its bytes of rows and their schema."""

    media_type: str
    encode: Callable[[list[dict[str, Any]], pa.Schema], bytes]


EXPORTS = {
    "csv": ExportForm("text/csv; charset=utf-8", _csv),
    "jsonl": ExportForm("application/jsonl", _json_lines),
    "parquet": ExportForm("application/vnd.apache.parquet", _parquet),
}
"""The forms by the suffix of a file."""


def _harmless(value: object) -> object:
    return _CELL_STARTS.sub("'", value) if isinstance(value, str) else value


def without_marks(value: str) -> str:
    """A text of a CSV file without the marks that kept a spreadsheet from running it."""
    return _MARKS.sub("", value)
