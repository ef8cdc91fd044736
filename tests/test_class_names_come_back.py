"""Any class names, in any order, through every export and back into training: the same names, order and pictures."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import datasets
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amgan.data.class_folders import means_unlabelled, natural_order
from amgan.data.labelled_images import load_labelled_images
from amgan.data.table import labels_of
from amgan.networks.config import MAX_CLASS_NAME_LENGTH
from amgan.reviews.report.kept import write_kept
from amgan.reviews.report.results import results_of
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.sampling.archive import picture_files, zip_pictures
from amgan.sampling.sampler import Sample
from tests.bulk.jobs import done, job
from tests.reviews.random_reviews import picture
from tests.reviews.said import said, stored

SIZE, STEP = 4, 7
ODD = [
    "train", "Test", "data", "CON", "aux.x", "..", ".hidden", "etc.", " a ", "a/b", "a\\b", "%41", "100%", "C", "C++",
    "C#", "0", "10", "2", "\u732b", "\u72ac", "\u2615 mug", "cafe\u0301", "a-seed1", "a-2", "__MACOSX", "\u732b" * 200,
    "\u732b" * 199 + "a", "manifest.jsonl", "Manifest.JSON", "classes.json", "x.tar", "metadata.csv", "y.parquet",
]  # fmt: skip


def composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def alike(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", composed(name).casefold()).split())


names = st.text(min_size=1, max_size=MAX_CLASS_NAME_LENGTH).filter(str.isprintable) | st.sampled_from(ODD)
class_lists = st.lists(
    names.filter(lambda name: bool(name.strip()) and not means_unlabelled(name)),
    min_size=2, max_size=6, unique_by=alike,
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def nothing_to_wait_for():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sync", lambda: None)
        patch.setattr(os, "fsync", lambda file: None)
        yield


def level_pictures(labels: Sequence[int]) -> np.ndarray:
    return np.stack([np.full((SIZE, SIZE, 1), STEP * label, np.uint8) for label in labels])


def samples_of(class_names: Sequence[str]) -> tuple[np.ndarray, list[Sample]]:
    """A picture of each class, the last one first, and two of seed 1 of the first."""
    labels = [*reversed(range(len(class_names))), 0]
    return level_pictures(labels), [Sample(1, label, 0, 1.0, label, 0.9, 0.5) for label in labels]


def by_job(form: str) -> Callable[[Sequence[str], Path], Path]:
    def export(class_names: Sequence[str], place: Path) -> Path:
        def draw(seeds, labels, truncation, confidence):
            samples = [Sample(seed, label, 0, truncation, label, 0.9, 0.5) for seed, label in zip(seeds, labels)]
            return level_pictures(labels), samples

        counts = {name: 1 + number % 2 for number, name in enumerate(class_names)}
        result = done(job(format=form, labels=counts), place / "out", draw, class_names=tuple(class_names))
        return result.parent if form == "png" else result

    return export


def as_sample_zip(class_names: Sequence[str], place: Path) -> Path:
    file = place / "x.zip"
    file.write_bytes(zip_pictures(*samples_of(class_names), class_names, "m", "r"))
    return file


def as_sample_folder(class_names: Sequence[str], place: Path) -> Path:
    for name, content in picture_files(*samples_of(class_names), class_names, "m", "r"):
        (place / name).write_bytes(content)
    return place


def as_kept(name: str) -> Callable[[Sequence[str], Path], Path]:
    def export(class_names: Sequence[str], place: Path) -> Path:
        pictures = [picture(number, label=label, asked=None) for number, label in enumerate(class_names)]
        drawn = dict(zip(pictures, level_pictures(range(len(class_names)))))
        review = stored(ReviewSpec("t", tuple(map(Item, pictures))))
        write_kept(results_of(review, said({"reviewer-1": "k" * len(pictures)})), drawn, place / name)
        return place / name

    return export


def check(export: Callable[[Sequence[str], Path], Path], class_names: list[str], is_ordered: bool = True) -> None:
    with tempfile.TemporaryDirectory() as place:
        data = load_labelled_images(str(export(class_names, Path(place))), SIZE)
    wanted = [composed(name) for name in class_names]
    assert list(data.class_names) == (wanted if is_ordered else sorted(wanted, key=natural_order))
    levels = (data.images[:, 0, 0, 0] // STEP).tolist()
    assert {(wanted[level], data.class_names[label]) for level, label in zip(levels, data.labels.tolist())} == {
        (name, name) for name in wanted
    }
    assert data.left_out == ""


@pytest.mark.parametrize("export", [by_job("png"), by_job("zip"), as_sample_zip, as_sample_folder])
@settings(max_examples=20)
@given(class_names=class_lists)
@example(class_names=ODD)
@example(class_names=["mug", "Mug", "MUG"])
def test_a_model_s_export(export, class_names):
    check(export, class_names)


@pytest.mark.parametrize("export", [as_kept("kept"), as_kept("kept.zip")])
@settings(max_examples=20)
@given(class_names=class_lists)
@example(class_names=ODD)
def test_kept_pictures_which_may_be_of_several_models(export, class_names):
    check(export, class_names, is_ordered=False)


@settings(max_examples=20)
@given(class_names=class_lists)
def test_a_table(class_names):
    with tempfile.TemporaryDirectory() as place:
        table = datasets.Dataset(pq.read_table(by_job("parquet")(class_names, Path(place))))
        labels, found = labels_of(table, place, "label")
        files = [
            cell["path"] for cell in table.with_format(None).cast_column("image", datasets.Image(decode=False))["image"]
        ]
    assert found == tuple(map(composed, class_names))
    assert labels.tolist() == [n for n in range(len(class_names)) for _ in range(1 + n % 2)]
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("values", ["names", "a ClassLabel"])
def test_names_in_a_table_are_composed(values):
    spelled = ["cafe\u0301", "caf\u00e9", "the"]
    features = datasets.Features({"label": datasets.ClassLabel(names=spelled)}) if values != "names" else None
    labels, found = labels_of(datasets.Dataset.from_dict({"label": spelled}, features=features), "here", "label")
    assert (labels.tolist(), found) == ([0, 0, 1], ("caf\u00e9", "the"))
