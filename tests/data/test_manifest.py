"""Exports of this program read back: what their manifest says, and what counts where it says nothing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from amgan.data import manifest
from amgan.data.labelled_images import load_labelled_images
from tests.data.data_sets import levels, put, refusal


def rows(classes: dict[str, str], **more: object) -> list[dict[str, object]]:
    return [{"file": file, "class": name, **more} for file, name in classes.items()]


def lines(classes: dict[str, str]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows(classes)).encode()


def classes_of(folder: Path) -> dict[int, str]:
    data = load_labelled_images(str(folder), 32)
    return dict(zip(levels(data), (data.class_names[label] for label in data.labels)))


OLD = {"class/class-seed0.png": 0, "class-2/class-2-seed0.png": 1, "t-shirt-top/t-shirt-top-seed0.png": 2}
OLD_CLASSES = dict(zip(OLD, ["\u732b", "\u72ac", "T-shirt/top"]))


def test_an_older_export_has_its_classes_by_name(tmp_path):
    put(tmp_path, OLD | {"manifest.jsonl": lines(OLD_CLASSES)})
    assert classes_of(tmp_path) == {0: "\u732b", 1: "\u72ac", 2: "T-shirt/top"}


def test_what_the_manifest_does_not_name_is_of_the_class_of_its_folder(tmp_path):
    put(tmp_path, OLD | {"manifest.jsonl": lines(OLD_CLASSES)})
    put(tmp_path, {"t-shirt-top/mine.png": 3, "C%2B/0.png": 4, "D%3F/0.png": 5, "class/notes.txt": b"x"})
    assert classes_of(tmp_path) == {0: "\u732b", 1: "\u72ac", 2: "T-shirt/top", 3: "T-shirt/top", 4: "C%2B", 5: "D?"}


def test_the_order_of_the_classes_is_the_model_s(tmp_path):
    put(tmp_path, {"b/0.png": 0, "a/0.png": 1, "c/0.png": 2, "d/0.png": 3})
    order = {"classes.json": json.dumps(["c", "without pictures", "b"]).encode()}
    put(tmp_path, order)
    assert load_labelled_images(str(tmp_path), 32).class_names == ("a", "b", "c", "d")
    put(tmp_path, {"manifest.jsonl": lines({"b/0.png": "b"})})
    assert load_labelled_images(str(tmp_path), 32).class_names == ("c", "b", "a", "d")


@pytest.mark.parametrize("packed", [False, True])
def test_pictures_that_lie_beside_their_manifest(tmp_path, packed):
    names = {"x-seed1.png": "x", "y-seed1.png": "y"}
    place = put(tmp_path / "samples", {"x-seed1.png": 0, "y-seed1.png": 1, "loose.png": 2})
    put(place, {"manifest.json": json.dumps(rows(names)).encode()})
    if packed:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for file in place.iterdir():
                archive.write(file, f"samples/{file.name}")
        place = tmp_path / "a.zip"
    assert classes_of(place) == {0: "x", 1: "y"}
    assert load_labelled_images(str(place), 32).left_out == "1 picture beside the class folders"


def test_a_disk_that_changed_capitals_and_accents(tmp_path):
    put(tmp_path, {"MUG/Mug-seed1.png": 0, "MUG/mug-2-seed1.png": 1, "cafe\u0301/cafe\u0301-seed1.png": 2})
    names = {"Mug/Mug-seed1.png": "Mug", "mug/mug-2-seed1.png": "mug", "caf\u00e9/caf\u00e9-seed1.png": "caf\u00e9"}
    put(tmp_path, {"manifest.jsonl": lines(names)})
    assert classes_of(tmp_path) == {0: "Mug", 1: "mug", 2: "caf\u00e9"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"{", b'{"name": "an app", "icons": []}', b"[1, null]", b'[{"file": 3, "class": "x"}]',
     b'[{"file": "a/0.png", "class": "\\ud800"}]', b'[{"file": "a/0.png"}]', b"[" * 100_000],
)  # fmt: skip
def test_a_manifest_of_something_else_says_nothing(tmp_path, content):
    put(tmp_path, {"a/0.png": 0, "b/0.png": 1, "manifest.json": content, "manifest.jsonl": content})
    assert classes_of(tmp_path) == {0: "a", 1: "b"}


def test_one_that_is_too_large_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "MOST_BYTES", 10)
    put(tmp_path, {"a/0.png": 0, "b/0.png": 1, "manifest.jsonl": lines({"a/0.png": "x"})})
    assert "has more than 10 bytes" in refusal(tmp_path)
