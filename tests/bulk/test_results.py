"""The results as whoever gets them reads them: each holds every picture once, with what is known of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import get_args, get_type_hints

import datasets
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from amgan.bulk.formats import FORMS
from amgan.bulk.names import CHUNK_PICTURES
from amgan.cli.generate import GenerateCommand
from amgan.server.schemas import JobRequest
from amgan.ui.state import FileFormat
from tests.bulk.jobs import NAMES, StandIn, contents, done, job
from tests.models import tiny_model

LABELS = {NAMES[1]: 130, NAMES[0]: 150, NAMES[2]: 1}
"""More than one chunk, whose border lies within a class."""
WANTED = [(seed, 0) for seed in range(4, 154)] + [(seed, 1) for seed in range(4, 134)] + [(4, 2)]
FOLDERS = ("Sneaker", "T-shirt%2Ftop", "T shirt (top)")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    spec = {kind: job(format=kind, labels=LABELS, seed=4, truncation=0.5) for kind in FORMS}
    return {kind: done(spec[kind], tmp_path_factory.mktemp(kind)) for kind in FORMS}


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))[..., None]


def check_rows(rows, read):
    draw = StandIn()
    assert [(row["seed"], NAMES.index(row["class"])) for row in rows] == WANTED
    for row, (seed, label) in zip(rows, WANTED, strict=True):
        folder = FOLDERS[label]
        assert row == {
            "file": f"{folder}/{folder}-seed{seed}.png", "seed": seed, "draw": seed % 7, "class": NAMES[label],
            "asked_class": NAMES[label], "class_probability": round(1 / (seed + 2), 6), "real_probability": 0.5,
            "truncation": 0.5, "confidence": None, "model": "shoes", "revision": "0123abcd",
        }  # fmt: skip
        assert np.array_equal(pixels(read(row["file"])), draw.picture(seed, label))


def test_the_zip(results):
    with zipfile.ZipFile(results["zip"]) as archive:
        assert archive.testzip() is None
        rows = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        check_rows(rows, archive.read)
        assert archive.namelist() == [row["file"] for row in rows] + ["classes.json", "manifest.jsonl"]
        assert json.loads(archive.read("classes.json")) == list(NAMES)


def test_the_folder_holds_the_files_of_the_zip(results):
    folder = results["png"].parent
    rows = [json.loads(line) for line in results["png"].read_text().splitlines()]
    check_rows(rows, lambda name: (folder / name).read_bytes())
    with zipfile.ZipFile(results["zip"]) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert {name: content for name, content in contents(folder).items() if name != ".job.json"} == found


@pytest.mark.parametrize("whole_folder", [True, False])
def test_the_table_is_a_data_set_with_pictures_and_classes(results, tmp_path, whole_folder):
    file = results["parquet"]
    if whole_folder:
        table = datasets.load_dataset(str(file.parent), split="train", cache_dir=str(tmp_path))
    else:
        table = datasets.load_dataset("parquet", data_files=str(file), split="train", cache_dir=str(tmp_path))
    assert isinstance(table.features["image"], datasets.Image)
    assert table.features["label"].names == list(NAMES)
    assert list(zip(table["seed"], table["label"])) == WANTED
    assert list(table["draw"]) == [seed % 7 for seed, _ in WANTED]
    assert set(table["revision"]) == {"0123abcd"}
    draw = StandIn()
    for row, (seed, label) in zip(table, WANTED, strict=True):
        assert np.array_equal(np.asarray(row["image"])[..., None], draw.picture(seed, label))
        assert row["class_probability"] == pytest.approx(1 / (seed + 2), abs=1e-6)


def test_a_large_table_has_few_row_groups(tmp_path):
    """What is known of each stays in memory until the last one is written."""
    file = pq.ParquetFile(done(job(format="parquet", n=17 * CHUNK_PICTURES + 3), tmp_path))
    groups = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert groups == [16 * CHUNK_PICTURES, CHUNK_PICTURES + 3]
    assert file.read(["seed"])["seed"].to_pylist() == list(range(17 * CHUNK_PICTURES + 3))


def test_the_shards(results):
    draw, found = StandIn(), []
    with zipfile.ZipFile(results["npz"]) as archive:
        assert archive.namelist() == ["shard-00000.npz", "shard-00001.npz"]
        for name in archive.namelist():
            with np.load(io.BytesIO(archive.read(name)), allow_pickle=False) as shard:
                for image, seed, label in zip(shard["images"], shard["seeds"], shard["labels"], strict=True):
                    assert np.array_equal(image, draw.picture(int(seed), int(label)))
                    found.append((int(seed), int(label)))
                assert shard["images"].dtype == np.uint8
                assert shard["draws"].tolist() == [seed % 7 for seed in shard["seeds"]]
                assert shard["class_names"].tolist() == list(NAMES)
                assert (str(shard["model"]), str(shard["revision"])) == ("shoes", "0123abcd")
                assert set(shard["truncation"]) == {0.5}
    assert found == WANTED


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("seed", [2, "2~60-1"])
def test_pictures_of_a_model_are_those_that_their_names_stand_for(tmp_path, labeling, seed):
    model = tiny_model(labeling=labeling, channels=3, index_seeds=5 if labeling == "dynamic" else 0)
    spec = job(format="png", labels={"Bag": 9, "Sneaker": 4}, seed=seed, revision=model.revision, confidence=0.6)
    done(spec, tmp_path, model.sampler.sample, class_names=model.class_names)
    rows = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert len(rows) == 13
    for row in rows:
        alone, (known,) = model.sampler.sample(
            [row.get("variation", row["seed"])], [row["asked_class"]], confidence=0.6
        )
        assert np.array_equal(np.asarray(Image.open(tmp_path / row["file"])), alone[0])
        assert (row["draw"], row["class_probability"]) == (known.draw, round(known.class_probability, 6))


def test_command_line_server_and_page_offer_the_forms_that_there_are():
    offered = [name for name, form in FORMS.items() if form.media_type is not None]
    assert list(get_args(get_type_hints(GenerateCommand)["format"])) == list(FORMS)
    assert list(get_args(JobRequest.model_fields["format"].annotation)) == offered
    assert list(get_args(FileFormat)) == offered
    for name in offered:
        assert f"{name}: {FORMS[name].words}" in (JobRequest.model_fields["format"].description or "")


def test_any_class_is_filed_under_the_class_it_is_seen_as(tmp_path):
    done(job(format="png", n=6), tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert [row["asked_class"] for row in rows] == [None] * 6
    assert [row["class"] for row in rows] == [NAMES[seed % 3] for seed in range(6)]
