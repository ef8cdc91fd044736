"""What file systems and editors add to a folder is left out and counted, and what is linked there is read."""

from __future__ import annotations

import os
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from amgan.data.file_tree import by_name
from amgan.data.labelled_images import load_labelled_images
from tests.data.data_sets import levels, put

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
@pytest.mark.parametrize("place", ["", "cat/", "cat/old/"])
@pytest.mark.parametrize(("above", "split"), [("", ""), ("", "train/"), ("train/", "train/")])
def test_helper_folders_at_any_depth(tmp_path, helper, place, above, split):
    put(tmp_path, {f"{split}cat/0.png": 0, f"{split}cat/old/1.png": 1, f"{split}dog/2.png": 2})
    above = split if place else above
    put(tmp_path, {f"{above}{place}{helper}/more/8.png": 8, f"{above}{place}{helper}/9.jpg": b"x"})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_counts == {"cat": 2, "dog": 1}
    assert data.left_out == "2 pictures hidden or in helper folders"


def test_helper_files(pets):
    put(pets, {"cat/._0.png": b"x", "cat/Thumbs.db": b"x", "cat/desktop.ini": b"x", "dog/.DS_Store": b"x"})
    data = load_labelled_images(str(pets), 32)
    assert (data.class_counts, data.left_out) == (
        {"cat": 2, "dog": 1},
        "1 picture hidden or in helper folders",
    )


def test_an_only_class_beside_helpers_is_no_set(tmp_path):
    """A helper folder must not become the second class."""
    put(tmp_path, {"cat/0.png": 0, "lost+found/1.png": 1, "dog/2.png": 2, "@eaDir/cat/3.png": 3})
    assert load_labelled_images(str(tmp_path), 32).class_names == ("cat", "dog")


def test_links_are_followed(pets, tmp_path):
    put(tmp_path, {"disk/birds/3.png": 3, "disk/more/deep/4.png": 4, "disk/5.png": 5})
    (pets / "bird").symlink_to(tmp_path / "disk/birds")
    (pets / "dog/more").symlink_to(tmp_path / "disk/more")
    (pets / "dog/five.png").symlink_to(tmp_path / "disk/5.png")
    data = load_labelled_images(str(pets), 32)
    assert data.class_counts == {"bird": 1, "cat": 2, "dog": 3}
    assert sorted(levels(data)) == [0, 1, 2, 3, 4, 5]
    assert data.left_out == ""


@pytest.mark.parametrize("target", [".", "..", "../..", "old", "../../nowhere"])
def test_circles_and_links_to_nowhere_are_counted(pets, target):
    (pets / "cat/again").symlink_to(target)
    data = load_labelled_images(str(pets), 32)
    assert data.class_counts == {"cat": 2, "dog": 1}
    assert data.left_out == "1 link to nowhere or to what is read already"


@pytest.mark.parametrize("target", [".", "..", "nowhere", "itself"])
def test_such_links_beside_the_classes(pets, target):
    (pets / "itself").symlink_to(target)
    data = load_labelled_images(str(pets), 32)
    assert data.class_counts == {"cat": 2, "dog": 1}
    assert data.left_out == "1 link to nowhere or to what is read already"


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
