"""What file systems and editors add to a folder is left out and counted, and what is linked there is read."""

from __future__ import annotations

import os
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from amgan.data.file_tree import by_name
from amgan.data.labelled_images import load_labelled_images
from tests.data.data_sets import put

HELPERS = [
    ".AppleDouble",
    ".ipynb_checkpoints",
    ".Trash-1000",
    "@eaDir",
    "__MACOSX",
    "__macosx",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
    "#recycle",
    "found.000",
]


@pytest.fixture
def pets(tmp_path):
    return put(tmp_path / "pets", {"cat/0.png": 0, "cat/old/1.png": 1, "dog/2.png": 2})


@pytest.mark.parametrize("helper", HELPERS)
@pytest.mark.parametrize("split", ["", "train/"])
def test_helper_folders_at_any_depth(tmp_path, helper, split):
    put(tmp_path, {f"{split}cat/0.png": 0, f"{split}cat/old/1.png": 1, f"{split}dog/2.png": 2})
    for place in {"", split, f"{split}cat/", f"{split}cat/old/"}:
        put(tmp_path, {f"{place}{helper}/more/8.png": 8, f"{place}{helper}/9.jpg": b"x"})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_counts == {"cat": 2, "dog": 1}
    assert data.left_out == f"{8 if split else 6} pictures hidden or in helper folders"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(pets):
    os.mkfifo(pets / "cat/pipe.png")
    assert load_labelled_images(str(pets), 32).class_counts == {"cat": 2, "dog": 1}


def test_the_order_is_the_same_on_every_system():
    names = ["b", "A/x", "a", "B.1", "A.b/x", "é", "10"]
    orders = [
        [path.as_posix() for path in sorted(map(kind, names), key=by_name)] for kind in (PurePosixPath, PureWindowsPath)
    ]
    assert orders[0] == orders[1] == ["10", "A/x", "A.b/x", "B.1", "a", "b", "é"]
