"""Names of pictures as manifests have them: of a zip, a folder or a finished job. They may come from anywhere."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amgan.bounds import MAX_ITEMS, check_confidence, check_seed, check_truncation, whole_number
from amgan.errors import RequestError
from amgan.reviews.review_spec import MAX_NAME, check_text

MANIFESTS = ("manifest.json", "manifest.jsonl")
RESULT_ZIP = "pictures.zip"
MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class NamedPicture:
    """What a row of a manifest says; checked when it is made.

    Attributes:
        model: Name of the model.
        revision: The model's revision.
        seed: The seed.
        asked: The class asked for, or None for any.
        truncation: Scale of the latents.
        confidence: Dynamic models: the least probability the class was searched at; None for the model's own.
        draw: Which of the seed's draws it was, from 0, or None if the row does not say.
    """

    model: str
    revision: str
    seed: int
    asked: str | None
    truncation: float
    confidence: float | None
    draw: int | None

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            RequestError: naming the field and what is allowed.
        """
        for name in ("model", "revision", *(["class"] if self.asked is not None else [])):
            check_text(name, self.asked if name == "class" else getattr(self, name), MAX_NAME)
        check_seed(self.seed)
        check_truncation(self.truncation)
        if self.confidence is not None:
            check_confidence(self.confidence)
        if self.draw is not None and whole_number(self.draw) is None:
            raise RequestError("draw must be a whole number")


def read_names(path: Path, most: int | None = None, confidence: float | None = None) -> list[NamedPicture]:
    """The names in a manifest, each once.

    Args:
        path: manifest.json or manifest.jsonl, or a zip or a folder that holds one or, of a job, its pictures.zip.
        most: So many at most, spread evenly over the manifest; None for all.
        confidence: For rows that do not say at which confidence their class was searched.

    Raises:
        RequestError: there is no manifest, more than a review takes, or a row that is no name.
    """
    rows = _rows(path)
    count = len(rows) if most is None else min(most, len(rows))
    if not 1 <= count <= MAX_ITEMS:
        raise RequestError(
            f"{path}: a review has 1 to {MAX_ITEMS} pictures, not {count}; say with --n how many of them"
        )
    names = []
    for number in (place * len(rows) // count for place in range(count)):
        try:
            names.append(_name(rows[number], confidence))
        except RequestError as error:
            raise RequestError(f"{path}: row {number + 1}: {error}") from error
    return list(dict.fromkeys(names))


def _rows(path: Path) -> list[Any]:
    """The rows of a manifest; those of .jsonl as the bytes of their lines, because few of many may be wanted."""
    name, content = _manifest(path)
    if name.endswith(".jsonl"):
        return [line for line in content.split(b"\n") if line.strip()]
    rows = _parsed(content, f"{path}: its manifest")
    if not isinstance(rows, list):
        raise RequestError(f"{path}: its manifest must be a list of rows")
    return rows


def _manifest(path: Path) -> tuple[str, bytes]:
    try:
        if path.is_dir():
            inside = next((path / name for name in (*MANIFESTS, RESULT_ZIP) if (path / name).is_file()), None)
            if inside is None:
                raise RequestError(f"{path}: there is no {' or '.join(MANIFESTS)} in it")
            path = inside
        if path.suffix.lower() == ".zip":
            return _manifest_of_zip(path)
        if path.suffix.lower() not in (".json", ".jsonl"):
            raise RequestError(f"{path}: name a manifest, .json or .jsonl, or a .zip or folder that holds one")
        with path.open("rb") as file:
            return path.name.lower(), _bounded(file.read(MAX_BYTES + 1), path)
    except OSError as error:
        raise RequestError(f"{path}: it cannot be read ({error.strerror})") from error


def _manifest_of_zip(path: Path) -> tuple[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            name = next((name for name in MANIFESTS if name in archive.namelist()), None)
            if name is None:
                raise RequestError(f"{path}: there is no {' or '.join(MANIFESTS)} in it")
            with archive.open(name) as file:
                return name, _bounded(file.read(MAX_BYTES + 1), path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        if isinstance(error, RequestError):
            raise
        raise RequestError(f"{path}: it is no sound zip") from error


def _bounded(content: bytes, path: Path) -> bytes:
    if len(content) > MAX_BYTES:
        raise RequestError(f"{path}: its manifest has more than {MAX_BYTES} bytes; name one with fewer pictures")
    return content


def _name(row: Any, confidence: float | None) -> NamedPicture:
    content = _parsed(row, "it") if isinstance(row, bytes) else row
    if not isinstance(content, dict):
        raise RequestError("it must be a JSON object")
    for field in ("model", "revision", "seed"):
        if field not in content:
            raise RequestError(f"it needs the field {field!r}")
    own = content.get("confidence")
    return NamedPicture(
        model=content["model"],
        revision=content["revision"],
        seed=content["seed"],
        asked=content["asked_class"] if "asked_class" in content else content.get("class"),
        truncation=content.get("truncation", 1.0),
        confidence=confidence if own is None else own,
        draw=content.get("draw"),
    )


def _parsed(content: bytes, what: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{what} must be JSON ({type(error).__name__})") from error
