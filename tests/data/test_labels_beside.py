"""Labels in a file beside the pictures: they win over subfolders, and nothing of either goes unsaid."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from amgan.data import labels_beside
from amgan.data.labelled_images import load_labelled_images
from amgan.networks.objectives import UNLABELLED
from tests.data.data_sets import levels, png, put, refusal

FILES = [f"{day}/{number}.png" for day in ("2024-01", "2024-02") for number in range(3)]
KINDS = ["mug", "pot", "mug", "pot", "mug", "pot"]

Rows = list[dict[str, object]]


def as_csv(rows: Rows, separator: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_lines(rows: Rows) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(rows: Rows) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def as_style_gan(rows: Rows) -> bytes:
    return json.dumps({"labels": [list(row.values())[:2] for row in rows]}).encode()


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "metadata.csv": as_csv,
    "labels.csv": as_csv,
    "Metadata.CSV": lambda rows: as_csv(rows, ";"),
    "metadata.jsonl": as_lines,
    "metadata.parquet": as_parquet,
    "dataset.json": as_style_gan,
}
EVERY_FORMAT = pytest.mark.parametrize("name", FORMATS)


def rows_of(files: list[str] = FILES, kinds: list[object] = KINDS, column: str = "label") -> Rows:
    return [{"file_name": file, column: kind} for file, kind in zip(files, kinds)]


@EVERY_FORMAT
@pytest.mark.parametrize("place", ["", "train/", "TRAIN/", "data/"])
def test_they_win_over_subfolders(tmp_path, name, place):
    put(tmp_path, {place + file: level for level, file in enumerate(FILES)})
    put(tmp_path, {place + name: FORMATS[name](rows_of())})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_names == ("mug", "pot")
    assert dict(zip(levels(data), data.labels.tolist())) == dict(enumerate([0, 1, 0, 1, 0, 1]))
    assert data.left_out == ""


@EVERY_FORMAT
def test_numbers_are_classes_in_their_order(tmp_path, name):
    files = [f"00000/{number}.png" for number in range(6)]
    put(tmp_path, {file: level for level, file in enumerate(files)})
    put(tmp_path, {name: FORMATS[name](rows_of(files, [10, 2, 0, 10, 2, 0]))})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_names == ("0", "2", "10")
    assert data.labels.tolist() == [2, 1, 0, 2, 1, 0]


@EVERY_FORMAT
def test_what_does_not_fit_is_counted(tmp_path, name):
    put(tmp_path, {file: level for level, file in enumerate(FILES)} | {"loose.png": 9, "a/b.cr2": b"x"})
    put(tmp_path, {name: FORMATS[name](rows_of([*FILES[:5], "gone.png", "a/b.cr2"], [*KINDS, "pot"]))})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_counts == {"mug": 3, "pot": 2}
    assert data.left_out == f"1 file (.cr2), 2 pictures without a row in {name}, 2 rows of {name} without a picture"


@EVERY_FORMAT
@pytest.mark.parametrize(
    "bad", ["../secret.png", "/secret.png", "2024-01/../../secret.png", "..\\secret.png", "C:\\s.png"]
)
def test_no_row_leads_out_of_the_folder(tmp_path, name, bad):
    inside = put(tmp_path / "set", {file: level for level, file in enumerate(FILES)})
    put(tmp_path, {"secret.png": 9})
    put(inside, {name: FORMATS[name](rows_of([*FILES[:5], bad]))})
    assert "leads out of the folder" in refusal(inside)


def test_no_row_leads_out_by_a_link(tmp_path):
    inside = put(tmp_path / "set", {file: level for level, file in enumerate(FILES)})
    put(tmp_path, {"elsewhere/secret.png": 9, "secret.png": 9})
    (inside / "far").symlink_to(tmp_path / "elsewhere")
    (inside / "far.png").symlink_to(tmp_path / "secret.png")
    (inside / "near.png").symlink_to(inside / FILES[0])
    files = [*FILES, "far/secret.png", "far.png", "near.png"]
    put(inside, {"metadata.csv": as_csv(rows_of(files, [*KINDS, "mug", "mug", "mug"]))})
    data = load_labelled_images(str(inside), 32)
    assert sorted(levels(data)) == [0, 0, 1, 2, 3, 4, 5]
    assert data.left_out == "2 pictures linked from outside the folder"


@EVERY_FORMAT
def test_two_rows_for_one_picture_are_refused(tmp_path, name):
    put(tmp_path, dict.fromkeys(FILES, 1))
    put(tmp_path, {name: FORMATS[name](rows_of([*FILES[:5], "./" + FILES[0]]))})
    assert f"it has two rows for {FILES[0]}" in refusal(tmp_path)


@EVERY_FORMAT
def test_no_picture_has_a_row(tmp_path, name):
    put(tmp_path, dict.fromkeys(FILES, 1))
    put(tmp_path, {name: FORMATS[name](rows_of([file.split("/")[1] for file in FILES]))})
    assert f"{name}: none of its 6 rows names a picture" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("first", "second"), [("metadata.csv", "dataset.json"), ("metadata.jsonl", "train/labels.csv")]
)
def test_two_such_files_are_a_question(tmp_path, first, second):
    put(tmp_path, {f"train/{file}": 1 for file in FILES})
    put(tmp_path, {name: FORMATS[Path(name).name](rows_of()) for name in (first, second)})
    message = refusal(tmp_path)
    assert "keep one of them" in message
    assert first in message
    assert second in message


def test_without_a_class_they_are_refused(tmp_path):
    put(tmp_path, dict.fromkeys(FILES, 1))
    put(tmp_path, {"metadata.csv": "\n".join(["file_name", *FILES]).encode()})
    assert "metadata.csv: no column but file_name" in refusal(tmp_path)


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl", "metadata.parquet"])
def test_which_column_is_the_class_is_the_rule_of_every_table(tmp_path, name):
    put(tmp_path, {file: level for level, file in enumerate(FILES)})
    rows: Rows = [{**row, "note": "x", "id": number} for number, row in enumerate(rows_of(column="Category"))]
    put(tmp_path, {name: FORMATS[name](rows)})
    assert load_labelled_images(str(tmp_path), 32).class_names == ("mug", "pot")
    put(tmp_path, {name: FORMATS[name](rows_of(kinds=[f"a photo of {file}" for file in FILES], column="text"))})
    assert "column 'text' has 6 values in 6 pictures" in refusal(tmp_path)
    assert len(load_labelled_images(str(tmp_path), 32, label_column="text").class_names) == 6


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl", "dataset.json"])
def test_a_picture_without_a_class(tmp_path, name):
    put(tmp_path, {file: level for level, file in enumerate(FILES)})
    put(tmp_path, {name: FORMATS[name](rows_of(kinds=[*KINDS[:5], None]))})
    data = load_labelled_images(str(tmp_path), 32)
    assert dict(zip(levels(data), data.labels.tolist()))[5] == UNLABELLED


def test_one_file_for_all_splits(tmp_path):
    files = [f"{part}/{number}.png" for part in ("Train", "test") for number in range(4)]
    put(tmp_path, {file: level for level, file in enumerate(files)} | {"new/9.png": 9, "loose.png": 9})
    put(tmp_path, {"metadata.csv": as_csv(rows_of([*files, "gone.png"], ["mug", "pot"] * 4 + ["mug"]))})
    data = load_labelled_images(str(tmp_path), 32)
    assert levels(data) == [0, 1, 2, 3]
    assert data.left_out == "1 row of metadata.csv without a picture, 2 pictures beside Train"
    assert levels(load_labelled_images(str(tmp_path), 32, split="test")) == [4, 5, 6, 7]
    assert "no split 'val'; it has Train, test" in refusal(tmp_path, split="val")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.csv", b"file,photographer\n0.png,me\n"),
        ("metadata.jsonl", b"[]\n"),
        ("metadata.jsonl", b"\xff\xfe\n"),
        ("labels.csv", b"a note\n"),
        ("labels.csv", b""),
        ("labels.txt", b"file_name,label\n2024-01/0.png,mug\n"),
        ("others.csv", b"file_name,label\n2024-01/0.png,mug\n"),
        ("dataset.json", b"{}"),
        ("dataset.json", b'{"labels": null}'),
        ("dataset.json", b'{"labels": ["mug", "pot"]}'),
        ("dataset.json", b"not JSON"),
    ],
)
def test_a_stray_note_changes_nothing(tmp_path, name, content):
    put(tmp_path, dict.fromkeys(FILES, 1) | {name: content})
    data = load_labelled_images(str(tmp_path), 32)
    assert (data.class_counts, data.left_out) == ({"2024-01": 3, "2024-02": 3}, "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.csv", b"file_name,label\n2024-01/0.png,mug,more\n"),
        ("metadata.csv", b"file_name,label\n2024-01/0.png,caf\xe9\n"),
        ("metadata.csv", b"file_name,label,label\n2024-01/0.png,mug,mug\n"),
        ("metadata.jsonl", b'{"file_name": "2024-01/0.png", "label": "mug"}\n{"file_name":'),
        ("metadata.jsonl", b'{"file_name": "2024-01/0.png", "label": "mug"}\n{"file_name": "x.png", "label": 1}\n'),
        ("dataset.json", b'{"labels": [["2024-01/0.png", 0], ["2024-'),
        ("dataset.json", b'{"labels": ' + b"[" * 100_000),
        ("dataset.json", b'{"labels": [["2024-01/0.png", 0], ["2024-01/1.png", "a"]]}'),
    ],
)
def test_broken_ones_are_refused(tmp_path, name, content):
    put(tmp_path, dict.fromkeys(FILES, 1) | {name: content})
    assert name in refusal(tmp_path)


@EVERY_FORMAT
def test_their_size_is_bounded(tmp_path, name, monkeypatch):
    monkeypatch.setattr(labels_beside, "MOST_BYTES", 100)
    put(tmp_path, dict.fromkeys(FILES, 1))
    put(tmp_path, {name: FORMATS[name](rows_of())})
    assert "too large" in refusal(tmp_path)


def test_a_small_file_that_unpacks_to_a_large_one(tmp_path, monkeypatch):
    content = as_parquet(rows_of([*FILES, *["gone.png"] * 100_000], [*KINDS, *["x" * 1000] * 100_000]))
    monkeypatch.setattr(labels_beside, "MOST_BYTES", len(content) + 1)
    put(tmp_path, dict.fromkeys(FILES, 1) | {"metadata.parquet": content})
    assert "too large" in refusal(tmp_path)


def test_excel_and_a_mac_write_them_their_way(tmp_path):
    files = ["cafe\u0301/0.png", "cafe\u0301/1.png"]
    put(tmp_path, {file: level for level, file in enumerate(files)})
    text = "File Name,label\ncaf\u00e9/0.png,007\ncaf\\1.png,x\n".replace("caf\\", "caf\u00e9\\").replace(",", ";")
    for content in (text.replace(" ", "_").encode("utf-16"), text.replace(" ", "_").encode("utf-8-sig")):
        put(tmp_path, {"labels.csv": content})
        data = load_labelled_images(str(tmp_path), 32)
        assert (data.class_names, levels(data)) == (("007", "x"), [0, 1])


def test_the_file_in_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for number in range(6):
            archive.writestr(f"set/{number}.png", png(number))
        archive.writestr("set/metadata.csv", as_csv(rows_of([f"{number}.png" for number in range(6)])))
    assert load_labelled_images(str(tmp_path / "set.zip"), 32).class_names == ("mug", "pot")
