"""Odd labels beside the pictures, and odd tables."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq

from tests.data.data_sets import grey_of, put_table
from tests.data.odd_case import GOOD, LOOSE, PETS, PETS_READ, ROWS, Case, Read, csv, encoded, left_out


def parquet(columns: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def beside(name: str, content: bytes, expected: Read | str | None = None, **options: Any) -> Case:
    return Case(LOOSE | {name: content}, Read(PETS_READ) if expected is None else expected, options)


FILE, KIND = zip(*ROWS)

SIDECARS = {
    "metadata.csv": beside("metadata.csv", GOOD),
    "labels.csv": beside("labels.csv", csv("filename,class")),
    "in capitals": beside("Labels.CSV", csv("File_Name,Label")),
    "of Excel": beside("labels.csv", b"\xef\xbb\xbf" + csv("file_name;label", separator=";", end="\r\n")),
    "of Excel as Unicode": beside("labels.csv", csv("file_name\tlabel", separator="\t").decode().encode("utf-16")),
    "quoted": beside("metadata.csv", csv('"file_name","label"', [(f'"{file}"', f'"{kind}"') for file, kind in ROWS])),
    "a comma in a class": beside(
        "metadata.csv",
        csv("file_name,label", [*ROWS[:2], ("2.png", '"dog, wet"')]),
        Read({"cat": [10, 11], "dog, wet": [20]}),
    ),
    "other columns": beside("metadata.csv", csv("id,file_name,label,note", [(7, *row, "x") for row in ROWS])),
    "metadata.jsonl": beside(
        "metadata.jsonl",
        b"".join(b'{"file_name": "%b", "label": "%b"}\n' % (file.encode(), kind.encode()) for file, kind in ROWS),
    ),
    "metadata.parquet": beside("metadata.parquet", parquet({"file_name": FILE, "label": KIND})),
    "dataset.json": beside("dataset.json", json.dumps({"labels": ROWS}).encode()),
    "numbers": beside(
        "dataset.json",
        json.dumps({"labels": [["0.png", 10], ["1.png", 10], ["2.png", 9]]}).encode(),
        Read({"9": [20], "10": [10, 11]}),
    ),
    "numbers of pandas": beside(
        "metadata.csv",
        csv("file_name,label", [("0.png", "1.0"), ("1.png", ""), ("2.png", 2.0)]),
        Read({"1": [10], "2": [20]}, unlabelled=[11]),
    ),
    "numbers as names": beside(
        "labels.csv",
        csv("file_name,label", [("0.png", "007"), ("1.png", "007"), ("2.png", "x")]),
        Read({"007": [10, 11], "x": [20]}),
    ),
    "spaces round everything": beside("labels.csv", csv("file_name , label", [(a, f" {b} ") for a, b in ROWS])),
    "capitals only": beside(
        "labels.csv",
        csv("file_name,label", [*ROWS[:1], ("1.png", "Cat"), ROWS[2]]),
        "'Cat' and 'cat' in column 'label' differ in capitals or spaces only",
        label_column="label",
    ),
    "no names of files": beside(
        "labels.csv", csv("picture,label"), "list them in a labels.csv with the columns file_name"
    ),
    "yes and no": beside(
        "metadata.jsonl",
        b"".join(
            b'{"file_name": "%b", "label": %b}\n' % row
            for row in ((b"0.png", b"true"), (b"1.png", b"true"), (b"2.png", b"false"))
        ),
        Read({"False": [20], "True": [10, 11]}),
    ),
    "without a class": beside(
        "metadata.csv",
        csv("file_name,label", [*ROWS[:1], ("1.png", ""), ROWS[2]]),
        Read({"cat": [10], "dog": [20]}, unlabelled=[11]),
    ),
    "pictures and rows that do not fit": beside(
        "metadata.csv",
        csv("file_name,label", [*ROWS[:1], ("gone.png", "cat"), ROWS[2]]),
        Read(
            {"cat": [10], "dog": [20]},
            left_out("1 picture without a row in metadata.csv, 1 row of metadata.csv without a picture"),
        ),
    ),
    "other spellings of a path": Case(
        {"Cafe\u0301/a b.png": 10, "x/1.png": 11, "x/2.png": 20}
        | {"metadata.csv": csv("file_name,label", zip(["Caf\u00e9/a b.png", "./x/1.png", "x\\2.png"], KIND))},
        Read(PETS_READ),
    ),
    "folders by month": Case(
        {"05/0.png": 10, "06/1.png": 11, "06/2.png": 20}
        | {"metadata.csv": csv("file_name,label", zip(["05/0.png", "06/1.png", "06/2.png"], KIND))},
        Read(PETS_READ),
    ),
    "in train": Case(
        {f"train/{name}": level for name, level in LOOSE.items()} | {"train/metadata.csv": GOOD, "test/9.png": 9},
        Read(PETS_READ),
    ),
    "a note": Case(PETS | {"metadata.csv": b"who,when\nme,now\n"}, Read(PETS_READ)),
    "an empty note": Case(PETS | {"labels.csv": b""}, Read(PETS_READ)),
    "settings of somebody": Case(PETS | {"dataset.json": b'{"labels": {"0": "cat"}}'}, Read(PETS_READ)),
    "two of them": Case(LOOSE | {"metadata.csv": GOOD, "labels.csv": GOOD}, "keep one of them"),
    "no class at all": beside("metadata.csv", csv("file_name", zip(FILE)), "no column but file_name"),
    "a row twice": beside("metadata.csv", csv("file_name,label", [*ROWS, ROWS[0]]), "it has two rows for 0.png"),
    "no row fits": beside(
        "metadata.csv", csv("file_name,label", [("x.png", "cat")]), "none of its 1 row names a picture"
    ),
    "a way out": beside("metadata.csv", csv("file_name,label", [("../secret.png", "cat")]), "leads out of the folder"),
    "too long a row": beside("metadata.csv", GOOD + b"3.png,eel,more\n", "metadata.csv cannot be read"),
    "an old code page": beside("metadata.csv", GOOD + b"3.png,caf\xe9\n", "is not in UTF-8"),
    "cut short": beside(
        "metadata.jsonl", b'{"file_name": "0.png", "label": "cat"}\n{"file', "metadata.jsonl cannot be read"
    ),
    "cut JSON": beside("dataset.json", b'{"labels": [["0.png", 0], ["1.p', "dataset.json cannot be read"),
    "captions": beside(
        "metadata.csv",
        csv("file_name,text", [(file, f"photo {file}") for file in FILE]),
        "so it looks like a caption, an id or a file name",
    ),
    "captions that are classes": beside(
        "metadata.csv",
        csv("file_name,text", [(file, file[0]) for file in FILE]),
        Read({"0": [10], "1": [11], "2": [20]}),
        label_column="text",
    ),
    "several classes of a picture": beside(
        "metadata.jsonl",
        b'{"file_name": "0.png", "label": ["cat", "pet"]}\n',
        "a picture of several classes is not supported",
    ),
}

IMAGE, TEXT, WHOLE, FLOAT = datasets.Image(), *(datasets.Value(kind) for kind in ("string", "int64", "float64"))

TWO = datasets.ClassLabel(names=["cat", "dog"])

CELLS = [{"bytes": encoded(grey_of(level)), "path": None} for level in (10, 11, 20)]


def table(expected: Read | str, kind: Any = None, values: Any = None, columns: Any = (), **options: Any) -> Case:
    def make(folder: Path) -> None:
        features = {"image": IMAGE, "label": kind, **{name: kind for name, kind, _ in columns}}
        values_of = {"image": CELLS, "label": values, **{name: cells for name, _, cells in columns}}
        given = [name for name, kind in features.items() if kind is not None]
        put_table(folder, {name: values_of[name] for name in given}, **{name: features[name] for name in given})

    return Case(make, expected, options)


TABLES = {
    "names": table(Read(PETS_READ), TWO, [0, 0, 1]),
    "words": table(Read(PETS_READ), TEXT, ["cat", "cat", "dog"]),
    "numbers": table(Read({"9": [20], "10": [10, 11]}), WHOLE, [10, 10, 9]),
    "numbers of pandas": table(Read({"1": [10], "2": [20]}, unlabelled=[11]), FLOAT, [1.0, None, 2.0]),
    "without a class": table(Read({"cat": [10], "dog": [20]}, unlabelled=[11]), TWO, [0, -1, 1]),
    "fractions": table("no label column", FLOAT, [0.5, 1.5, 2.5]),
    "no class": table("no label column; its columns are image"),
    "captions": table("it looks like a caption", TEXT, ["a cat", "my cat", "a dog"]),
    "lists": table("a picture of several classes is not supported", [TEXT], [["cat"], ["cat"], ["dog", "wet"]]),
    "two columns": table("(label, class)", TEXT, ["cat", "cat", "dog"], [("class", TEXT, ["x", "x", "y"])]),
    "one of two": table(
        Read(PETS_READ), TEXT, ["cat", "cat", "dog"], [("class", TEXT, list("xxy"))], label_column="label"
    ),
    "a column that is not there": table("no column 'kind'", TWO, [0, 0, 1], label_column="kind"),
    "one class": table("only one class ('cat')", TEXT, ["cat"] * 3),
    "a name without pictures": table("class 'dog' is empty", TWO, [0, 0, 0]),
    "accents of a Mac": table(Read({"Caf\u00e9": [10, 11], "dog": [20]}), TEXT, ["Cafe\u0301", "Caf\u00e9", "dog"]),
    "spaces round everything": table(Read(PETS_READ), TEXT, ["cat", " cat", "dog\n"]),
    "spaces alone": table(Read({"cat": [10], "dog": [20]}, unlabelled=[11]), TEXT, ["cat", " ", "dog"]),
    "capitals only": table("differ in capitals or spaces only", TEXT, ["cat", "Cat", "dog"], label_column="label"),
    "capitals only, with numbers": table(
        Read({"cat": [10, 11], "Cat": [20]}), datasets.ClassLabel(names=["cat", "Cat"]), [0, 0, 1]
    ),
    "a name that cannot be shown": table(r"no class can be called 'a\nb'", TEXT, ["a\nb", "a\nb", "dog"]),
    "of another program": Case(
        {"train.parquet": parquet({"image": [cell["bytes"] for cell in CELLS], "label": KIND})}, Read(PETS_READ)
    ),
    "no table": Case({"train.parquet": b"none"}, "arquet"),
}
