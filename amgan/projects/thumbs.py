"""Small pictures of photos, which pages show: made when a photo is read, kept in .cache/."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from amgan.data.decoding import Picture
from amgan.data.evening_out import put_on_ground
from amgan.projects.folder import Project
from amgan.whole_files import write_whole

SIDE = 192
"""In pixels: twice as many as a page gives them, as phones want it."""

QUALITY = 80
FOLDER = "thumbs"


def thumb_of(picture: Picture) -> bytes:
    """A JPEG file of a picture of `SIDE` pixels; a transparent one is on white."""
    pixels = picture.pixels[None].copy()
    put_on_ground(pixels, {} if picture.alpha is None else {0: picture.alpha}, "white")
    channels = np.ascontiguousarray(pixels[0].transpose(1, 2, 0))
    file = io.BytesIO()
    Image.fromarray(channels.squeeze(2) if channels.shape[2] == 1 else channels).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def thumb_file(project: Project, photo: str) -> Path:
    """Where the small picture of a photo is, if it was made."""
    return project.cache / FOLDER / f"{photo}.jpg"


def keep_thumb(project: Project, photo: str, content: bytes) -> None:
    """Keep the small picture of a photo.

    Raises:
        OSError: it cannot be written.
    """
    file = thumb_file(project, photo)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, content)
