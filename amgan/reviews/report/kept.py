"""The pictures that most votes are for, as files in class folders: a zip, or a folder that training can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from amgan.data.class_folders import class_folder
from amgan.errors import RequestError
from amgan.private_files import make_private_folder, open_private
from amgan.reviews.drawing import Drawn
from amgan.reviews.report.results import ItemResult, Results
from amgan.reviews.review_spec import Picture
from amgan.sampling.archive import MANIFEST_FILE, distinct, zip_files
from amgan.sampling.marking import made_up
from amgan.sampling.media import encode_png
from amgan.sampling.variation_name import file_word
from amgan.whole_files import write_whole


def kept_zip(results: Results, drawn: Mapping[Picture, Drawn]) -> bytes:
    """The files of `kept_files` as one zip. The same votes and pictures give the same bytes.

    Raises:
        RequestError: see `kept_files`.
    """
    return zip_files(kept_files(results, drawn).items())


def write_kept(results: Results, drawn: Mapping[Picture, Drawn], place: Path) -> int:
    """Write the files of `kept_files` to a .zip, or else into a folder, new or empty; how many pictures there are.

    Raises:
        RequestError: see `kept_files`, or the folder holds something.
    """
    files = kept_files(results, drawn)
    if place.suffix.lower() == ".zip":
        write_whole(place, zip_files(files.items()), private=True)
        return len(files) - 1
    if place.is_dir() and any(place.iterdir()):
        # What an earlier export left, since rejected, would be trained on.
        raise RequestError(f"{place} is not empty; name a new folder for the kept pictures")
    for name, content in files.items():
        make_private_folder((place / name).parent)
        with open_private(place / name, "wb") as file:  # many: to wait for the disk after each takes long
            file.write(content)
    return len(files) - 1


def kept_files(results: Results, drawn: Mapping[Picture, Drawn]) -> dict[str, bytes]:
    """A PNG file for each kept picture, by its name `class/class-seed7.png`, and manifest.json.

    A row of the manifest has the picture's full name and how many votes were for and against it: of pairs, the
    choices for it and for the other one.

    Args:
        results: Which pictures are kept.
        drawn: They, as `amgan.reviews.drawing` gives them; those that cannot be drawn are left out.

    Raises:
        RequestError: there is none, or none that can be drawn.
    """
    kept = results.kept
    images = [(picture, one, image) for picture, one in kept if isinstance(image := drawn.get(picture), np.ndarray)]
    if not kept:
        raise RequestError("no picture has most of its votes for it yet, so there is none to take away")
    if not images:
        problem = next((str(drawn[picture]) for picture, _ in kept if picture in drawn), "not asked for")
        raise RequestError(f"none of the kept pictures can be drawn: {problem}")
    # Two models, or two settings, may have kept the same class and seed.
    folders = [class_folder(picture.label) for picture, _, _ in images]
    stems = [f"{folder}/{folder}-seed{file_word(picture.name)}" for folder, (picture, _, _) in zip(folders, images)]
    files: dict[str, bytes] = {}
    rows = []
    for name, (picture, one, image) in zip(distinct(stems, ".png"), images):
        rows.append(_manifest_row(name, picture, one))
        files[name] = encode_png(image, made_up(rows[-1]))
    return {MANIFEST_FILE: json.dumps(rows, indent=2, ensure_ascii=False).encode(), **files}


def _manifest_row(file: str, picture: Picture, one: ItemResult) -> dict[str, Any]:
    liked = one.liked
    hits, count = (liked.hits, liked.count) if liked is not None else (0, 0)
    if picture is not (one.item.b or one.item.a):
        hits = count - hits
    return {
        "file": file,
        "seed": picture.seed,
        **({} if picture.variation is None else {"variation": picture.variation}),
        "class": picture.label,
        "asked_class": picture.asked,
        "class_probability": round(picture.class_probability, 6),
        "truncation": picture.truncation,
        "confidence": picture.confidence,
        "model": picture.model,
        "revision": picture.revision,
        "votes_kept": hits,
        "votes_rejected": count - hits,
        "mean_stars": None if one.mean_stars is None else round(one.mean_stars, 2),
    }
