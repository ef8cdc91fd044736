"""A picture file opened within bounds: a photo of any phone in little memory, and no warnings of its reader."""

from __future__ import annotations

import ctypes
import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from PIL import ExifTags, Image, ImageOps, _imaging
from PIL.JpegImagePlugin import JpegImageFile

from amgan.data.reasons import Reason, UnusableFileError

WHOLE_PIXELS = 16_000_000
"""A picture of more is reduced while it is read: a JPEG by its decoder, another one unpacked while no other is."""

MOST_JPEG_PIXELS = 64 * WHOLE_PIXELS
"""So many can be read of a JPEG, whose decoder leaves out seven of eight lines and columns; else Pillow's limit is."""

FINER = 4
"""A reduced picture has so many times the asked pixels on its shorter side, so that resizing still has its choice."""

STRIP_PIXELS = 1_000_000
"""So many of a large picture are brought to other colours at once."""

JPEG_START = b"\xff\xd8\xff"

_one_at_a_time = threading.Lock()


def open_picture(content: bytes) -> Image.Image:
    """A picture whose pixels are not read yet.

    Raises:
        UnusableFileError: it has too many.
        Exception: it is none, see `decode_picture`.
    """
    try:
        return Image.open(io.BytesIO(content))
    except Image.DecompressionBombError as error:
        kind = "large_unless_jpeg"
        if content.startswith(JPEG_START):
            jpeg = JpegImageFile(io.BytesIO(content))
            if not jpeg.info.get("progressive"):  # whose parts are all in memory before the first pixel is
                if jpeg.width * jpeg.height <= MOST_JPEG_PIXELS:
                    return jpeg
                kind = "large"
        raise UnusableFileError(Reason(kind)) from error


def read_upright(image: Image.Image, size: int, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """A picture as its camera was held, in other colours; of a large one only the centre square, reduced.

    Args:
        image: As `open_picture` gives it.
        size: Side that is wanted of it in the end, in pixels.
        convert: Brings a picture, or a part of one, to the colours that are wanted.
    """
    if not _is_large(image):
        return convert(ImageOps.exif_transpose(image))
    image.draft(None, (FINER * size, FINER * size))
    if not (_is_large(image) or image.info.get("progressive")):
        return convert(ImageOps.exif_transpose(image))
    with _one_at_a_time:
        return _reduced(image, FINER * size, convert)


def centre_square(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the largest square in the middle."""
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


def _is_large(image: Image.Image) -> bool:
    return image.width * image.height > WHOLE_PIXELS


def _reduced(image: Image.Image, side: int, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    image.load()
    left, top, right, bottom = centre_square(*image.size)
    factor = max(1, (right - left) // side)
    rows = factor * max(1, STRIP_PIXELS // (factor * (right - left)))
    starts = range(top, bottom, rows)
    strips = [convert(image.crop((left, y, right, min(y + rows, bottom)))).reduce(factor) for y in starts]
    whole = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for number, strip in enumerate(strips):
        whole.paste(strip, (0, number * (rows // factor)))
    whole.getexif()[ExifTags.Base.Orientation] = image.getexif().get(ExifTags.Base.Orientation, 1)
    return ImageOps.exif_transpose(whole)


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Keep to itself what Pillow says on the side about files that it reads all the same, or refuses by an error."""
    logger = logging.getLogger("PIL")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), _quiet_libtiff():
            warnings.filterwarnings("ignore", module="PIL")
            yield
    finally:
        logger.setLevel(before)


@contextmanager
def _quiet_libtiff() -> Iterator[None]:
    # It writes to stderr by itself, past Python; where its functions are not to be found, it goes on to.
    setters = []
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(_imaging.__file__)
        setters = [library.TIFFSetErrorHandler, library.TIFFSetWarningHandler]
    for setter in setters:
        setter.restype, setter.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    before = [setter(None) for setter in setters]
    try:
        yield
    finally:
        for setter, handler in zip(setters, before):
            setter(handler)
