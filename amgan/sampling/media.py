"""Pictures as files: grid, PNG, animated WebP and GIF, film strip. All take uint8 (N, H, W, C), C = 1 or 3."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image

from amgan.bounds import MILLISECONDS
from amgan.sampling.marking import XMP, marked_gif, png_chunk

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_UP = 2
PNG_LEVEL = 1
"""Of zlib: on pictures of this size higher ones take up to three times as long for a tenth of the bytes."""


def grid(images: np.ndarray, columns: int, gap: int = 2) -> np.ndarray:
    """Lay N pictures out in rows of `columns`, uint8 (H', W', C), with `gap` white pixels between them."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, dtype=np.uint8)
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), column * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def film_strip(images: np.ndarray) -> np.ndarray:
    """All pictures in one row, uint8 (H, W', C)."""
    return grid(images, columns=len(images))


def enlarge(image: np.ndarray, factor: int) -> np.ndarray:
    """One picture (H, W, C) or several (N, H, W, C), each pixel a square of `factor` pixels, without smoothing."""
    return image.repeat(factor, axis=-3).repeat(factor, axis=-2)


def to_pil(image: np.ndarray) -> Image.Image:
    """One picture (H, W, C) as a Pillow image of mode L or RGB."""
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)


def encode_png(image: np.ndarray, mark: bytes = b"") -> bytes:
    """One picture, uint8 (H, W, C), C = 1 or 3, as a PNG file (PNG specification, third edition, W3C 2025).

    With C = 4 the last channel says how opaque it is.
    `mark` is one of `amgan.sampling.marking`; a file that goes out has one, unless people shall judge it blind.
    Every row is stored as its difference from the row above, filter type 2. Pillow tries five filters on each row and
    takes two to three times as long for a small picture.
    """
    height, width, channels = image.shape
    rows = image.reshape(height, width * channels)
    filtered = np.empty((height, 1 + width * channels), dtype=np.uint8)
    filtered[:, 0] = PNG_UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])  # modulo 256, as the specification wants it
    colours = {1: 0, 3: 2, 4: 6}[channels]
    header = struct.pack(">2I5B", width, height, 8, colours, 0, 0, 0)
    return b"".join(
        [
            PNG_SIGNATURE,
            png_chunk(b"IHDR", header),
            mark,
            png_chunk(b"IDAT", zlib.compress(filtered.data, PNG_LEVEL)),
            png_chunk(b"IEND", b""),
        ]
    )


def encode_even_png(image: np.ndarray) -> bytes:
    """Likewise, not compressed and without a mark: pictures of one size are files of one length, whatever they show."""
    buffer = io.BytesIO()
    to_pil(image).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


def encode_sheet_webp(images: np.ndarray, columns: int, quality: int) -> bytes:
    """Pictures in rows of `columns`, as one lossy WebP with the mark: a tenth of the bytes that they have as they are.

    No block of the format spans two of them.
    """
    buffer = io.BytesIO()
    to_pil(grid(images, columns, gap=0)).convert("RGB").save(buffer, "WEBP", quality=quality, method=4, xmp=XMP)
    return buffer.getvalue()


def encode_webp(frames: np.ndarray, milliseconds: int = MILLISECONDS) -> bytes:
    """Frames (N, H, W, C) as a lossless animated WebP with the mark, each shown for so many milliseconds."""
    return _encode_animation(frames, "WEBP", milliseconds, lossless=True, quality=50, method=2, xmp=XMP)


def encode_gif(frames: np.ndarray, milliseconds: int = MILLISECONDS) -> bytes:
    """Frames (N, H, W, C) as an animated GIF (256 colours a frame) with the mark, each shown so many milliseconds."""
    return marked_gif(_encode_animation(frames, "GIF", milliseconds, optimize=False, disposal=2))


def _encode_animation(frames: np.ndarray, kind: str, milliseconds: int, **options: object) -> bytes:
    first, *rest = [to_pil(frame) if kind == "GIF" else to_pil(frame).convert("RGB") for frame in frames]
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=rest, duration=milliseconds, loop=0, **options)
    return buffer.getvalue()
