"""The forms of a job's result, which the command line, the server and the page offer; one line here is a new form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np

from amgan.bulk.npz_shards import NpzShards
from amgan.bulk.parquet_table import ParquetTable
from amgan.bulk.png import PngFolder, PngZip
from amgan.sampling.sampler import Sample


class ResultForm(Protocol):
    """A form of result, made for the classes, the name and the revision of a model.

    `encode` and `assemble` give the same bytes for the same pictures.

    Attributes:
        result: Name of the file in the job's folder that is there when the job is finished.
        media_type: What kind of file that is; None if it is not all of the result, so that no server can give it out.
        title: The form's name on the page.
        words: What the result is, for a list of the forms.
    """

    result: str
    media_type: str | None
    title: str
    words: str

    def __init__(self, class_names: Sequence[str], model: str, revision: str) -> None: ...

    def encode(self, pictures: np.ndarray, samples: Sequence[Sample]) -> bytes:
        """A chunk, uint8 (N, H, W, C) and what is known of each picture, as the bytes to keep of it."""

    def assemble(self, chunks: Iterable[Path], folder: Path, scratch: Path) -> None:
        """Put the result together from the files of all chunks, read in order and one at a time.

        Args:
            chunks: The files; what raises while they are listed ends the work, and no result is there.
            folder: Where the result goes, in one rename at the end.
            scratch: A folder on the same disk for what is not finished.
        """


FORMS: dict[str, type[ResultForm]] = {"zip": PngZip, "parquet": ParquetTable, "npz": NpzShards, "png": PngFolder}
SERVED = {name: form.media_type for name, form in FORMS.items() if form.media_type is not None}
"""Those of one file, with its media type: what a server can give out."""

if TYPE_CHECKING:
    FormName: TypeAlias = str
    ServedName: TypeAlias = str
else:
    FormName = Literal[tuple(FORMS)]
    ServedName = Literal[tuple(SERVED)]


def forms_in_words(names: Iterable[str]) -> str:
    """What each of these forms is."""
    return "; ".join(f"{name}: {FORMS[name].words}" for name in names)
