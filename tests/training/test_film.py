"""A run's sheets as a film: some of them, the first and the last among them, and read back as they were."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from amgan.release.training_film import MAX_FILM_BYTES, MOST_SHEETS, read_film
from amgan.sampling.marking import XMP
from amgan.training.film import film_of


def write_sheets(folder, steps, size=(60, 50)):
    folder.mkdir(exist_ok=True)
    for step in steps:
        pixels = np.full((size[1], size[0]), step % 256, np.uint8)
        Image.fromarray(pixels).save(folder / f"step-{step:09d}.png")


@pytest.mark.parametrize("count", [2, 3, MOST_SHEETS, MOST_SHEETS + 1, 100, 3000])
def test_few_of_many(tmp_path, count):
    write_sheets(tmp_path / "sheets", range(1, count + 1), size=(4, 3))
    film = film_of(tmp_path / "sheets", count)
    assert film is not None
    assert (film.steps[0], film.steps[-1]) == (1, count)
    assert film.steps == sorted(set(film.steps))
    assert len(film.steps) <= min(count, MOST_SHEETS)
    assert len(film.steps) >= min(count, MOST_SHEETS // 2)


def test_it_is_read_back_with_the_mark(tmp_path):
    write_sheets(tmp_path / "sheets", [0, 100, 200, 250])
    film = film_of(tmp_path / "sheets", 200)
    assert film is not None
    assert film.steps == [0, 100, 200]
    assert XMP in film.content
    assert len(film.content) < MAX_FILM_BYTES
    (tmp_path / "training.webp").write_bytes(film.content)
    sheets = read_film(tmp_path / "training.webp", film.steps)
    for step, sheet in zip(film.steps, sheets, strict=True):
        assert abs(np.asarray(sheet).mean() - step) < 3  # lossy, most at the edges


def test_of_one_sheet_or_of_different_ones_there_is_none(tmp_path):
    assert film_of(tmp_path / "sheets", 10) is None
    write_sheets(tmp_path / "sheets", [10])
    assert film_of(tmp_path / "sheets", 10) is None
    write_sheets(tmp_path / "sheets", [20], size=(61, 50))
    assert film_of(tmp_path / "sheets", 20) is None
