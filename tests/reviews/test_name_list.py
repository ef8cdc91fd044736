"""Lists of names: what jobs, samples and reviews write is read, drawn as it was, and nothing else is taken for one."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amgan.bounds import MAX_ITEMS
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.errors import RequestError
from amgan.reviews import row_files
from amgan.reviews.making import Source, job_items, named_items
from amgan.reviews.name_list import read_names
from amgan.sampling.archive import picture_files, zip_pictures
from amgan.sampling.picture_row import NamedPicture
from tests.models import NAMES, message, tiny_model
from tests.mutations import ANY_JSON

MODEL = tiny_model()
SOURCE = Source.of("shoes", MODEL)
SOURCES = {("shoes", MODEL.revision): SOURCE}
ROW = {"model": "shoes", "revision": MODEL.revision, "seed": 3, "asked_class": "Bag"}


def written(path, rows):
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def test_a_sheet_is_read_from_its_zip_and_its_folder_and_drawn_as_it_was(tmp_path):
    pictures, samples = MODEL.sampler.sample([5, 6, "7~12-3", "8~6-1~25-2"], ["Bag", None, "Sneaker", 2], 0.8, 0.6)
    given_pictures = (pictures, samples, NAMES, "shoes", MODEL.revision)
    (tmp_path / "a.zip").write_bytes(zip_pictures(*given_pictures))
    (tmp_path / "folder").mkdir()
    for name, content in picture_files(*given_pictures):
        (tmp_path / "folder" / name).write_bytes(content)
    for place in (tmp_path / "a.zip", tmp_path / "folder", tmp_path / "folder" / "manifest.json"):
        names = read_names(place, confidence=0.6)
        assert [(name.seed, name.asked) for name in names] == [
            (5, "Bag"), (6, None), ("7~12-3", "Sneaker"), ("8~6-1~25-2", "Ankle boot"),
        ]  # fmt: skip
        items = named_items(SOURCES, names)
        assert [item.a.label for item in items] == [NAMES[sample.label] for sample in samples]
        for item, picture in zip(items, pictures):
            again, _ = SOURCE.draw(
                [item.a.name],
                [None if item.a.asked is None else NAMES.index(item.a.asked)],
                item.a.truncation,
                item.a.confidence,
            )
            assert np.array_equal(again[0], picture)


@pytest.mark.parametrize("form", ["png", "zip", "parquet", "npz"])
@pytest.mark.parametrize("seed", [0, "7~40-3"])
def test_a_finished_jobs_result_gives_the_items_of_the_job(tmp_path, form, seed):
    spec = JobSpec("shoes", MODEL.revision, form, labels={"Bag": 5, "Sneaker": 4}, seed=seed)
    result = run_job(spec, SOURCE.draw, NAMES, tmp_path / "job")
    for place in {result, result.parent}:
        assert named_items(SOURCES, read_names(place)) == job_items(SOURCE, spec, 100)
        assert named_items(SOURCES, read_names(place, most=3)) == job_items(SOURCE, spec, 3)


@pytest.mark.parametrize("variation", ["8~12-3", "7", "7~12", "7~12-3" * 99, 7, ["7~12-3"], {}, ""])
def test_a_variation_is_one_of_its_seed_or_refused(tmp_path, variation):
    with pytest.raises(RequestError) as caught:
        read_names(written(tmp_path / "m.json", [ROW | {"seed": 7, "variation": variation}]))
    assert "row 1: " in message(caught.value)
    assert len(message(caught.value)) < 300


def test_models_revisions_and_settings_may_be_mixed_and_keep_their_order(tmp_path):
    other = Source("boots", "4567cdef", tiny_model(seed=1).sampler, tiny_model(seed=1).sampler.sample)
    boots = {"model": "boots", "revision": "4567cdef", "seed": 1}
    rows = [ROW, boots, ROW | {"seed": 4, "truncation": 0.5}, ROW | {"confidence": 0.55}, ROW | {"seed": 9}, ROW]
    names = read_names(written(tmp_path / "m.json", rows))
    assert len(names) == 5  # each once
    pictures = [item.a for item in named_items(SOURCES | {("boots", "4567cdef"): other}, names)]
    assert [(one.model, one.seed, one.truncation, one.confidence) for one in pictures] == [
        ("shoes", 3, 1.0, None), ("boots", 1, 1.0, None), ("shoes", 4, 0.5, None), ("shoes", 3, 1.0, 0.55),
        ("shoes", 9, 1.0, None),
    ]  # fmt: skip


def test_the_class_is_that_asked_for_and_else_the_one_named(tmp_path):
    rows = [ROW | {"class": "Sneaker", "asked_class": None}, {**ROW, "class": "Sneaker", "asked_class": "Bag"}]
    rows += [{key: value for key, value in ROW.items() if key != "asked_class"} | {"class": "Sneaker"}]
    assert [name.asked for name in read_names(written(tmp_path / "m.json", rows))] == [None, "Bag", "Sneaker"]


def test_another_picture_than_the_one_that_was_named_is_not_shown(tmp_path):
    (name,) = read_names(written(tmp_path / "m.json", [ROW | {"draw": 999}]))
    with pytest.raises(RequestError) as raised:
        named_items(SOURCES, [name])
    assert "another picture now" in message(raised.value)


@example(10**400, "confidence")
@given(ANY_JSON, st.sampled_from(["model", "revision", "seed", "asked_class", "truncation", "confidence", "draw"]))
def test_whatever_stands_in_a_row_it_is_a_name_or_refused(tmp_path_factory, value, field):
    folder = tmp_path_factory.mktemp("names")
    for rows in ([ROW | {field: value}], [value], value):
        try:
            names = read_names(written(folder / "m.json", rows))
        except RequestError as error:
            message(error)
        else:
            assert all(isinstance(name, NamedPicture) for name in names)


def test_what_is_no_list_of_names_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + b"x" * 100)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("notes.txt", "no manifest")
    (tmp_path / "m.jsonl").write_text(json.dumps(ROW) + "\n\n{\n", encoding="utf-8")
    many = written(tmp_path / "many.json", [ROW | {"seed": seed} for seed in range(MAX_ITEMS + 1)])
    for place, most, words in [
        (tmp_path / "nowhere.json", None, "cannot be read"),
        (tmp_path / "empty", None, "there is no manifest.json or manifest.jsonl in it"),
        (tmp_path / "broken.zip", None, "no sound zip"),
        (tmp_path / "other.zip", None, "there is no manifest"),
        (tmp_path / "m.txt", None, "name a manifest"),
        (tmp_path / "m.jsonl", None, "row 2: it must be JSON"),
        (written(tmp_path / "none.json", []), None, "1 to 2000 pictures, not 0"),
        (written(tmp_path / "row.json", [{"seed": 1}]), None, "row 1: it needs the field 'model'"),
        (many, None, "1 to 2000 pictures, not 2001; say with --n how many of them"),
        (many, 0, "not 0"),
    ]:
        with pytest.raises(RequestError) as raised:
            read_names(place, most)
        assert words in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1
    assert len(read_names(many, 7)) == 7
    monkeypatch.setattr(row_files, "MAX_BYTES", 100)
    with pytest.raises(RequestError, match="more than 100 bytes"):
        read_names(many, 7)
