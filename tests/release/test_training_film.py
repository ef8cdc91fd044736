"""The film of a training, as anyone may have made it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from amgan.errors import ReleaseError
from amgan.release.folder import FILM_FILE
from amgan.release.training_film import MAX_FILM_BYTES, MOST_SHEETS, MOST_SIDE, read_film


def film(count=3, size=(40, 20), kind="WEBP"):
    """So many sheets, two to a row, each of a shade of its own."""
    width, height = size
    whole = Image.new("RGB", (2 * width, (count + 1) // 2 * height))
    for number in range(count):
        whole.paste((60 * number, number, 0), (number % 2 * width, number // 2 * height, whole.width, whole.height))
    buffer = io.BytesIO()
    whole.save(buffer, kind, lossless=True)
    return buffer.getvalue()


def test_it_comes_back(tmp_path):
    file = tmp_path / FILM_FILE
    assert read_film(file, None) == []
    file.write_bytes(film())
    sheets = read_film(file, [0, 10, 400])
    assert [sheet.getpixel((1, 1)) for sheet in sheets] == [(0, 0, 0), (60, 1, 0), (120, 2, 0)]
    assert {(sheet.mode, sheet.size) for sheet in sheets} == {("RGB", (40, 20))}


@pytest.mark.parametrize(
    "steps",
    [None, [], [1], [1, 2, 3, 4, 5], [1, 3, 2], [1, 1, 2], [-1, 2, 3], [1, 2, 10**13], [1, 2, "3"], [1, 2, 3.0],
     [True, 2, 3], "123", {"1": 2}, list(range(MOST_SHEETS + 1))],
)  # fmt: skip
def test_steps_must_be_those_of_its_sheets(tmp_path, steps):
    file = tmp_path / FILM_FILE
    file.write_bytes(film(3))
    refused(file, steps)


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"\0" * 100, film()[:-200], film(kind="GIF"), film(kind="PNG"), film(size=(MOST_SIDE + 1, 2)),
     film(size=(2, MOST_SIDE + 1)), film(1, size=(40, 21)), film(6, size=(40, 21))],
)  # fmt: skip
def test_other_files_are_refused(tmp_path, content):
    file = tmp_path / FILM_FILE
    file.write_bytes(content)
    refused(file, [1, 2, 3])


def test_a_large_one_is_not_even_opened(tmp_path):
    file = tmp_path / FILM_FILE
    with file.open("wb") as opened:
        opened.truncate(MAX_FILM_BYTES + 1)
    assert "larger than" in refused(file, [1, 2])
    file.unlink()
    file.mkdir()
    refused(file, [1, 2])


def refused(file, steps):
    with pytest.raises(ReleaseError) as caught:
        read_film(file, steps)
    assert "\n" not in str(caught.value)
    return str(caught.value)
