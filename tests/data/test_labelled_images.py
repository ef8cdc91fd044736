"""Data sets in every layout that people have, written small, and what each refusal says."""

from __future__ import annotations

import os
import re

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from amgan.data.labelled_images import load_labelled_images
from amgan.errors import DataError
from amgan.networks.objectives import UNLABELLED
from tests.data.data_sets import IMAGE, LABELS, TWO_CLASSES, cells, grey_of, levels, png, put, put_table, refusal


def test_parquet(tmp_path):
    put_table(tmp_path, {"image": cells(), "label": LABELS}, image=IMAGE, label=TWO_CLASSES)
    put_table(tmp_path, {"image": cells(2), "label": [0, 1]}, "test", image=IMAGE, label=TWO_CLASSES)
    data = load_labelled_images(str(tmp_path), 32)
    assert data.labels.tolist() == LABELS
    assert levels(data) == [0, 1, 2, 3, 4]
    assert data.class_names == ("cat", "dog")
    assert len(load_labelled_images(str(tmp_path), 32, split="test")) == 2
    message = refusal(tmp_path, split="valid")
    assert "valid" in message
    assert "train" in message


def test_columns_are_found_by_type_and_not_by_name(tmp_path):
    columns = {"weight": [0.5] * 5, "fine": LABELS, "img": cells(), "id": list(range(5)), "caption": ["x"] * 5}
    put_table(
        tmp_path, columns, weight=datasets.Value("float32"), fine=TWO_CLASSES, img=IMAGE,
        id=datasets.Value("int64"), caption=datasets.Value("string"),
    )  # fmt: skip
    assert load_labelled_images(str(tmp_path), 32).labels.tolist() == LABELS


@pytest.mark.parametrize(
    ("kind", "values", "names", "labels"),
    [
        ("string", ["dog", "cat", "ant", "dog", "cat"], ("ant", "cat", "dog"), [2, 1, 0, 2, 1]),
        ("large_string", ["b", "a", "a", "b", "a"], ("a", "b"), LABELS),
        ("int64", [10, 9, 9, 10, 100], ("9", "10", "100"), [1, 0, 0, 1, 2]),
        ("uint8", [7, 3, 3, 7, 3], ("3", "7"), LABELS),
        ("int8", [1, -1, -1, 1, -1], ("-1", "1"), LABELS),
        ("bool", [True, False, False, True, False], ("False", "True"), LABELS),
    ],
)
def test_labels_without_names(tmp_path, kind, values, names, labels):
    put_table(tmp_path, {"image": cells(), "y": values}, image=IMAGE, y=datasets.Value(kind))
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_names == names
    assert data.labels.tolist() == labels


@pytest.mark.parametrize("kind", ["struct", "bytes"])
def test_parquet_that_another_program_wrote(tmp_path, kind):
    """Without the word of `datasets` on what is a picture."""
    pictures = cells() if kind == "struct" else [cell["bytes"] for cell in cells()]
    pq.write_table(pa.table({"image": pictures, "label": LABELS}), tmp_path / "train.parquet")
    data = load_labelled_images(str(tmp_path), 32)
    assert levels(data) == [0, 1, 2, 3, 4]
    assert data.class_names == ("0", "1")


def test_two_label_columns(tmp_path):
    fine = datasets.ClassLabel(names=["cat", "dog", "ant"])
    columns = {"img": cells(), "fine_label": [2, 1, 0, 1, 0], "coarse_label": LABELS}
    put_table(tmp_path, columns, img=IMAGE, fine_label=fine, coarse_label=TWO_CLASSES)
    message = refusal(tmp_path)
    assert "fine_label, coarse_label" in message
    assert "--label-column" in message
    assert load_labelled_images(str(tmp_path), 32, label_column="fine_label").labels.tolist() == [2, 1, 0, 1, 0]
    assert load_labelled_images(str(tmp_path), 32, label_column="coarse_label").labels.tolist() == LABELS


def test_two_picture_columns(tmp_path):
    put_table(tmp_path, {"a": cells(), "b": cells()[::-1], "y": LABELS}, a=IMAGE, b=IMAGE, y=TWO_CLASSES)
    message = refusal(tmp_path)
    assert "a, b" in message
    assert "--image-column" in message
    assert levels(load_labelled_images(str(tmp_path), 32, image_column="b")) == [4, 3, 2, 1, 0]


def test_no_column_of_the_kind(tmp_path):
    weight = datasets.Value("float32")
    put_table(tmp_path, {"image": cells(), "w": [0.5] * 5}, image=IMAGE, w=weight)
    assert "no label column; its columns are image, w" in refusal(tmp_path)
    put_table(tmp_path, {"w": [0.5] * 5, "y": LABELS}, w=weight, y=TWO_CLASSES)
    assert "no picture column; its columns are w, y" in refusal(tmp_path)


@pytest.mark.parametrize("option", ["image_column", "label_column"])
def test_named_column_that_is_not_there_or_of_another_kind(tmp_path, option):
    columns = {"image": cells(), "y": LABELS, "w": [0.5, float("nan"), 1, 2, 3], "boxes": [[1], [2], [3], [4], [5]]}
    boxes = datasets.List(datasets.Value("int64"))
    put_table(tmp_path, columns, image=IMAGE, y=TWO_CLASSES, w=datasets.Value("float32"), boxes=boxes)
    assert "no column 'nope'; it has image, y, w, boxes" in refusal(tmp_path, **{option: "nope"})
    for column in ("w",) if option == "image_column" else ("w", "boxes", "image"):
        assert f"column {column!r}" in refusal(tmp_path, **{option: column})


WITH_UNLABELLED = datasets.ClassLabel(names=["cat", "Unlabeled", "dog"])
"""As `datasets` numbers a folder of classes on the Hub that has one of pictures without a class."""


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        (TWO_CLASSES, [1, 0, None, 0, 0], ("cat", "dog")),
        (TWO_CLASSES, [1, 0, -1, 0, 0], ("cat", "dog")),
        (WITH_UNLABELLED, [2, 0, 1, 0, 0], ("cat", "dog")),
        (datasets.Value("string"), ["b", "a", None, "a", "a"], ("a", "b")),
        (datasets.Value("large_string"), ["b", "a", "", "a", "a"], ("a", "b")),
        (datasets.Value("string"), ["b", "a", "UNLABELLED", "a", "a"], ("a", "b")),
        (datasets.Value("int64"), [10, 9, None, 9, 9], ("9", "10")),
        (datasets.Value("bool"), [True, False, None, False, False], ("False", "True")),
        (datasets.Value("float64"), [10.0, 9.0, float("nan"), 9.0, 9.0], ("9", "10")),
        (datasets.Value("float32"), [10.0, 9.0, None, 9.0, 9.0], ("9", "10")),
    ],
)
def test_rows_without_a_class_are_unlabelled(tmp_path, kind, values, names):
    put_table(tmp_path, {"image": cells(), "y": values}, image=IMAGE, y=kind)
    data = load_labelled_images(str(tmp_path), 32)
    assert levels(data) == [0, 1, 2, 3, 4]
    assert data.labels.tolist() == [1, 0, UNLABELLED, 0, 0]
    assert data.class_names == names
    assert data.class_counts == {names[0]: 3, names[1]: 1}
    assert data.unlabelled == 1
    assert "5 pictures (1 of them unlabelled), 2 classes" in data.summary()


def test_the_labelled_pictures_alone(tmp_path):
    put_table(tmp_path, {"image": cells(), "y": [1, None, -1, 0, 0]}, image=IMAGE, y=TWO_CLASSES)
    data = load_labelled_images(str(tmp_path), 32)
    alone = data.labelled
    assert (levels(alone), alone.labels.tolist(), alone.unlabelled) == ([0, 3, 4], [1, 0, 0], 0)
    assert (alone.class_names, alone.class_counts) == (data.class_names, data.class_counts)
    assert alone.summary().splitlines()[-1] == "Left out  2 unlabelled pictures"
    assert alone.labelled is alone


@pytest.mark.parametrize(
    ("kind", "values"),
    [(TWO_CLASSES, [-1, None, -1, -1, None]), (datasets.Value("string"), ["", None, "", "unlabelled", ""]),
     (datasets.Value("float32"), [float("nan")] * 5)],
)  # fmt: skip
def test_no_row_has_a_class(tmp_path, kind, values):
    put_table(tmp_path, {"image": cells(), "y": values}, image=IMAGE, y=kind)
    assert "none of its 5 pictures has a class; label some of each class" in refusal(tmp_path)


def test_a_class_whose_rows_are_all_unlabelled(tmp_path):
    put_table(tmp_path, {"image": cells(), "y": [0, 0, None, -1, 0]}, image=IMAGE, y=TWO_CLASSES)
    assert "class 'dog' is empty" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("label", "words"), [(2, "row 4 has class 2"), (7, "row 4 has class 7"), (-2, "row 4 has class -2")]
)
def test_class_number_outside_the_names(tmp_path, label, words):
    """`datasets` would not write such a file, but reads it."""
    features = datasets.Features(image=IMAGE, y=TWO_CLASSES)
    table = pa.table({"image": cells(), "y": [*LABELS[:4], label]}, schema=features.arrow_schema)
    pq.write_table(table, tmp_path / "train.parquet")
    message = refusal(tmp_path)
    assert words in message
    assert "'y'" in message


def test_skipping_may_leave_a_class_without_a_labelled_picture(tmp_path):
    put(tmp_path, {"a/0.png": 0, "b/1.png": b"x", "unlabelled/2.png": 2})
    assert "class 'b' is empty" in refusal(tmp_path, skip_broken=True)
    put(tmp_path, {"b/3.png": 3, "unlabelled/4.png": b"x"})
    data = load_labelled_images(str(tmp_path), 32, skip_broken=True)
    assert (data.labels.tolist(), data.skipped) == ([0, 1, UNLABELLED], 2)


def test_more_pictures_than_one_chunk_keep_their_order(tmp_path):
    count = 2100
    pictures = [{"bytes": content, "path": None} for content in map(png, range(251))]
    columns = {"image": [pictures[row % 251] for row in range(count)], "y": [row % 2 for row in range(count)]}
    put_table(tmp_path, columns, image=IMAGE, y=TWO_CLASSES)
    data = load_labelled_images(str(tmp_path), 32)
    assert levels(data) == [row % 251 for row in range(count)]
    assert data.labels.tolist() == columns["y"]


def test_summary_of_many_classes_and_sizes_stays_short(tmp_path):
    for number in range(25):
        (tmp_path / f"c{number:02}").mkdir()
        grey_of(9, 40 + number).save(tmp_path / f"c{number:02}" / "0.png")
    summary = load_labelled_images(str(tmp_path), 32).summary()
    assert "and 5 more" in summary
    assert "and 21 other sizes" in summary
    assert len(summary.splitlines()) == 3


def test_to_another_device_keeps_the_rest(tmp_path):
    put(tmp_path, {"a/0.png": 0, "b/1.png": 1})
    data = load_labelled_images(str(tmp_path), 32)
    moved = data.to(torch.device("meta"))
    assert moved.images.device.type == moved.labels.device.type == "meta"
    assert moved.class_names == data.class_names


def test_nothing_there(tmp_path):
    assert "no such folder" in refusal(tmp_path / "nope")
    for name in ("a/b/c", "photos", "./photos", "../photos", "photos/.x", "-x/y"):
        assert "no such folder; a data set of the Hub is named user/name" in refusal(name)
    assert "is a file" in refusal(put(tmp_path, {"x.png": 1}) / "x.png")
    assert "no pictures in subfolders" in refusal(tmp_path)
    with pytest.raises(DataError, match="no data set is named"):
        load_labelled_images(" ", 32)


@pytest.mark.skipif(os.environ.get("HF_HUB_OFFLINE") != "1", reason="would ask the real Hub: HF_HUB_OFFLINE is not 1")
@pytest.mark.parametrize("name", ["amgan-tests/no-such-set", "amgan-tests/no--such..set"])
def test_no_such_data_set_on_the_hub(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    message = refusal(name)
    assert "no such folder here" in message
    assert "Hub" in message


def test_broken_tables(tmp_path):
    put_table(tmp_path, {"image": cells(), "y": LABELS}, image=IMAGE, y=TWO_CLASSES)
    table = tmp_path / "train.parquet"
    whole = table.read_bytes()
    for content in (b"", whole[: len(whole) // 2], whole[:4] + b"\xff" * 60 + whole[64:]):
        table.write_bytes(content)
        assert re.search(r"(?i)parquet|corrupt|page|thrift", refusal(tmp_path))


def test_set_written_by_save_to_disk_says_so(tmp_path):
    table = datasets.Dataset.from_dict({"image": cells()}, features=datasets.Features(image=IMAGE))
    table.save_to_disk(tmp_path / "saved")
    assert "save_to_disk" in refusal(tmp_path / "saved")
