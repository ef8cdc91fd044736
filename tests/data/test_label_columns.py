"""Which column is the class where nobody says it: no caption, id or file name is taken for one."""

from __future__ import annotations

import datasets
import pytest

from amgan.data.labelled_images import load_labelled_images
from tests.data.data_sets import IMAGE, cells, put_table, refusal

TEXT, WHOLE, FLOAT = (datasets.Value(kind) for kind in ("string", "int64", "float64"))
KINDS = ["cat", "dog", "cat", "dog", "cat", "dog"]


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        ("text", TEXT, [f"a photo of mug {row} on a table" for row in range(6)]),
        ("image_id", WHOLE, list(range(1000, 1006))),
        ("image_id", FLOAT, [float(row) for row in range(6)]),
        ("label", TEXT, ["a", "b", "c", "d", "e", "e"]),
    ],
)
def test_what_tells_each_picture_is_a_class_only_if_somebody_says_so(tmp_path, column, kind, values):
    put_table(tmp_path, {"image": cells(6), column: values}, image=IMAGE, **{column: kind})
    message = refusal(tmp_path)
    assert f"column {column!r} has {len(set(values))} values in 6 pictures" in message
    assert f"--label-column {column}" in message
    assert len(load_labelled_images(str(tmp_path), 32, label_column=column).class_names) == len(set(values))


@pytest.mark.parametrize("column", ["label", "Labels", "class", "category", "TARGET"])
def test_a_column_called_so_is_the_class_whatever_is_beside_it(tmp_path, column):
    columns = {"image": cells(6), "note": ["x"] * 6, column: KINDS, "id": list(range(6))}
    put_table(tmp_path, columns, image=IMAGE, note=TEXT, id=WHOLE, **{column: TEXT})
    assert load_labelled_images(str(tmp_path), 32).class_names == ("cat", "dog")


def test_two_columns_called_so_are_a_question(tmp_path):
    columns = {"image": cells(6), "class": KINDS, "category": KINDS}
    put_table(tmp_path, columns, image=IMAGE, category=TEXT, **{"class": TEXT})
    assert "several columns could be the class (class, category)" in refusal(tmp_path)


@pytest.mark.parametrize("options", [{}, {"label_column": "tags"}])
def test_several_classes_of_one_picture_are_not_supported(tmp_path, options):
    columns = {"image": cells(6), "tags": [[kind, "pet"] for kind in KINDS]}
    put_table(tmp_path, columns, image=IMAGE, tags=[TEXT])
    assert "column 'tags' holds lists, and a picture of several classes is not supported" in refusal(
        tmp_path, **options
    )
