"""A list of names for a review: from a manifest, the result of a job, arrays, an answer over HTTP, or votes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from amgan.bounds import MAX_ITEMS
from amgan.errors import RequestError
from amgan.reviews.row_files import parsed, rows_of
from amgan.sampling.picture_row import NamedPicture


def read_names(path: Path, most: int | None = None, confidence: float | None = None) -> list[NamedPicture]:
    """The names in a file that this program wrote, each once.

    Args:
        path: Which; see `amgan.reviews.row_files.rows_of`.
        most: So many at most, spread evenly over the file; None for all.
        confidence: For rows that do not say at which confidence their class was searched.

    Raises:
        RequestError: there are no names, more than a review takes, or a row that is no name.
    """
    rows = rows_of(path)
    count = len(rows) if most is None else min(most, len(rows))
    if not 1 <= count <= MAX_ITEMS:
        raise RequestError(
            f"{path}: a review has 1 to {MAX_ITEMS} pictures, not {count}; say with --n how many of them"
        )
    names = []
    for number in (place * len(rows) // count for place in range(count)):
        try:
            row = rows[number]
            content = parsed(row, "it") if isinstance(row, bytes) else row
            if not isinstance(content, Mapping):
                raise RequestError("it must be a JSON object")
            names.append(NamedPicture.of(content, confidence))
        except RequestError as error:
            raise RequestError(f"{path}: row {number + 1}: {error}") from error
    return list(dict.fromkeys(names))
