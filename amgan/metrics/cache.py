"""What is measured of a data set once: kept in a folder of the user's cache under a name that stands for the set."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from amgan.data.labelled_images import LabelledImages
from amgan.errors import ReleaseError
from amgan.release.checked_files import check_numbers, is_there, read_tensors, write_tensors


def default_cache() -> Path:
    """amgan/ in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "amgan"


def data_digest(data: LabelledImages) -> str:
    """SHA-256 over a data set's pictures and classes, in hex digits."""
    digest = hashlib.sha256(repr((tuple(data.images.shape), data.class_names)).encode())
    digest.update(data.images.cpu().contiguous().numpy().data)
    digest.update(data.labels.cpu().contiguous().numpy().data)
    return digest.hexdigest()


def measured_once(
    file: Path, expected: dict[str, Tensor], measure: Callable[[], dict[str, Tensor]]
) -> dict[str, Tensor]:
    """The tensors that the file holds or, if it is not there, measured and put there.

    Args:
        file: Where they are kept; its name must stand for all that they depend on.
        expected: Tensors of their names, shapes and types, which may be on the meta device.
        measure: Measures them.
    """
    try:
        if is_there(file):
            kept = read_tensors(file, expected)
            check_numbers(file, kept)
            return kept
    except ReleaseError:
        # A file that broke while it was written, or of another version: it is measured anew and replaced.
        file.unlink()
    measured = measure()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_tensors(file, measured)
    return measured
