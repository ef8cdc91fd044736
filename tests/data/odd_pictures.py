"""Odd pictures: colour profiles, modes, orientations, sizes, and broken files."""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

from tests.data.icc import ADOBE_RGB, DISPLAY_P3, grey_profile, press_profile, rgb_profile, stored_in
from tests.data.odd_case import PETS, PETS_READ, Case, Files, Level, Read, encoded, pets


def deep_rgb(colour: tuple[int, int, int]) -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads and does not write."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = (b"\0" + struct.pack(">3H", *colour) * 32) * 32
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def plain(mode: str, colour: Any, size: int = 32) -> Image.Image:
    return Image.new(mode, (size, size), colour)


def framed(mode: str, edge: Any, middle: Any, size: int = 32) -> Image.Image:
    image = plain(mode, edge, size)
    image.paste(middle, (8, 8, size - 8, size - 8))
    return image


def picture(content: bytes, level: Level, *lines: str, ending: str = "png", tolerance: int = 0, **more: Any) -> Case:
    """A set of two such pictures."""
    files: Files = {f"a/0.{ending}": content, f"b/1.{ending}": content}
    return Case(files, Read({"a": [level], "b": [level]}, lines, tolerance=tolerance, **more))


TEAL = (30, 150, 140)

INKS = press_profile({(0, 0, 0, 0): (255, 128, 128), (1, 0, 0, 0): (137, 128, 128)})

PALETTE = plain("P", 1)

PALETTE.putpalette([0, 0, 0, 10, 20, 30])

ON_WHITE = "Ground    2 pictures with transparency, on white"

RED = plain("RGB", (255, 0, 0))


def then_blue(kind: str, **options: Any) -> bytes:
    """A red picture with a blue one behind it in the same file."""
    return encoded(RED.copy(), kind, save_all=True, append_images=[plain("RGB", (0, 0, 255))], **options)


PICTURES = {
    "Display P3": picture(
        encoded(plain("RGB", stored_in(DISPLAY_P3, TEAL)), icc_profile=rgb_profile(DISPLAY_P3)), TEAL, tolerance=5
    ),
    "Adobe RGB": picture(
        encoded(plain("RGB", stored_in(ADOBE_RGB, TEAL)), icc_profile=rgb_profile(ADOBE_RGB)), TEAL, tolerance=3
    ),
    "linear grey": picture(encoded(plain("L", 55), icc_profile=grey_profile(1.0)), 128, tolerance=2),
    "a press": picture(
        encoded(plain("CMYK", (255, 0, 0, 0)), "JPEG", icc_profile=INKS), (128, 128, 128), ending="jpg", tolerance=4
    ),
    "inks without a profile": picture(
        encoded(plain("CMYK", (255, 0, 0, 0)), "JPEG"), (0, 255, 255), ending="jpg", tolerance=4
    ),
    "a broken profile": picture(encoded(plain("RGB", TEAL), icc_profile=b"no profile"), TEAL),
    "half a profile": picture(encoded(plain("RGB", TEAL), icc_profile=rgb_profile(DISPLAY_P3)[:99]), TEAL),
    "a profile of another kind": picture(encoded(plain("RGB", TEAL), icc_profile=grey_profile(1.0)), TEAL),
    "one bit": picture(encoded(plain("1", 1)), 255),
    "grey": picture(encoded(plain("L", 99)), 99),
    "16 bits": picture(encoded(Image.fromarray(np.full((32, 32), 257 * 77, np.uint16))), 77),
    "16 bits of a TIFF": picture(
        encoded(Image.fromarray(np.full((32, 32), 257 * 77, np.uint16)), "TIFF"), 77, ending="tif"
    ),
    "16 bits and colours": picture(deep_rgb((257 * 30, 257 * 150, 257 * 140)), TEAL),
    "16 bits of a camera": picture(b"P5 32 32 65535\n" + struct.pack(">H", 257 * 77) * 1024, 77, ending="pgm"),
    "32 bits": Case({"a/0.tif": encoded(plain("I", 9), "TIFF"), "b/1.png": 1}, "save it with 8 or 16 bits"),
    "palette": picture(encoded(PALETTE), (10, 20, 30)),
    "palette with nothing": picture(encoded(PALETTE, transparency=1), (255, 255, 255), ON_WHITE),
    "grey with a veil": picture(encoded(plain("LA", (100, 51))), 224, ON_WHITE),
    "a veil": picture(encoded(plain("RGBA", (200, 0, 100, 51))), (244, 204, 224), ON_WHITE),
    "opaque all over": picture(encoded(plain("RGBA", (200, 0, 100, 255))), (200, 0, 100)),
    "white on nothing": picture(
        encoded(framed("LA", (0, 0), (255, 255))),
        255,
        "Ground    2 pictures with transparency, on black, since 2 could "
        "hardly be seen on white; --background says another",
    ),
    "YCbCr": picture(encoded(plain("YCbCr", (128, 128, 128)), "JPEG"), (128, 128, 128), ending="jpg", tolerance=1),
    "Lab": picture(encoded(plain("LAB", (255, 128, 128)), "TIFF"), (255, 255, 255), ending="tiff", tolerance=5),
    "an animated GIF": picture(then_blue("GIF"), (255, 0, 0), ending="gif"),
    "an animated WebP": picture(then_blue("WEBP", lossless=True), (255, 0, 0), ending="webp"),
    "an animated PNG": picture(then_blue("PNG"), (255, 0, 0), ending="png"),
    "a phone's two in one": picture(then_blue("MPO"), (254, 0, 0), ending="jpg", tolerance=2),
    "pages": picture(then_blue("TIFF"), (255, 0, 0), ending="tif"),
    "an icon": picture(encoded(RED, "ICO", sizes=[(32, 32)]), (255, 0, 0), ending="ico"),
    "another name than its format": picture(encoded(RED, "BMP"), (255, 0, 0), ending="jpeg"),
    "capitals": picture(encoded(RED, "TGA"), (255, 0, 0), ending="TGA"),
    "one grey and one in colour": Case({"a/0.png": 99, "b/1.png": RED}, Read({"a": [(99,) * 3], "b": [(255, 0, 0)]})),
    "in colour, as grey": Case({"a/0.png": 99, "b/1.png": RED}, Read({"a": [99], "b": [76]}), {"channels": 1}),
    "grey, as in colour": Case(
        {"a/0.png": 99, "b/1.png": 9}, Read({"a": [(99,) * 3], "b": [(9,) * 3]}), {"channels": 3}
    ),
    "floating point": Case({"a/0.tif": encoded(plain("F", 0.5), "TIFF"), "b/1.png": 1}, "save it with 8 or 16 bits"),
}


def oddly_turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 9
    return exif


def turned(orientation: int) -> bytes:
    """White in its top left corner, as a camera stores it that was held so."""
    upright = np.zeros((32, 32), dtype=np.uint8)
    upright[:8, :16] = 255
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.T, 6: np.rot90(upright), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(Image.fromarray(stored.copy()), exif=exif)


TURNED: dict[str, Case] = {"by no known way": picture(encoded(framed("L", 0, 255), exif=oddly_turned()), 255)}

TURNED |= {f"turned {way}": picture(turned(way), 255, at=(4, 12)) for way in range(1, 9)}


def huge_png() -> bytes:
    """Says that it has 40,000 x 40,000 pixels."""
    content = bytearray(encoded(plain("L", 0)))
    content[16:24] = struct.pack(">II", 40_000, 40_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


def huge_jpeg(side: int) -> bytes:
    content = encoded(plain("L", 0), "JPEG")
    return content.replace(struct.pack(">HH", 32, 32), struct.pack(">HH", side, side), 1)


BORDER, RESIZED = "with a black border", "centre square, resized"

SIZES = {
    "one pixel": picture(encoded(plain("L", 99, 1)), 99, done=RESIZED),
    "a strip": picture(
        encoded(Image.new("L", (2000, 10), 99)),
        99,
        "Shapes    2 pictures more than 3 times as long as wide, of which only "
        "the middle is kept: a/0.png (2000x10), b/1.png (2000x10)",
        done=RESIZED,
    ),
    "a photo": picture(encoded(Image.new("L", (300, 200), 99)), 99, done=RESIZED),
    **{
        f"{32 - side} too small, white": picture(encoded(plain("L", 255, side)), 255, done=RESIZED, at=(0, 0))
        for side in range(27, 32)
    },
    **{
        f"{32 - side} too small, black": picture(encoded(framed("L", 0, 99, side)), 99, done=BORDER)
        for side in range(28, 32)
    },
    "5 too small, black": picture(encoded(framed("L", 0, 99, 27)), 99, done=RESIZED),
    "one of them too small": Case(
        {"a/0.png": plain("L", 99, 30), "b/1.png": 98}, Read({"a": [99], "b": [98]}, (), RESIZED, at=(0, 0))
    ),
    "20 megapixels": picture(
        encoded(Image.new("L", (5000, 4000), 90), "JPEG"), 90, ending="jpg", tolerance=1, done=RESIZED
    ),
    "too many": Case(PETS | {"cat/x.png": huge_png()}, "x.png cannot be read (it has too many pixels to read; save it"),
    "too many for a JPEG": Case(PETS | {"cat/x.jpg": huge_jpeg(60_000)}, "too many pixels to read; save it smaller)"),
}

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8))

BROKEN = {
    f"{name}{', skipped' if skip else ''}": Case(
        PETS | {f"cat/{file}": content},
        Read(PETS_READ, ("Skipped   1 broken picture",)) if skip else f"picture cat/{file} cannot be read ({why}",
        {"skip_broken": skip},
    )
    for skip in (False, True)
    for name, file, content, why in [
        ("empty", "x.png", b"", "the file is empty"),
        ("text", "x.jpg", b"<html>Not found</html>", "no picture, a damaged one, or"),
        ("cut", "x.png", encoded(RED)[:50], "damaged or cut short: "),
        ("half a JPEG", "x.jpg", encoded(NOISE, "JPEG")[:2000], "damaged or cut short: "),
        ("half a GIF", "x.gif", encoded(NOISE, "GIF")[:500], "no picture, a damaged one, or"),
        ("a page of Git LFS", "x.webp", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "no picture"),
    ]
}

BROKEN |= {
    "several": Case(PETS | {"cat/x.png": b"", "dog/y.png": b"x"}, "2 of 5 pictures cannot be read: cat/x.png ("),
    "two lines in its name": Case(PETS | {"cat/a\nb\x1b.png": b""}, "picture cat/a\ufffdb\ufffd.png cannot be read ("),
    "all": Case({"a/0.png": b"x", "b/1.png": b"x"}, "none of its 2 pictures can be read", {"skip_broken": True}),
    "a whole class": Case({"a/0.png": 0, "b/1.png": b"x"}, "class 'b' is empty", {"skip_broken": True}),
    "a folder called so": pets({"cat/x.png/3.txt": b""}),
    "letters of another code": Case(
        PETS | {os.fsdecode(b"cat/caf\xe9.png"): 1}, r"the name 'caf\udce9.png' is not in UTF-8"
    ),
}
