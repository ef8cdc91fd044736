"""The colours of a picture as every viewer shows them: from the profile in its file to sRGB."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageCms

PROFILED_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The mode in which the pixels of a profile's kind of colours are; the others, such as Lab, are not for files."""

SAME = 2
"""A profile that moves no colour by more levels is sRGB itself: its pictures stay as they are, to the bit."""

MOST_TRANSFORMS = 16
"""How many of a data set's profiles are kept ready; press profiles have megabytes."""


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A picture of mode L, RGB or CMYK in the colours of sRGB, grey as L and else as RGB.

    Without a profile, or with one that is broken or not of this kind of picture, the pixels count as they are stored,
    which is what browsers do.

    Args:
        image: The picture.
        profile: The ICC profile of its file.
    """
    grey = image.mode == "L"
    for mode in (image.mode, "RGB") if grey else (image.mode,):
        if profile and (transform := _transform_of(profile, mode)):
            image = transform.apply(image.convert(mode))
            break
    return image.convert("L" if grey else "RGB")


@functools.lru_cache(maxsize=MOST_TRANSFORMS)
def _transform_of(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if PROFILED_MODES.get(opened.profile.xcolor_space) != mode:
            return None
        # Without the cache of the last pixel, since threads share it.
        transform = ImageCms.buildTransform(
            opened, ImageCms.createProfile("sRGB"), mode, "RGB", flags=ImageCms.Flags.NOCACHE
        )
    except (ImageCms.PyCMSError, ImportError, OSError, TypeError, ValueError):
        return None
    return None if _changes_nothing(transform, mode) else transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    if mode == "CMYK":
        return False
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    if mode == "L":
        tried = Image.fromarray(levels[None])
    else:
        tried = Image.fromarray(np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3))
    moved = np.asarray(transform.apply(tried), dtype=np.int16) - np.asarray(tried.convert("RGB"), dtype=np.int16)
    return int(np.abs(moved).max()) <= SAME
