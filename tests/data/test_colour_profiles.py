"""Pictures with the colour profiles of phones, cameras, scanners and presses: what is read is what viewers show."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from amgan.data.decoding import decode_picture
from tests.data.data_sets import on_white
from tests.data.icc import ADOBE_RGB, DISPLAY_P3, SRGB, grey_profile, press_profile, rgb_profile, stored_in

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
LEAST_LIGHT = 0.0005
"""Of full light: half a level of sRGB near black is 0.00015, of each of three channels."""
TEAL = (30, 150, 140)


def read(image: Image.Image, profile: bytes | None, kind: str = "PNG", **options: object) -> list[int]:
    """The colour of a plain picture, as training has it."""
    file = io.BytesIO()
    image.save(file, kind, icc_profile=profile, **options)
    return on_white(file.getvalue())[:, 5, 5].tolist()


def plain(mode: str, colour: object) -> Image.Image:
    return Image.new(mode, (32, 32), colour)


@pytest.mark.parametrize("primaries", [DISPLAY_P3, ADOBE_RGB, SRGB[:, [1, 2, 0]]])
@given(colour=COLOURS)
def test_any_colour_of_srgb_stored_in_another_space_comes_back(primaries, colour):
    stored = stored_in(primaries, colour)
    found = read(plain("RGB", stored), rgb_profile(primaries))
    # A stored level is several of sRGB near black, so what comes back is compared as it would be stored; and where
    # other channels are bright, what is next to nothing of a dark one is lost in fixed-point numbers: as light, then.
    levels, light = (np.array([stored_in(primaries, found), stored]) ** power for power in (1, 2.2))
    near = (np.abs(np.diff(levels, axis=0)) <= 2) | (np.abs(np.diff(light, axis=0)) <= LEAST_LIGHT * 255**2.2)
    assert near.all(), (found, stored)


def test_what_a_phone_calls_red_is_red():
    """In Display P3, (234, 51, 35) is the red of sRGB."""
    red, green, blue = read(plain("RGB", (234, 51, 35)), rgb_profile(DISPLAY_P3))
    assert red >= 252
    assert max(green, blue) <= 12


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_every_format_that_carries_a_profile(kind):
    options = {"lossless": True} if kind == "WEBP" else {"quality": 100} if kind == "JPEG" else {}
    found = read(plain("RGB", stored_in(DISPLAY_P3, TEAL)), rgb_profile(DISPLAY_P3), kind, **options)
    np.testing.assert_allclose(found, TEAL, atol=6)  # JPEG rounds, and red has few levels so far out


def test_palette_and_alpha():
    stored = stored_in(ADOBE_RGB, TEAL)
    palette = plain("P", 1)
    palette.putpalette([0, 0, 0, *stored])
    np.testing.assert_allclose(read(palette, rgb_profile(ADOBE_RGB)), TEAL, atol=2)
    np.testing.assert_allclose(read(plain("RGBA", (*stored, 255)), rgb_profile(ADOBE_RGB)), TEAL, atol=2)
    half = [round((level + 255) / 2) for level in TEAL]
    np.testing.assert_allclose(read(plain("RGBA", (*stored, 128)), rgb_profile(ADOBE_RGB)), half, atol=3)


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2])
@pytest.mark.parametrize("srgb", [0, 60, 128, 255])
def test_grey_of_any_gamma_stays_one_channel(gamma, srgb):
    linear = srgb / 255 / 12.92 if srgb < 11 else ((srgb / 255 + 0.055) / 1.055) ** 2.4
    stored = round(255 * linear ** (1 / gamma))
    (found,) = read(plain("L", stored), grey_profile(gamma))
    assert abs(found - srgb) <= (4 if gamma == 1 else 2)  # linear light has few levels in the dark
    (found,) = read(plain("LA", (stored, 255)), grey_profile(gamma))
    assert abs(found - srgb) <= (4 if gamma == 1 else 2)


def test_deep_grey_and_grey_with_a_profile_of_three_colours():
    deep = Image.fromarray(np.full((32, 32), 257 * 55, dtype=np.uint16))
    (found,) = read(deep, grey_profile(1.0))
    assert abs(found - 128) <= 2
    (found,) = read(plain("L", 55), rgb_profile(ADOBE_RGB, gamma=1.0), "JPEG", quality=100)
    assert abs(found - 128) <= 2


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_the_inks_of_a_press(kind):
    """A press whose cyan is a dark grey of lightness 137 (of 255), which is level 128 of sRGB."""
    press = press_profile({(0, 0, 0, 0): (255, 128, 128), (1, 0, 0, 0): (137, 128, 128)})
    options = {"quality": 100} if kind == "JPEG" else {}
    np.testing.assert_allclose(read(plain("CMYK", (255, 0, 0, 0)), press, kind, **options), 128, atol=3)
    np.testing.assert_allclose(read(plain("CMYK", (0, 0, 0, 0)), press, kind, **options), 255, atol=3)


def test_srgb_is_left_as_it_is_to_the_bit():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), None):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", icc_profile=profile)
        np.testing.assert_array_equal(decode_picture(file.getvalue(), 32)[0], pixels.transpose(2, 0, 1))


def broken() -> dict[str, bytes]:
    whole = rgb_profile(DISPLAY_P3)
    return {
        "empty": b"",
        "text": b"no profile at all",
        "head only": whole[:128],
        "half": whole[: len(whole) // 2],
        "no such kind": whole.replace(b"RGB ", b"XXXX", 1),
        "of grey": grey_profile(2.2),
        "of inks": press_profile({}),
        "ones": whole[:132] + b"\xff" * (len(whole) - 132),
    }


@pytest.mark.parametrize("case", broken())
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_broken_or_foreign_profile_loses_no_picture(case, mode):
    image = plain("RGB", (102, 153, 204)).convert(mode)  # which the usual palette has
    assert read(image, broken()[case]) == list(image.convert("RGB").getpixel((0, 0)))
