"""One picture of every kind that people have, decoded and fitted."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from amgan.data.decoding import MAX_BORDER, decode_picture
from tests.data.data_sets import on_white

ORIENTATION = 0x0112


def noise(width: int, height: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, channels), dtype=np.uint8).squeeze()


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixel_of(image: Image.Image, kind: str = "PNG", **options: object) -> list[int]:
    """The one colour of a plain picture after decoding, on white."""
    picture = on_white(encoded(image, kind, **options))
    assert picture.dtype == np.uint8
    assert len(np.unique(picture.reshape(len(picture), -1), axis=1).T) == 1
    return picture[:, 0, 0].tolist()


def test_rgb_as_it_is():
    pixels = noise(32, 32)
    picture, original, fit, _ = decode_picture(encoded(Image.fromarray(pixels)), 32)
    np.testing.assert_array_equal(picture, pixels.transpose(2, 0, 1))
    assert (original, fit) == ((32, 32), "none")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF", "WEBP"])
def test_formats(kind):
    picture, _, _, _ = decode_picture(encoded(Image.new("RGB", (32, 32), (255, 0, 0)), kind), 32)
    assert picture.shape == (3, 32, 32)
    np.testing.assert_allclose(picture[:, 16, 16], [255, 0, 0], atol=4)  # WebP is lossy


def test_grey_stays_grey():
    pixels = noise(32, 32, 1)
    picture, _, _, _ = decode_picture(encoded(Image.fromarray(pixels)), 32)
    np.testing.assert_array_equal(picture, pixels[None])


@pytest.mark.parametrize(("alpha", "expected"), [(0, [255, 255, 255]), (255, [200, 0, 100]), (51, [244, 204, 224])])
def test_rgba_is_composited_on_white(alpha, expected):
    """51 is a fifth: 0.2 of the colour and 0.8 of 255."""
    assert pixel_of(Image.new("RGBA", (32, 32), (200, 0, 100, alpha))) == expected


@pytest.mark.parametrize(("alpha", "expected"), [(0, [255]), (255, [100]), (51, [224])])
def test_grey_with_alpha_is_composited_and_stays_grey(alpha, expected):
    assert pixel_of(Image.new("LA", (32, 32), (100, alpha))) == expected


def test_palette():
    image = Image.new("P", (32, 32), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    assert pixel_of(image) == [10, 20, 30]
    assert pixel_of(image, transparency=1) == [255, 255, 255]
    assert pixel_of(image, transparency=0) == [10, 20, 30]
    assert pixel_of(image, "GIF", transparency=1) == [255, 255, 255]


def test_one_colour_declared_transparent():
    assert pixel_of(Image.new("RGB", (32, 32), (1, 2, 3)), transparency=(1, 2, 3)) == [255, 255, 255]
    assert pixel_of(Image.new("RGB", (32, 32), (1, 2, 3)), transparency=(0, 0, 0)) == [1, 2, 3]
    assert pixel_of(Image.new("L", (32, 32), 9), transparency=9) == [255]
    assert pixel_of(Image.new("L", (32, 32), 9), transparency=8) == [9]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(("deep", "expected"), [(0, 0), (65535, 255), (257 * 77, 77), (257 * 77 + 128, 77), (256, 1)])
def test_16_bit_grey_is_scaled(kind, deep, expected):
    assert pixel_of(Image.fromarray(np.full((32, 32), deep, dtype=np.uint16)), kind) == [expected]


@pytest.mark.parametrize(("width", "height"), [(64, 32), (32, 64), (100, 33), (31, 32)])
def test_not_square_takes_the_centre(width, height):
    pixels = np.zeros((height, width), dtype=np.uint8)
    side = min(width, height)
    top, left = (height - side) // 2, (width - side) // 2
    pixels[top : top + side, left : left + side] = 200
    picture, original, fit, _ = decode_picture(encoded(Image.fromarray(pixels)), 32)
    assert (original, fit) == ((width, height), "crop")
    # The filter weighs in pixels just outside the square, so not exactly 200 all over.
    np.testing.assert_allclose(picture.astype(int), 200, atol=5)


def test_28_is_padded_to_32():
    pixels = noise(28, 28, 1)
    picture, original, fit, _ = decode_picture(encoded(Image.fromarray(pixels)), 32)
    assert (original, fit) == ((28, 28), "pad")
    np.testing.assert_array_equal(picture[0, 2:30, 2:30], pixels)
    assert picture.sum() == pixels.sum()


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from([32, 64]), st.sampled_from(["L", "RGB", "RGBA", "P"]))
def test_any_size_becomes_the_asked_one(width, height, size, mode):
    image = Image.new(mode, (width, height))
    picture, original, fit, _ = decode_picture(encoded(image), size)
    assert picture.shape == (1 if mode == "L" else 3, size, size)
    assert original == (width, height)
    missing = size - width
    expected = "none" if missing == 0 else "pad" if 0 < missing <= MAX_BORDER else "crop"
    assert fit == (expected if width == height else "crop")


def test_resize_has_antialias():
    """Lines of one pixel, shrunk four times, are an even grey and not a moire."""
    pixels = np.zeros((128, 128), dtype=np.uint8)
    pixels[:, ::2] = 255
    picture, _, _, _ = decode_picture(encoded(Image.fromarray(pixels)), 32)
    assert abs(picture[0, 4:-4, 4:-4].astype(int) - 127).max() <= 8


def test_large_picture():
    image = Image.new("RGB", (3000, 2000), (10, 20, 30))
    assert pixel_of(image) == [10, 20, 30]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_broken_bytes_raise(kind):
    whole = encoded(Image.fromarray(noise(40, 40)), kind)
    for content in (b"", b"no picture", whole[:20], whole[: len(whole) // 2]):
        with pytest.raises((OSError, ValueError, SyntaxError)):
            decode_picture(content, 32)
