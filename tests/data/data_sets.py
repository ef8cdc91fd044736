"""Small data sets for tests, and what their refusal must look like."""

from __future__ import annotations

import io
from pathlib import Path

import datasets
import numpy as np
import pytest
from PIL import Image

from amgan.data.decoding import decode_picture
from amgan.data.evening_out import put_on_ground
from amgan.data.labelled_images import LabelledImages, load_labelled_images
from amgan.errors import DataError

IMAGE = datasets.Image()
TWO_CLASSES = datasets.ClassLabel(names=["cat", "dog"])
LABELS = [1, 0, 0, 1, 0]


def grey_of(level: int, size: int = 32) -> Image.Image:
    return Image.new("L", (size, size), level)


def png(level: int, mode: str = "L") -> bytes:
    buffer = io.BytesIO()
    grey_of(level).convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


def cells(count: int = 5, mode: str = "L") -> list[dict[str, object]]:
    """Picture k is all k, so that content tells the row."""
    return [{"bytes": png(level, mode), "path": None} for level in range(count)]


def on_white(content: bytes, size: int = 32) -> np.ndarray:
    """A decoded picture as a data set of it alone has it, if white is asked for."""
    picture = decode_picture(content, size)
    images = picture.pixels[None].copy()
    put_on_ground(images, {} if picture.alpha is None else {0: picture.alpha}, "white")
    return images[0]


def levels(data: LabelledImages) -> list[int]:
    return data.images[:, 0, 0, 0].tolist()


def put(root: Path, files: dict[str, int | bytes]) -> Path:
    """Write files: a picture of that level, or those bytes."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            grey_of(content).save(path)
    return root


def put_table(root: Path, columns: dict[str, list[object]], split: str = "train", **features: object) -> Path:
    table = datasets.Dataset.from_dict(columns, features=datasets.Features(features))
    table.to_parquet(root / f"{split}.parquet")
    return root


def refusal(source: Path | str, **options: object) -> str:
    with pytest.raises(DataError) as caught:
        load_labelled_images(str(source), 32, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert "0x" not in message  # an address in memory helps nobody
    assert str(source) in message
    return message
