"""Kept pictures as files: what the manifest says, and that training reads the folder."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from amgan.data.labelled_images import load_labelled_images
from amgan.errors import RequestError
from amgan.reviews.report.kept import kept_zip, write_kept
from amgan.reviews.report.results import results_of
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.sampling.archive import MANIFEST_FILE
from tests.models import message
from tests.reviews.random_reviews import picture
from tests.reviews.said import said, stored

PICTURES = [
    picture(3), picture(4), picture(3, truncation=0.5), picture(5, label="T-shirt/top", asked=None),
    picture(6, label="T-shirt/top", asked=None),
]  # fmt: skip
REVIEW = stored(ReviewSpec("t", tuple(map(Item, PICTURES))))
VOTES = said({"reviewer-1": "krkkk", "reviewer-2": "kkkkr", "reviewer-3": "r-kkk"})


@pytest.fixture
def drawn():
    random = np.random.default_rng(0)
    return {one: random.integers(0, 256, (32, 32, 1), dtype=np.uint8) for one in PICTURES}


def test_a_zip_of_what_most_votes_are_for(drawn):
    results = results_of(REVIEW, VOTES)
    content = kept_zip(results, drawn)
    assert content == kept_zip(results, drawn)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = json.loads(archive.read(MANIFEST_FILE))
        assert {MANIFEST_FILE, *(row["file"] for row in rows)} == set(archive.namelist())
        # Of the second picture one of two votes is for it, which is not most of them.
        assert [(row["file"], row["votes_kept"], row["votes_rejected"]) for row in rows] == [
            ("Bag/Bag-seed3.png", 2, 1), ("Bag/Bag-seed3-2.png", 3, 0),
            ("T-shirt%2Ftop/T-shirt%2Ftop-seed5.png", 3, 0), ("T-shirt%2Ftop/T-shirt%2Ftop-seed6.png", 2, 1),
        ]  # fmt: skip
        assert [(row["seed"], row["class"], row["asked_class"], row["truncation"]) for row in rows][1:3] == [
            (3, "Bag", "Bag", 0.5), (5, "T-shirt/top", None, 1.0),
        ]  # fmt: skip
        for row, one in zip(rows, [PICTURES[0], *PICTURES[2:]]):
            image = np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))))
            assert np.array_equal(image[..., None], drawn[one])


def test_a_folder_that_training_reads(drawn, tmp_path):
    place = tmp_path / "new" / "kept"
    assert write_kept(results_of(REVIEW, VOTES), drawn, place) == 4
    data = load_labelled_images(str(place), 32, split="train", channels=1)
    assert data.class_names == ("Bag", "T-shirt/top")
    assert len(data) == 4
    with pytest.raises(RequestError, match="is not empty"):
        write_kept(results_of(REVIEW, VOTES), drawn, place)


def test_the_zip_and_the_folder_hold_the_same(drawn, tmp_path):
    results = results_of(REVIEW, VOTES)
    write_kept(results, drawn, tmp_path / "kept")
    assert write_kept(results, drawn, tmp_path / "kept.zip") == 4
    assert (tmp_path / "kept.zip").read_bytes() == kept_zip(results, drawn)
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        assert all(archive.read(name) == (tmp_path / "kept" / name).read_bytes() for name in archive.namelist())


def test_of_pairs_the_one_that_most_choices_are_for(drawn):
    a, b = PICTURES[:2]
    review = stored(ReviewSpec("t", (Item(a, b), Item(b, PICTURES[3]), Item(a, PICTURES[4]))))
    results = results_of(review, said({"reviewer-1": "aab", "reviewer-2": "ab=", "reviewer-3": "b  "}))
    with zipfile.ZipFile(io.BytesIO(kept_zip(results, drawn))) as archive:
        rows = json.loads(archive.read(MANIFEST_FILE))
    assert [(row["seed"], row["votes_kept"], row["votes_rejected"]) for row in rows] == [(3, 2, 1), (6, 1, 0)]


def test_what_cannot_be_drawn_is_left_out(drawn):
    results = results_of(REVIEW, VOTES)
    drawn[PICTURES[0]] = RequestError("no model 'shoes'")
    with zipfile.ZipFile(io.BytesIO(kept_zip(results, drawn))) as archive:
        assert "Bag/Bag-seed3.png" in archive.namelist()
        assert len(json.loads(archive.read(MANIFEST_FILE))) == 3
    with pytest.raises(RequestError, match="can be drawn: no model 'shoes'") as caught:
        kept_zip(results, dict.fromkeys(PICTURES, RequestError("no model 'shoes'")))
    message(caught.value)


def test_nothing_kept_is_a_sentence(drawn):
    with pytest.raises(RequestError, match="no picture has most of its votes for it yet") as caught:
        kept_zip(results_of(REVIEW, said({"reviewer-1": "rrr"})), drawn)
    message(caught.value)
