"""Photos of iPhones: read with pillow-heif, counted without it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from amgan.data import picture_files
from amgan.data.labelled_images import load_labelled_images
from tests.data.data_sets import put, refusal


def test_without_pillow_heif_they_are_counted_before_a_training(tmp_path, monkeypatch):
    others = picture_files.picture_suffixes() - {".heic", ".heif"}
    monkeypatch.setattr(picture_files, "picture_suffixes", lambda: others)
    put(tmp_path, {f"{name}/{number}.png": number for name in "ab" for number in range(2)})
    put(tmp_path, {"a/x.HEIC": b"x", "a/y.heic": b"x", "b/z.heif": b"x", "b/film.mov": b"x"})
    words = "3 of 7 photos are HEIC: to read them, pip install pillow-heif"
    assert words in load_labelled_images(str(tmp_path), 32).summary()
    only = put(tmp_path / "only", {"a/0.heic": b"x", "b/1.heic": b"x"})
    assert ".heic is not read yet: to read them, pip install pillow-heif" in refusal(only)


def test_with_pillow_heif_they_are_read(tmp_path):
    library = pytest.importorskip("pillow_heif", reason="photos of iPhones are read with pillow-heif only")
    picture_files.picture_suffixes.cache_clear()
    assert ".heic" in picture_files.picture_suffixes()
    pixels = np.zeros((64, 64, 3), dtype=np.uint8)
    pixels[:32] = 200, 90, 40
    file = io.BytesIO()
    library.from_pillow(Image.fromarray(pixels)).save(file, quality=95)
    data = load_labelled_images(str(put(tmp_path, {"a/0.HEIC": file.getvalue(), "b/1.png": 5})), 32)
    assert (len(data), data.left_out) == (2, "")
    np.testing.assert_allclose(data.images[0, :, 5, 5], [200, 90, 40], atol=8)
