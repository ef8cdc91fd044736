"""Folders of pictures, one subfolder a class: what is read, what is left out and said so, what is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import datasets
import pytest
import torch
from PIL import features

from amgan.data.class_folders import natural_order
from amgan.data.labelled_images import load_labelled_images
from amgan.data.picture_files import picture_suffixes
from amgan.networks.objectives import UNLABELLED
from tests.data.data_sets import IMAGE, LABELS, TWO_CLASSES, cells, grey_of, levels, put, put_table, refusal


def test_image_folder(tmp_path):
    put(tmp_path, {"dog/b.png": 2, "dog/a.png": 1, "cat/z.png": 0, "cat/y.PNG": 3, "README.md": b"# Pets"})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_names == ("cat", "dog")
    assert data.class_counts == {"cat": 2, "dog": 2}
    assert data.labels.tolist() == [0, 0, 1, 1]
    assert levels(data) == [3, 0, 1, 2]
    assert data.images.shape == (4, 1, 32, 32)
    assert data.images.dtype == torch.uint8
    assert data.labels.dtype == torch.int64
    assert data.images.is_contiguous()
    assert (len(data), data.fit, data.skipped, data.source) == (4, "none", 0, str(tmp_path))
    assert data.original_sizes == {(32, 32): 4}


def test_file_names_that_sound_like_splits(tmp_path):
    splits = ("train", "test", "val", "dev")
    put(tmp_path, {f"{name}/{split}_{number}.png": number for name in "ab" for number, split in enumerate(splits)})
    put(tmp_path, {"a/about.json": b"{}"})
    assert load_labelled_images(str(tmp_path), 32).class_counts == {"a": 4, "b": 4}


def test_a_class_may_be_named_train(tmp_path):
    put(tmp_path, {"train/0.png": 0, "plane/1.png": 1})
    assert load_labelled_images(str(tmp_path), 32).class_names == ("plane", "train")


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """What `datasets` says on the side."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = records.append
    logger = logging.getLogger("datasets")
    logger.addHandler(handler)
    yield records
    logger.removeHandler(handler)


@pytest.mark.parametrize("place", ["", "a/", "b/deep/"])
@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl", "backup.tar"])
def test_stray_notes_and_archives_make_no_other_data_set(tmp_path, place, name):
    put(tmp_path, {"a/0.png": 0, "b/1.png": 1, place + name: b"file,photographer\n0.png,me\n"})
    assert load_labelled_images(str(tmp_path), 32).class_counts == {"a": 1, "b": 1}


def test_stray_notes_in_a_split(tmp_path):
    put(tmp_path, {f"{split}/{name}/0.png": 0 for split in ("train", "test") for name in "ab"})
    put(tmp_path, {"train/metadata.csv": b"x,y\n", "train/a/metadata.csv": b"x,y\n"})
    assert load_labelled_images(str(tmp_path), 32).class_counts == {"a": 1, "b": 1}


@pytest.mark.parametrize("name", ["unlabelled", "unlabeled", "UNLABELLED", "Unlabeled"])
@pytest.mark.parametrize("inner", ["", "train/"])
def test_pictures_of_no_class(tmp_path, inner, name):
    put(tmp_path, {f"{inner}{name}/0.png": 0, f"{inner}{name}/of/monday/1.png": 1})
    put(tmp_path, {f"{inner}apple/2.png": 2, f"{inner}zebra/3.png": 3, f"{inner}zebra/4.png": 4})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.class_names == ("apple", "zebra")
    assert data.class_counts == {"apple": 1, "zebra": 2}
    assert dict(zip(levels(data), data.labels.tolist())) == {0: UNLABELLED, 1: UNLABELLED, 2: 0, 3: 1, 4: 1}
    assert "5 pictures (2 of them unlabelled), 2 classes" in data.summary()
    assert data.left_out == ""


def test_both_spellings_are_one_and_an_empty_one_is_none(tmp_path):
    put(tmp_path, {"a/0.png": 0, "b/1.png": 1, "unlabelled/2.png": 2, "unlabeled/3.png": 3})
    assert load_labelled_images(str(tmp_path), 32).labels.tolist() == [0, 1, UNLABELLED, UNLABELLED]
    for level, name in ((2, "unlabelled"), (3, "unlabeled")):
        (tmp_path / name / f"{level}.png").unlink()
    put(tmp_path, {"unlabelled/x.cr2": b"x"})
    data = load_labelled_images(str(tmp_path), 32)
    assert (data.labels.tolist(), data.left_out) == ([0, 1], "1 file (.cr2)")


@pytest.mark.parametrize("inner", ["", "train/"])
@pytest.mark.parametrize("others", [{}, {"mug/notes.txt": b"soon", "pot/notes.txt": b"soon"}])
def test_nothing_but_pictures_of_no_class(tmp_path, inner, others):
    put(tmp_path, {f"{inner}Unlabelled/{level}.png": level for level in range(3)})
    put(tmp_path, {inner + name: content for name, content in others.items()})
    message = refusal(tmp_path)
    assert "no pictures in subfolders but Unlabelled; put those of each class into a subfolder of its name" in message


@pytest.mark.parametrize("folder", ["data", "train", "plain_text", "default/train"])
def test_parquet_in_folders_as_the_hub_has_them(tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True)
    put_table(tmp_path / folder, {"image": cells(), "label": LABELS}, image=IMAGE, label=TWO_CLASSES)
    put(tmp_path, {"assets/shot.png": 9, "assets/more/shot.png": 9})
    assert levels(load_labelled_images(str(tmp_path), 32)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("name", "content"),
    [("metadata.csv", b""), ("metadata.jsonl", b"{\n"), ("metadata.csv", b"x\n1\n"), ("x.tar", b""), ("x.tar", b"x")],
)
def test_whatever_the_reader_of_a_format_raises_is_one_line(tmp_path, logged, name, content):
    put(tmp_path, {"0.png": 0, name: content})
    before = datasets.logging.get_verbosity()
    refusal(tmp_path)
    assert logged == []
    assert datasets.logging.get_verbosity() == before


def test_a_reader_that_fails_in_its_own_way(tmp_path, logged, monkeypatch):
    def fail(*_, **__):
        datasets.logging.get_logger("datasets.builder").error("a dump of the whole table")
        raise IndexError("list index out of range")

    monkeypatch.setattr(datasets, "load_dataset", fail)
    put_table(tmp_path, {"image": cells(), "label": LABELS}, image=IMAGE, label=TWO_CLASSES)
    assert "cannot be read as a data set (IndexError: list index out of range)" in refusal(tmp_path)
    assert logged == []
    datasets.logging.get_logger("datasets.builder").error("heard again")
    assert len(logged) == 1


CARD = "---\nconfigs:\n{}---\n# Cars\n"


@pytest.mark.parametrize("declared", [False, True])
def test_several_tables_below_one_folder(tmp_path, declared):
    names = ("cars", "birds", ".hidden", "e5", "e6", "e3", "e4")
    for number, name in enumerate(names):
        (tmp_path / name).mkdir()
        columns = {"image": cells()[number % 2 :], "label": LABELS[number % 2 :]}
        put_table(tmp_path / name, columns, image=IMAGE, label=TWO_CLASSES)
    if declared:
        configs = "".join(f"- config_name: {name}\n  data_files: {name}/*.parquet\n" for name in names[:2])
        put(tmp_path, {"README.md": CARD.format(configs).encode()})
        assert "it has several configurations (cars, birds); choose one with --config" in refusal(tmp_path)
        assert "no configuration 'e5'; it has cars, birds" in refusal(tmp_path, config="e5")
    else:
        message = refusal(tmp_path)
        assert "several data sets (birds, cars, e3, e4, e5, ...); give the folder of one of them" in message
        assert message.endswith(", or choose with --config")
        assert "no configuration '..'; it has birds, cars, e3" in refusal(tmp_path, config="..")
    assert levels(load_labelled_images(str(tmp_path), 32, config="birds")) == [1, 2, 3, 4]
    put(tmp_path, {"README.md": CARD.format("- config_name: default\n  data_files: cars/*.parquet\n").encode()})
    assert len(load_labelled_images(str(tmp_path), 32)) == 5


@pytest.mark.parametrize("inner", ["", "train/"])
def test_several_folders_of_classes_below_one_folder(tmp_path, inner):
    put(tmp_path, {f"{name}/{inner}{kind}/0.png": 0 for name in ("pets", "cars") for kind in "ab"})
    assert "holds several data sets (cars, pets)" in refusal(tmp_path)
    for source, config in ((tmp_path / "pets", None), (tmp_path, "pets")):
        assert load_labelled_images(str(source), 32, config=config).class_names == ("a", "b")
    assert "no configuration 'birds'; it has none" in refusal(tmp_path / "pets", config="birds")


def test_a_class_may_have_subfolders(tmp_path):
    put(tmp_path, {"cat/0.png": 0, "cat/old/1.png": 1, "cat/new/2.png": 2, "dog/2020/3.png": 3, "dog/2021/4.png": 4})
    assert load_labelled_images(str(tmp_path), 32).class_counts == {"cat": 3, "dog": 2}


def test_every_ending_that_pillow_decodes_is_read(tmp_path):
    endings = ["png", "jpg", "jpeg", "jfif", "webp", "bmp", "gif", "tif", "tiff", "ppm", "tga"]
    endings += ["avif"] if features.check("avif") else []
    for number, ending in enumerate(endings):
        path = tmp_path / "ab"[number % 2] / f"{number}.{ending.upper() if number % 3 else ending}"
        path.parent.mkdir(exist_ok=True)
        grey_of(9).save(path)
    data = load_labelled_images(str(tmp_path), 32)
    assert len(data) == len(endings)
    assert data.left_out == ""


def test_formats_that_pillow_only_names_are_no_pictures():
    assert not {".h5", ".hdf", ".mpg", ".eps", ".wmf", ".pdf", ".txt", ""} & picture_suffixes()


def test_what_is_left_out_is_said(tmp_path):
    put(tmp_path, {"a/0.png": 0, "b/1.png": 1, "b/deep/2.png": 2})
    assert "Left out" not in load_labelled_images(str(tmp_path), 32).summary()
    put(tmp_path, {"README": b"x", "LICENSE.rst": b"x", "a/notes.TXT": b"x", "labels.csv": b"x", ".hidden.cr2": b"x"})
    assert "Left out" not in load_labelled_images(str(tmp_path), 32).summary()
    put(tmp_path, {f"a/{number}.CR2": b"x" for number in range(9)} | {"loose.png": 9})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.summary().splitlines()[-1] == "Left out  9 files (.cr2), 1 picture beside the class folders"
    put(tmp_path, {"b/deep/film.mov": b"x", "more.jpg": 9})
    data = load_labelled_images(str(tmp_path), 32)
    assert data.left_out == "10 files (.cr2 9, .mov 1), 2 pictures beside the class folders"
    assert data.to(torch.device("meta")).left_out == data.left_out


def test_an_empty_class_names_the_ending_that_is_not_read(tmp_path):
    put(tmp_path, {"a/0.png": 0, "b/1.png": 1, "c/2.cr2": b"x", "c/notes.txt": b"x"})
    message = refusal(tmp_path)
    assert "class 'c' is empty" in message
    assert ".cr2 is not read" in message
    only = put(tmp_path / "only", {"a/0.cr2": b"x", "b/1.cr2": b"x"})
    assert ".cr2 is not read" in refusal(only)


@pytest.mark.parametrize("table", [False, True])
@pytest.mark.parametrize("form", ["{}", "class {}", "{}x", "a{}-1"])
def test_classes_are_in_natural_order(tmp_path, table, form):
    names = [form.format(number) for number in range(12)]
    if table:
        columns = {"image": cells(24), "label": names[::-1] * 2}
        put_table(tmp_path, columns, image=IMAGE, label=datasets.Value("string"))
    else:
        put(tmp_path, {f"{name}/0.png": number for number, name in enumerate(names)})
    assert load_labelled_images(str(tmp_path), 32).class_names == tuple(names)


def test_names_that_are_the_same_number_have_an_order_too(tmp_path):
    names = {"9" * 5000, "a1", "a", "10", "02", "2", "1a", "1", "01"}
    assert sorted(names, key=natural_order) == ["01", "1", "1a", "02", "2", "10", "9" * 5000, "a", "a1"]
    put(tmp_path, {"01/0.png": 0, "1/1.png": 1, "2/2.png": 2})
    assert load_labelled_images(str(tmp_path), 32).class_names == ("01", "1", "2")
