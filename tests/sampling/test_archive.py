"""The zip of pictures: its manifest says what its files are."""

from __future__ import annotations

import io
import json
import re
import zipfile

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from amgan.data.class_folders import CLASSES_FILE, class_folder
from amgan.sampling.archive import MANIFEST_FILE, distinct, file_names, slug, zip_pictures
from amgan.sampling.sampler import Sample

NAMES = ("T-shirt/top", "../../etc/passwd", "Ähre", "🙂", "Tshirt top!")


def sample(seed: int, label: int, asked: int | None = None) -> Sample:
    return Sample(seed, asked, seed + 1, 0.7, label, class_probability=0.25, real_probability=0.5, confidence=0.6)


@given(st.text(max_size=200))
def test_a_slug_is_a_safe_part_of_a_file_name(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(text))
    assert len(slug(text)) <= 60
    assert slug(slug(text)) == slug(text)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, len(NAMES) - 1)), max_size=20))
def test_no_two_files_have_one_name(pairs: list[tuple[int, int]]) -> None:
    names = file_names([sample(seed, label) for seed, label in pairs], NAMES)
    assert len({name.lower() for name in names}) == len(pairs)
    assert all(re.fullmatch(r'[^/\\:*?"<>|.][^/\\:*?"<>|]*\.png', name) for name in names)


@given(st.integers(0, 12), st.sampled_from([1, 3]), st.integers(0, 99))
def test_the_manifest_agrees_with_the_pictures(count: int, channels: int, seed: int) -> None:
    pictures = np.random.default_rng(seed).integers(0, 256, (count, 8, 8, channels), dtype=np.uint8)
    samples = [
        sample(number, number % len(NAMES), None if number % 2 else number % len(NAMES)) for number in range(count)
    ]
    content = zip_pictures(pictures, samples, NAMES, "a model", "0123")
    assert content == zip_pictures(pictures, samples, NAMES, "a model", "0123")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = json.loads(archive.read(MANIFEST_FILE))
        assert sorted(archive.namelist()) == sorted([MANIFEST_FILE, CLASSES_FILE, *(row["file"] for row in rows)])
        assert json.loads(archive.read(CLASSES_FILE)) == list(NAMES)
        for row, known, picture in zip(rows, samples, pictures, strict=True):
            stored = np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))))
            assert np.array_equal(stored.reshape(picture.shape), picture)
            assert (row["seed"], row["draw"], row["truncation"]) == (known.seed, known.draw, known.truncation)
            assert row["class"] == NAMES[known.label]
            assert row["asked_class"] == (None if known.asked is None else NAMES[known.asked])
            assert (row["class_probability"], row["real_probability"]) == (0.25, 0.5)
            assert (row["model"], row["revision"], row["confidence"]) == ("a model", "0123", known.confidence)


STEMS = ["a", "A", "a-2", "A-2", "a-3", "a-2-2", "a-seed1", "класс", "Класс", "鞋", "b"]


def distinct_by_looking_through_all(stems: list[str], suffix: str = "") -> list[str]:
    found: list[str] = []
    for stem in stems:
        name, number = stem, 2
        while name.lower() in [other.lower() for other in found]:
            name, number = f"{stem}-{number}", number + 1
        found.append(name)
    return [f"{name}{suffix}" for name in found]


@given(st.lists(st.sampled_from(STEMS), max_size=12))
def test_distinct_names_are_those_of_the_plain_definition(names: list[str]) -> None:
    assert distinct(names) == distinct_by_looking_through_all(names)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, len(STEMS) - 1)), max_size=20))
def test_file_names_are_those_of_the_plain_definition(pairs: list[tuple[int, int]]) -> None:
    stems = [f"{class_folder(STEMS[label])}-seed{seed}" for seed, label in pairs]
    names = file_names([sample(seed, label) for seed, label in pairs], STEMS)
    assert names == distinct_by_looking_through_all(stems, ".png")


def test_ten_thousand_equal_names_are_told_apart() -> None:
    # By looking through all the others for each number this takes an hour.
    assert distinct(["a"] * 10_000) == ["a", *(f"a-{number}" for number in range(2, 10_001))]
