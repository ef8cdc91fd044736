"""Pictures as files, with a manifest that names each of them."""

from __future__ import annotations

import io
import json
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import numpy as np

from amgan.data.class_folders import CLASSES_FILE, class_folder, composed
from amgan.data.manifest import classes_json
from amgan.sampling.marking import made_up
from amgan.sampling.media import encode_png
from amgan.sampling.picture_row import picture_row
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import file_word

MANIFEST_FILE = "manifest.json"


def zip_pictures(
    pictures: np.ndarray, samples: Sequence[Sample], class_names: Sequence[str], model: str, revision: str
) -> bytes:
    """The files of `picture_files` as one zip. The same pictures give the same bytes."""
    return zip_files(picture_files(pictures, samples, class_names, model, revision))


def zip_files(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files, by name and content, as one zip. The same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            _add(archive, name, content)
    return buffer.getvalue()


def picture_files(
    pictures: np.ndarray, samples: Sequence[Sample], class_names: Sequence[str], model: str, revision: str
) -> Iterator[tuple[str, bytes]]:
    """Name and content of manifest.json, of classes.json and of a PNG file for each picture.

    Args:
        pictures: uint8 (N, H, W, C).
        samples: What is known of each picture.
        class_names: Names of the model's classes.
        model: The model's name.
        revision: The model's revision.
    """
    names = file_names(samples, class_names)
    rows = [
        picture_row(name, sample, class_names, model, revision) for name, sample in zip(names, samples, strict=True)
    ]
    yield MANIFEST_FILE, json.dumps(rows, indent=2, ensure_ascii=False).encode()
    yield CLASSES_FILE, classes_json(class_names)
    for name, picture, row in zip(names, pictures, rows, strict=True):
        yield name, encode_png(picture, made_up(row))


def file_names(samples: Sequence[Sample], class_names: Sequence[str]) -> list[str]:
    """A file name for each picture, safe on every file system and without duplicates, in capitals or small letters."""
    return distinct(
        (f"{class_folder(class_names[sample.label])}-seed{file_word(sample.name)}" for sample in samples), ".png"
    )


def write_npz(
    out: BinaryIO,
    pictures: np.ndarray,
    samples: Sequence[Sample],
    class_names: Sequence[str],
    model: str,
    revision: str,
) -> None:
    """Write pictures, uint8 (N, H, W, C), and what is known of them as arrays, not compressed.

    numpy dates the files in it 1980, so the same arrays are the same bytes. `asked_labels` are -1 for any class,
    `confidence` is not a number where a picture's row has none, and so is `variations` an empty text.
    """
    asked = [-1 if sample.asked is None else sample.asked for sample in samples]
    confidence = [math.nan if sample.confidence is None else sample.confidence for sample in samples]
    np.savez(
        out,
        images=pictures,
        seeds=np.array([sample.seed for sample in samples], dtype=np.int64),
        labels=np.array([sample.label for sample in samples], dtype=np.int64),
        asked_labels=np.array(asked, dtype=np.int64),
        draws=np.array([sample.draw for sample in samples], dtype=np.int64),
        class_probability=np.array([sample.class_probability for sample in samples], dtype=np.float64),
        real_probability=np.array([sample.real_probability for sample in samples], dtype=np.float64),
        truncation=np.array([sample.truncation for sample in samples], dtype=np.float64),
        confidence=np.array(confidence, dtype=np.float64),
        variations=np.array([sample.variation or "" for sample in samples]),
        class_names=np.array(class_names),
        model=np.array(model),
        revision=np.array(revision),
    )


def slug(text: str) -> str:
    """Letters, digits and hyphens of a text, lower case, at most 60; "class" if none is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "class"


def distinct(stems: Iterable[str], suffix: str = "") -> list[str]:
    """Each stem with the suffix, and the first free number from 2 on between them where that is taken.

    Those that differ in capitals only count as one, as they do to some disks.
    """
    taken: set[str] = set()
    # Each stem's numbers below are taken, and stay so: without this, many names of one stem cost their square.
    free: dict[str, int] = {}
    names = []
    for stem in stems:
        key = composed(stem.casefold())
        folded, name, number = key, stem, free.get(key, 2)
        while folded in taken:
            folded, name, number = f"{key}-{number}", f"{stem}-{number}", number + 1
        taken.add(folded)
        free[key] = number
        names.append(name + suffix)
    return names


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A fixed date, so that the same pictures are the same file.
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
