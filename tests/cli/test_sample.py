"""``sample`` writes the pictures that Python gives for the same names."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from amgan import AMGAN
from amgan.cli.sample import MAX_PICTURES
from amgan.sampling.media import enlarge, grid


def pixels(file) -> np.ndarray:
    array = np.asarray(Image.open(file))
    return array if array.ndim == 3 else array[..., None]


@pytest.mark.parametrize("which", ["release", "predefined"])
def test_a_sheet(which, request, run, tmp_path):
    folder = request.getfixturevalue(which)
    printed = run("sample", "--model", folder, "--label", "Bag", "--n", 5, "--seed", 3, "--columns", 3, "--scale", 2,
                  "--out", tmp_path / "new" / "sheet.PNG")  # fmt: skip
    expected = AMGAN.from_pretrained(folder).sample(labels="Bag", seeds=range(3, 8))
    assert np.array_equal(pixels(tmp_path / "new" / "sheet.PNG"), enlarge(grid(expected, 3), 2))
    assert "5 pictures of Bag, seeds 3 to 7" in printed


def test_several_classes_take_turns_by_name_and_number(run, release, tmp_path):
    run("sample", "--model", release, "--label", "bag", "0", "--n", 3, "--out", tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz", allow_pickle=False) as content:
        expected = AMGAN.from_pretrained(release).sample(labels=["Bag", "Sneaker", "Bag"], seeds=[0, 1, 2])
        assert np.array_equal(content["images"], expected)
        assert content["labels"].tolist() == [1, 0, 1]
        assert content["seeds"].tolist() == [0, 1, 2]
        assert content["class_names"].tolist() == ["Sneaker", "Bag", "Ankle boot"]


def test_a_picture_is_drawn_again_from_its_file(run, fail, release, predefined, tmp_path):
    first, again = tmp_path / "first.png", tmp_path / "again.png"
    for seed, *options in (
        (4,), (4, "--label", "Bag", "--truncation", 0.7), (4, "--label", "Bag", "--confidence", 0.4),
        ("4~12-2~25-1", "--label", "Bag", "--truncation", 0.7),
    ):  # fmt: skip
        run("sample", "--model", release, "--n", 1, "--seed", seed, *options, "--out", first)
        run("sample", "--from", first, "--model", release, "--out", again)
        assert first.read_bytes() == again.read_bytes()
    run("sample", "--model", release, "--label", "Bag", "--n", 3, "--out", tmp_path / "folder")
    run("sample", "--from", tmp_path / "folder" / "Bag-seed2.png", "--model", release, "--out", again)
    assert np.array_equal(pixels(again), pixels(tmp_path / "folder" / "Bag-seed2.png"))
    assert "of shoes drew it" in fail("sample", "--from", first, "--model", predefined, "--out", again)
    assert "leave out what you gave" in fail("sample", "--from", first, "--label", "Bag", "--out", again)
    assert "'shoes'" in fail("sample", "--from", first, "--out", again)
    assert "No such file" in fail("sample", "--from", tmp_path / "none.png", "--out", again)
    assert "give --model" in fail("sample", "--out", again)
    run("sample", "--model", release, "--n", 2, "--out", first)
    assert "does not say which picture" in fail("sample", "--from", first, "--out", again)


def test_an_array_keeps_its_name(run, release, tmp_path):
    run("sample", "--model", release, "--n", 1, "--out", tmp_path / "x.NPZ")
    assert [file.name for file in tmp_path.iterdir()] == ["x.NPZ"]


def test_a_zip_and_a_folder_hold_the_same_files(run, release, tmp_path):
    arguments = ("sample", "--model", release, "--n", 4, "--seed", 9, "--truncation", 0.8)
    run(*arguments, "--out", tmp_path / "x.zip")
    run(*arguments, "--out", tmp_path / "folder")
    model = AMGAN.from_pretrained(release)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        names = set(archive.namelist())
        assert names == {file.name for file in (tmp_path / "folder").iterdir()}
        assert all(archive.read(name) == (tmp_path / "folder" / name).read_bytes() for name in names)
        rows = json.loads(archive.read("manifest.json"))
        assert [row["seed"] for row in rows] == [9, 10, 11, 12]
        assert {(row["model"], row["revision"], row["truncation"]) for row in rows} == {("shoes", model.revision, 0.8)}
        found = np.stack([pixels(io.BytesIO(archive.read(row["file"]))) for row in rows])
    assert np.array_equal(found, model.sample(seeds=range(9, 13), truncation=0.8))


def test_confidence_and_revision_are_passed_on(run, fail, release, tmp_path):
    model = AMGAN.from_pretrained(release)
    run("sample", "--model", release, "--label", "Bag", "--n", 2, "--confidence", 0.9, "--revision", model.revision,
        "--out", tmp_path / "x.npz")  # fmt: skip
    with np.load(tmp_path / "x.npz") as content:
        assert np.array_equal(content["images"], model.sample("Bag", [0, 1], confidence=0.9))
    assert "its revision is" in fail("sample", "--model", release, "--revision", "v1", "--out", tmp_path / "y.npz")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--n", "0"], f"n must be a whole number from 1 to {MAX_PICTURES}, not 0"),
        (["--n", "-3"], "n must be"),
        (["--n", str(MAX_PICTURES + 1)], "n must be"),
        (["--seed", "-1"], "a seed must be"),
        (["--seed", str(2**32 - 1), "--n", "2"], "would pass the largest seed"),
        (["--label", "Boat"], "no class 'Boat'; this model has Sneaker, Bag, Ankle boot"),
        (["--label", "3"], "no class number 3; this model has 0 to 2"),
        (["--truncation", "0"], "truncation must be"),
        (["--truncation", "nan"], "truncation must be"),
        (["--confidence", "1"], "confidence must be"),
        (["--confidence", "0.9999999", "--label", "Bag", "--n", "1"], "no 'Bag' from seed"),
        (["--scale", "0"], "scale must be"),
        (["--columns", "0"], "columns"),
        (["--model", "not/there"], "not/there: no such folder here"),
        (["--model", "/not/there"], "/not/there: no such folder here"),
    ],
)
def test_errors_are_one_line_and_write_nothing(fail, release, tmp_path, arguments, words):
    assert words in fail("sample", "--model", release, "--out", tmp_path / "x.png", *arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["x.jpg", "x.webp", "x.tar.gz", "folder.d"])
def test_an_unknown_suffix_is_one_line(fail, release, tmp_path, name):
    assert "write to .png, .zip, .npz, or a folder" in fail("sample", "--model", release, "--out", tmp_path / name)


def test_a_place_that_cannot_be_written_is_one_line(fail, release, tmp_path):
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "x.png"):
        assert "file" in fail("sample", "--model", release, "--n", 1, "--out", out)
    assert (tmp_path / "file").read_text() == "x"
