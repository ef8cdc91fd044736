"""One picture file as the networks want it: in sRGB, square, of the asked size, as uint8."""

from __future__ import annotations

from functools import partial
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from amgan.data.colour_profiles import to_srgb
from amgan.data.opening import centre_square, open_picture, read_upright
from amgan.data.reasons import Reason, UnusableFileError

Fit = Literal["none", "pad", "crop"]
"""What was done to reach the asked size: nothing, a black border, or centre square and antialiased resize."""

GREY_MODES = ("1", "L", "LA", "La")
ALPHA_MODES = ("LA", "La", "PA", "RGBA", "RGBa")
"""Pillow's names; any other mode may still have one colour declared transparent."""

OPAQUE = {"La": "L", "RGBa": "RGB"}
"""Modes of pictures whose colours are multiplied with their alpha, as if on black, and those without it."""

MAX_BORDER = 4
"""A square picture at most this many pixels smaller, such as 28x28 for 32, gets a border instead of a blur."""


class Picture(NamedTuple):
    """A decoded picture."""

    pixels: np.ndarray
    """uint8 (1, size, size) if it is grey, else (3, size, size); a transparent one is on black."""
    original: tuple[int, int]
    """Width and height of the file's picture."""
    fit: Fit
    alpha: np.ndarray | None
    """How opaque it is, uint8 (size, size); None if it is all over."""


def decode_picture(content: bytes, size: int) -> Picture:
    """Decode and fit one picture.

    Args:
        content: The file's bytes, in any format Pillow reads.
        size: Side of the square result in pixels.

    Raises:
        UnusableFileError: there are too many pixels, or their white is not known.
        Exception: the bytes are no whole picture; Pillow's decoders let many kinds through, down to struct.error.
    """
    with open_picture(content) as image:
        original = image.size
        if image.mode == "F" or (image.mode == "I" and image.format == "TIFF"):  # of which PNG and PGM have 16 bits
            raise UnusableFileError(Reason("deep_pixels"))
        to_colours = partial(_to_grey_or_rgb, profile=image.info.get("icc_profile"))
        upright = read_upright(image, size, to_colours)
    premultiplied = upright.mode in OPAQUE
    if premultiplied and upright.getextrema()[-1] == (255, 255):
        premultiplied, upright = False, upright.convert(f"{upright.mode[:-1]}A").convert(OPAQUE[upright.mode])
    square, fit = _fit(upright, size)
    pixels = np.atleast_3d(np.asarray(square, dtype=np.uint8)).transpose(2, 0, 1)
    return Picture(pixels[:-1], original, fit, pixels[-1]) if premultiplied else Picture(pixels, original, fit, None)


def _to_grey_or_rgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode.startswith("I"):
        # Pillow clips 16-bit grey to 255 where it should scale it.
        values = np.asarray(image, dtype=np.float64)
        return to_srgb(Image.fromarray(np.clip(values / 257.0, 0, 255).round().astype(np.uint8)), profile)
    result = "L" if image.mode in GREY_MODES else "RGB"
    if image.mode in ALPHA_MODES or "transparency" in image.info:
        rgba = image.convert("RGBA")
        shown = to_srgb(rgba.convert(result), profile)
        shown.putalpha(rgba.getchannel("A"))
        return shown.convert("La" if result == "L" else "RGBa")
    return to_srgb(image if image.mode == "CMYK" else image.convert(result), profile)


def _fit(image: Image.Image, size: int) -> tuple[Image.Image, Fit]:
    width, height = image.size
    if width == height == size:
        return image, "none"
    if width == height and 0 < size - width <= MAX_BORDER:
        return ImageOps.expand(image, border_of(size - width), fill=0), "pad"
    return image.resize((size, size), Image.Resampling.LANCZOS, box=centre_square(width, height)), "crop"


def border_of(missing: int) -> tuple[int, int, int, int]:
    """Pixels of the border left, above, right and below that make up for so many missing ones."""
    before = missing // 2
    return before, before, missing - before, missing - before
