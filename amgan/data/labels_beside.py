"""Labels that lie beside the pictures: a file with a row a picture, which names it and says its class."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq

from amgan.data.class_folders import composed
from amgan.data.file_tree import PassedOver, by_name, files_below, subfolders
from amgan.data.picture_files import (
    has_pictures,
    holds_table_files,
    is_picture,
    unread_endings,
    why_left_out,
    why_no_heic,
)
from amgan.data.reasons import Reason, both
from amgan.data.splits import beside_part, is_split, part_of
from amgan.errors import DataError, one_line

if TYPE_CHECKING:
    import datasets

NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet", "dataset.json", "labels.csv")
"""What such a file is called, in any capitals: the first three at the Hub, dataset.json by StyleGAN."""

MOST_BYTES = 256 * 2**20
"""So large such a file may be, unpacked: millions of rows."""

MOST_OF_A_ROW = 2**20
"""So much of a file is looked at to see whether it names pictures, in bytes."""

SEPARATORS = ",;\t"


def open_with_labels_beside(folder: Path, split: str) -> tuple[datasets.Dataset, Reason | None] | None:
    """The table of a folder whose pictures have their classes in a file beside them, and what is left out.

    Such a file wins over the names of subfolders. It lies in the folder, in its data/, or in that of the split.

    Returns:
        None if there is no such file.

    Raises:
        SplitError: no such split.
        DataError: two such files, one that cannot be read or leads out of the folder, or no picture has a row.
    """
    for place in filter(Path.is_dir, (folder, folder / "data")):
        parts = [path for path in subfolders(place) if is_split(path, split) and has_pictures(path)]
        beside, inside = labels_in(place), {path: labels_in(path) for path in parts}
        found = beside + [file for files in inside.values() for file in files]
        if not found or not has_pictures(place) or holds_table_files(place, but=found):
            continue
        root = part_of(place, parts, split)
        files = beside + inside.get(root, [])
        if len(files) > 1:
            names = " + ".join(str(file.relative_to(folder)) for file in files)
            raise DataError(Reason("several_labels", {"folder": str(folder), "names": names}))
        return _open_rows(folder, place, root, files[0]) if files else None
    return None


def _open_rows(folder: Path, place: Path, root: Path, labels: Path) -> tuple[datasets.Dataset, Reason | None]:
    passed = PassedOver()
    found = [file for file in files_below(root, passed) if file != labels]
    files = {
        name_key(str(file.relative_to(labels.parent))): file for file in sorted(found, key=by_name) if is_picture(file)
    }
    names, columns = read_labels(labels)
    rows: dict[Path, int] = {}
    missing = outside = 0
    others = tuple(f"{path.name}/" for path in subfolders(place) if path != root and is_split(path))
    for row, name in enumerate(map(name_key, names)):
        file = files.get(name)
        if file in rows:
            raise DataError(Reason("two_rows", {"file": str(labels), "name": name}))
        if file:
            rows[file] = row
        elif labels.parent == root or not name.startswith(others):
            missing += 1
    pictures = sum(map(is_picture, found))
    unnamed = pictures - len(rows)
    if not rows:
        example = next(iter(files), "cat/1.png")
        where = {"file": str(labels), "folder": str(root), "example": example}
        raise DataError(Reason("no_row_names", {"count": len(names), **where}))
    for file in list(rows):
        # What lies in a folder is its owner's; what a row of a downloaded file leads to may be anybody's.
        if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
            outside += 1
            del rows[file]
    beside = beside_part(place, root, passed)
    left_out = why_left_out(
        unread_endings([*found, *beside]),
        passed,
        Reason("left_without_row", {"count": unnamed, "file": labels.name}),
        Reason("left_rows", {"count": missing, "file": labels.name}),
        Reason("left_outside", {"count": outside}),
        Reason("left_beside", {"count": sum(map(is_picture, beside)), "name": root.name}),
    )
    left_out = both(left_out, why_no_heic(unread_endings(found), len(rows)))
    columns = columns.take(pa.array(rows.values(), pa.int64()))
    picture = "image" if "image" not in columns.column_names else "file_name"
    try:
        import datasets  # a second, for which a server need not wait

        features = datasets.Features.from_arrow_schema(columns.schema)
        table = {picture: [{"path": str(file), "bytes": None} for file in rows], **columns.to_pydict()}
        features = datasets.Features({picture: datasets.Image(decode=False), **features})
        return datasets.Dataset.from_dict(table, features=features), left_out
    except (ValueError, TypeError, NotImplementedError, pa.ArrowException) as error:
        values = {"file": str(labels), "sentence": f"{one_line(error):.300}"}
        raise DataError(Reason("columns_unread", values)) from error


def labels_in(folder: Path) -> list[Path]:
    """The files of a folder that name pictures; others that are called so are somebody's notes.

    Raises:
        DataError: one is larger than the bounds, or is cut short.
        OSError: the folder cannot be read.
    """
    return sorted(path for path in folder.iterdir() if path.name.lower() in NAMES and path.is_file() and _names(path))


def read_labels(file: Path) -> tuple[list[str], pa.Table]:
    """What is in such a file.

    Returns:
        For each row the name of its picture, as it stands there, and all other columns.

    Raises:
        DataError: it cannot be read, is larger than the bounds or has no column besides.
    """
    table = _read(file)
    column = _file_column(table.column_names)
    if column is None or len({*table.column_names}) < table.num_columns:
        values = {"file": str(file), "columns": ", ".join(table.column_names)}
        raise DataError(Reason("no_file_names", values))
    others = table.drop_columns([column])
    if not others.num_columns:
        raise DataError(Reason("no_label_column", {"file": str(file), "column": column}))
    names = [str(name) for name in table[column].to_pylist()]
    for name in names:
        plain = name.replace("\\", "/")
        if plain.startswith("/") or re.match("[A-Za-z]:/", plain) or ".." in plain.split("/"):
            values = {"file": str(file), "row": f"{name!r:.100}", "own": file.name}
            raise DataError(Reason("row_leads_out", values))
    return names, others


def name_key(name: str) -> str:
    """A file's name relative to its folder, the same however it is spelt."""
    return composed(PurePosixPath(name.replace("\\", "/")).as_posix())


def _file_column(columns: list[str]) -> str | None:
    plain = {column: column.strip().lower().replace("_", "") for column in columns}
    exact = [column for column, name in plain.items() if name == "filename"]
    found = exact or [column for column, name in plain.items() if name.endswith("filename")]
    return found[0] if len(found) == 1 else None


def _names(file: Path) -> bool:
    kind = file.suffix.lower()
    try:
        if kind == ".parquet":
            schema = pq.read_schema(file)
            return _file_column(schema.names) is not None and not any(map(_holds_files, schema.types))
        if kind == ".json":
            return bool(_style_gan_rows(file))
        with file.open("rb") as content:
            head = content.readline(MOST_OF_A_ROW)
        if kind == ".jsonl":
            return isinstance(row := json.loads(head), dict) and _file_column(list(row)) is not None
        return _separator(head.decode(_encoding(head), errors="replace")) is not None
    except DataError:
        raise
    except (ValueError, RecursionError, pa.ArrowException):
        return False


def _holds_files(kind: pa.DataType) -> bool:
    # Then the table has the pictures themselves.
    return bool(pa.types.is_struct(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _read(file: Path) -> pa.Table:
    _check_size(file, size := file.stat().st_size)
    kind, block = file.suffix.lower(), size + 1  # in one block, since types are taken from the first
    try:
        if kind == ".parquet":
            return _unpacked(file)
        if kind == ".json":
            rows = _style_gan_rows(file)
            return pa.table({"file_name": [row[0] for row in rows], "label": [row[1] for row in rows]})
        if kind == ".jsonl":
            return pa.json.read_json(file, read_options=pa.json.ReadOptions(block_size=block))
        with file.open("rb") as content:
            head = content.readline(MOST_OF_A_ROW)
        encoding = _encoding(head)
        separator = _separator(head.decode(encoding, errors="replace")) or ","
        table = pa.csv.read_csv(
            file,
            read_options=pa.csv.ReadOptions(block_size=block, encoding=encoding),
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(column_types=_as_text(head.decode(encoding, "replace"), separator)),
        )
        if any(map(pa.types.is_binary, table.schema.types)):  # pyarrow's way out where text is in another encoding
            raise DataError(Reason("not_utf8", {"file": str(file)}))
        return table
    except DataError:
        raise
    except (OSError, ValueError, RecursionError, pa.ArrowException) as error:
        values = {"file": str(file), "sentence": f"{one_line(error):.300}"}
        raise DataError(Reason("labels_unread", values)) from error


def _check_size(file: Path, size: int) -> None:
    if size > MOST_BYTES:
        raise DataError(Reason("labels_large", {"file": str(file), "most": str(MOST_BYTES // 2**20)}))


def _unpacked(file: Path) -> pa.Table:
    # What the file says of its sizes is before its dictionaries are put in.
    batches, size = [], 0
    with pq.ParquetFile(file) as content:
        for batch in content.iter_batches(batch_size=1024):
            batches.append(batch)
            size += batch.nbytes
            _check_size(file, size)
        return pa.Table.from_batches(batches, content.schema_arrow)


def _style_gan_rows(file: Path) -> list[Any]:
    _check_size(file, file.stat().st_size)
    content = file.read_bytes()
    if b'"labels"' not in content:
        return []
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        values = {"file": str(file), "sentence": f"{one_line(error):.300}"}
        raise DataError(Reason("labels_unread", values)) from error
    rows = found.get("labels") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
        return []
    return rows


def _encoding(head: bytes) -> str:
    return "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf8"


def _columns(head: str, separator: str) -> list[str]:
    return [column.strip().strip('"') for column in head.lstrip("\ufeff").split(separator)]


def _separator(head: str) -> str | None:
    return next((mark for mark in SEPARATORS if _file_column(_columns(head, mark)) is not None), None)


def _as_text(head: str, separator: str) -> dict[str, pa.DataType]:
    # A picture may be called 0001.
    return {column: pa.string() for column in _columns(head, separator)[:1000] if "file" in column.lower()}
