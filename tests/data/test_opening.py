"""Photos of any phone, files that only look small, and what Pillow says on the side."""

from __future__ import annotations

import io
import logging
import random
import warnings

import numpy as np
import pytest
from PIL import Image

from amgan.data import opening
from amgan.data.decoding import decode_picture
from amgan.data.labelled_images import load_labelled_images
from tests.data.data_sets import png, put, refusal
from tests.data.icc import DISPLAY_P3, rgb_profile

ORIENTATION = 0x0112


@pytest.fixture
def few_pixels(monkeypatch):
    """As if memory held only small pictures: what is large is reduced, and Pillow refuses even larger ones."""
    monkeypatch.setattr(opening, "WHOLE_PIXELS", 160 * 160)
    monkeypatch.setattr(opening, "MOST_JPEG_PIXELS", 64 * 64 * 64)
    monkeypatch.setattr(opening, "STRIP_PIXELS", 3000)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 300 * 200)


def picture(width: int, height: int) -> Image.Image:
    """Four corners of other colours, so that a turn or a lost strip is seen."""
    across, down = np.linspace(0, 255, width)[None], np.linspace(0, 255, height)[:, None]
    pixels = np.stack(np.broadcast_arrays(across, down, 255 - across), axis=-1)
    return Image.fromarray(pixels.round().astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


CASES = [
    ("JPEG", "RGB", {"quality": 95}), ("JPEG", "L", {"quality": 95}), ("JPEG", "CMYK", {"quality": 95}),
    ("JPEG", "RGB", {"quality": 95, "progressive": True}), ("PNG", "RGB", {}), ("PNG", "RGBA", {}), ("PNG", "LA", {}),
    ("PNG", "P", {}), ("PNG", "1", {}), ("PNG", "I;16", {}), ("WEBP", "RGB", {"lossless": True}), ("TIFF", "RGB", {}),
    ("GIF", "P", {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "mode", "options"), CASES)
@pytest.mark.parametrize("size", [(601, 533), (150, 260), (1000, 70)])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_picture_is_read_as_if_it_were_whole(monkeypatch, kind, mode, options, size, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options = options | ({"exif": exif} if kind != "GIF" else {}) | {"icc_profile": rgb_profile(DISPLAY_P3)}
    image = picture(*size)
    image = image.convert("L").convert(mode) if mode in ("LA", "1", "I;16") else image.convert(mode)
    content = encoded(image, kind, **options)
    whole, original, fit, alpha = decode_picture(content, 32)
    monkeypatch.setattr(opening, "WHOLE_PIXELS", 160 * 160)
    monkeypatch.setattr(opening, "STRIP_PIXELS", 3000)
    reduced = decode_picture(content, 32)
    assert reduced[1:3] == (original, fit)
    assert (reduced[0].shape, reduced[3] is None) == (whole.shape, alpha is None)
    # Dithered pictures are the only ones that have much in one pixel.
    assert np.abs(reduced[0].astype(int) - whole).mean() < (4 if mode in ("1", "P") else 1.5)


def test_more_pixels_than_pillow_opens(few_pixels):
    """As the 200 megapixels of a phone: a JPEG is read at an eighth, of another file it is said what to do."""
    content = encoded(picture(500, 480), "JPEG")
    found, original, _, _ = decode_picture(content, 32)
    assert (found.shape, original) == ((3, 32, 32), (500, 480))
    assert found[0, 16, 0] < 20
    assert found[0, 16, -1] > 235
    for kind, options in (("PNG", {}), ("WEBP", {}), ("TIFF", {}), ("JPEG", {"progressive": True})):
        with pytest.raises(ValueError, match="too many pixels to read; save it smaller, or as a JPEG that is not prog"):
            decode_picture(encoded(picture(500, 480), kind, **options), 32)
    with pytest.raises(ValueError, match="too many pixels to read; save it smaller$"):
        decode_picture(encoded(picture(600, 480), "JPEG"), 32)


def test_large_pictures_that_are_unpacked_whole_take_turns(few_pixels, tmp_path, monkeypatch):
    at_work: list[int] = []

    class Counted:
        def __enter__(self):
            at_work.append(1)

        def __exit__(self, *_: object):
            at_work.append(-1)

    monkeypatch.setattr(opening, "_one_at_a_time", Counted())
    files = {f"{name}/{number}.png": encoded(picture(200, 200), "PNG") for name in "ab" for number in range(2)}
    files |= {f"{name}/plain.jpg": encoded(picture(290, 290), "JPEG") for name in "ab"}
    put(tmp_path, files)
    assert len(load_labelled_images(str(tmp_path), 32)) == 6
    assert (sum(at_work), len(at_work)) == (0, 8)


def test_all_bad_files_are_named_at_once(tmp_path):
    put(tmp_path, {"a/0.png": 0, "a/1.png": b"", "b/2.png": 2, "b/new/3.png": b"no picture", "b/4.jpg": png(4)[:40]})
    message = refusal(tmp_path)
    assert "3 of 5 pictures cannot be read: a/1.png (" in message
    assert "b/new/3.png (no picture, a damaged one, or of a kind not known here)" in message
    assert "b/4.jpg (" in message
    assert message.endswith("; mend or remove them, or leave such pictures out with --skip-broken")


def test_not_all_of_very_many_bad_files_are_named(tmp_path):
    put(tmp_path, {f"{name}/{number}.png": b"x" for name in "ab" for number in range(60)})
    message = refusal(tmp_path)
    assert "120 of 120 pictures cannot be read" in message
    assert " and 20 more; " in message


def test_what_pillow_says_on_the_side_reaches_nobody(tmp_path, capfd, caplog):
    """Files with a byte changed here and there, which Pillow reads with a warning or not at all."""
    mangled = random.Random(0)
    exif = Image.Exif()
    exif[0x010E], exif[0x0132] = "a picture", "2020:01:01 00:00:00"
    files: dict[str, bytes] = {f"{name}/good.png": png(7) for name in "ab"}
    for kind in ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"):
        options = {"exif": exif} if kind in ("PNG", "JPEG", "TIFF", "WEBP") else {}
        options |= {"compression": "tiff_lzw"} if kind == "TIFF" else {}
        whole = encoded(picture(40, 40), kind, **options)
        for number in range(40):
            content = bytearray(whole)
            for _ in range(3):
                content[mangled.randrange(min(len(content), 400))] = mangled.randrange(256)
            files[f"a/{kind}{number}.{kind.lower()}"] = bytes(content)
    put(tmp_path, files)
    before = logging.getLogger("PIL").level, list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = load_labelled_images(str(tmp_path), 32, skip_broken=True)
    assert data.skipped > 20
    assert (capfd.readouterr().err, [str(warning.message) for warning in caught], caplog.records) == ("", [], [])
    assert (logging.getLogger("PIL").level, list(warnings.filters)) == before
