"""Rows of pictures in every form that this program writes them in. The files may come from anywhere."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from amgan.errors import RequestError
from amgan.reviews.report.export import without_marks

MANIFESTS = ("manifest.json", "manifest.jsonl")
PICTURES_OF = ("images", "pictures", "ends")
"""Where the answers of /v1/images and of the page's endpoints have their rows."""
NAME_FIELDS = ("model", "revision", "seed", "variation", "asked", "label", "truncation", "confidence")
"""What names a picture in a review's votes."""
ARRAYS = {"seeds": "seed", "draws": "draw", "truncation": "truncation"}
BEFORE_PAIRS = ("a_", "b_")
MAX_BYTES = 200_000_000
MAX_ROWS = 1_000_000

Rows = Sequence[Any]
"""Rows; of .jsonl as the bytes of their lines, because few of many may be wanted."""

UNSOUND = (
    ValueError, ArithmeticError, LookupError, TypeError, AttributeError, EOFError, MemoryError, RuntimeError, csv.Error,
    zlib.error, zipfile.BadZipFile,
)  # fmt: skip
"""What a library raises for a broken file."""


def rows_of(path: Path) -> Rows:
    """The rows of a file.

    Args:
        path: manifest.json or manifest.jsonl, a zip or a folder that holds one; the pictures.zip, pictures.parquet or
            shards.zip of a job, or its folder; .npz arrays; the JSON of /v1/images or of the page's /sample; votes of
            a review as .csv, .jsonl or .parquet, each picture once.

    Raises:
        RequestError: it is none of these, cannot be read, or has too many rows.
    """
    try:
        if path.is_dir():
            path = _inside(path)
        read = READERS.get(path.suffix.lower())
        if read is None:
            raise RequestError(
                f"{path}: name a manifest, .json or .jsonl, a .zip or folder that holds one, or a file that is "
                f"{', '.join(suffix for suffix in READERS if suffix not in ('.json', '.jsonl', '.zip'))}"
            )
        with path.open("rb") as file:
            return read(file, str(path))
    except OSError as error:
        raise RequestError(f"{path}: it cannot be read ({error.strerror or type(error).__name__})") from error


@contextlib.contextmanager
def _sound(problem: str) -> Iterator[None]:
    try:
        yield
    except RequestError:
        raise
    except UNSOUND as error:
        raise RequestError(f"{problem} ({type(error).__name__})") from error


def parsed(content: bytes, what: str) -> Any:
    """JSON, parsed.

    Raises:
        RequestError: it is none.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{what} must be JSON ({type(error).__name__})") from error


def _inside(folder: Path) -> Path:
    known = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in READERS and path.name[0] != "."]
    found = [folder / name for name in MANIFESTS if folder / name in known] or known
    if not found:
        raise RequestError(f"{folder}: there is no {' or '.join(MANIFESTS)} in it")
    if len(found) > 1 and found[0].name not in MANIFESTS:
        raise RequestError(f"{folder}: name one of the files in it, such as {found[0].name}")
    return found[0]


def _json(file: IO[bytes], where: str) -> Rows:
    rows = parsed(_bounded(file, where), f"{where}: its manifest")
    if isinstance(rows, dict):
        whole = {name: rows[name] for name in ("model", "revision") if name in rows}
        rows = next((rows[name] for name in PICTURES_OF if name in rows), None)
        if isinstance(rows, list):
            rows = [whole | row if isinstance(row, dict) else row for row in rows]
    if not isinstance(rows, list):
        raise RequestError(f"{where}: its manifest must be a list of rows")
    return rows


def _json_lines(file: IO[bytes], where: str) -> Rows:
    lines = [line for line in _bounded(file, where).split(b"\n") if line.strip()]
    if not lines or b'"verdict"' not in lines[0]:
        return lines
    return _voted(parsed(line, f"{where}: line {number}") for number, line in enumerate(lines, start=1))


def _csv(file: IO[bytes], where: str) -> Rows:
    text = io.StringIO(_bounded(file, where).decode("utf-8-sig", errors="replace"), newline="")
    with _sound(f"{where}: it is no table of votes"):
        return _voted({name: _typed(str(name), x) for name, x in row.items() if x} for row in csv.DictReader(text))


def _typed(name: str, value: str) -> object:
    field = name.removeprefix("a_").removeprefix("b_")
    if field == "seed":
        return int(value)
    return float(value) if field in ("truncation", "confidence") else without_marks(value)


def _parquet(file: IO[bytes], where: str) -> Rows:
    import pyarrow.parquet as pq

    with _sound(f"{where}: it is no sound table of pictures or votes"):
        table = pq.ParquetFile(file)
        if table.metadata.num_rows > MAX_ROWS:
            raise RequestError(f"{where}: it has more than {MAX_ROWS} rows; name a file with fewer pictures")
        wanted = {"draw", "asked_class", *(before + name for name in NAME_FIELDS for before in ("", *BEFORE_PAIRS))}
        rows = table.read([name for name in table.schema_arrow.names if name in wanted]).to_pylist()
        if "verdict" in table.schema_arrow.names:
            return _voted(rows)
        about = json.loads((table.schema_arrow.metadata or {})[b"huggingface"])
        names = about["info"]["features"]["label"]["names"]
        return [row | {"label": names[row["label"]]} for row in rows]


def _npz(file: IO[bytes], where: str) -> Rows:
    with _sound(f"{where}: these are no arrays of named pictures"):
        with np.load(file, allow_pickle=False) as arrays:
            # One for all, (), or one for each, (N,); the array `images` stays in the file.
            given = {name: arrays[name] for name in arrays.files if name != "images"}
        names, count = given["class_names"].tolist(), len(given["seeds"])
        if count > MAX_ROWS:
            raise RequestError(f"{where}: it has more than {MAX_ROWS} rows; name a file with fewer pictures")
        columns = {field: _each(given[name], count) for name, field in ARRAYS.items() if name in given}
        columns["class"] = [names[label] for label in _each(given["labels"], count)]
        if "asked_labels" in given:
            asked = _each(given["asked_labels"], count)
            columns["asked_class"] = [None if label < 0 else names[label] for label in asked]
        if "confidence" in given:
            columns["confidence"] = [None if math.isnan(x) else x for x in _each(given["confidence"], count)]
        if "variations" in given:
            columns["variation"] = [name or None for name in _each(given["variations"], count)]
        columns |= {name: _each(given[name], count) for name in ("model", "revision") if name in given}
        return [dict(zip(columns, row)) for row in zip(*columns.values())]


def _each(values: np.ndarray, count: int) -> list[Any]:
    return np.broadcast_to(values, (count,)).tolist()


def _zip(file: IO[bytes], where: str) -> Rows:
    with _sound(f"{where}: it is no sound zip"), zipfile.ZipFile(file) as archive:
        name = next((name for name in MANIFESTS if name in archive.namelist()), None)
        if name is not None:
            with archive.open(name) as inside:
                return READERS[Path(name).suffix](inside, where)
        shards = [shard for shard in archive.infolist() if shard.filename.endswith(".npz")]
        if not shards:
            raise RequestError(f"{where}: there is no {' or '.join(MANIFESTS)} in it")
        if max(shard.file_size for shard in shards) > MAX_BYTES:
            raise RequestError(f"{where}: a file in it has more than {MAX_BYTES} bytes")
        rows: list[Any] = []
        for shard in shards:
            with archive.open(shard) as inside:
                rows += _npz(inside, where)
            if len(rows) > MAX_ROWS:
                raise RequestError(f"{where}: it has more than {MAX_ROWS} rows; name a file with fewer pictures")
        return rows


def _voted(votes: Iterable[Any]) -> Rows:
    """The pictures of votes, each once; of pairs both."""
    found: dict[str, Any] = {}
    for vote in votes:
        if not isinstance(vote, Mapping):
            return [vote]
        for before in BEFORE_PAIRS if "a_seed" in vote else ("",):
            picture = {name: vote.get(before + name) for name in NAME_FIELDS}
            found.setdefault(repr(picture), picture)
    return list(found.values())


def _bounded(file: IO[bytes], where: str) -> bytes:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise RequestError(f"{where}: its manifest has more than {MAX_BYTES} bytes; name one with fewer pictures")
    return content


READERS: dict[str, Callable[[IO[bytes], str], Rows]] = {
    ".json": _json,
    ".jsonl": _json_lines,
    ".zip": _zip,
    ".npz": _npz,
    ".parquet": _parquet,
    ".csv": _csv,
}
