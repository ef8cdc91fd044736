"""What a form of result must offer, and which forms there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from amgan.bulk.npz_shards import NpzShards
from amgan.bulk.parquet_table import ParquetTable
from amgan.bulk.png import PngFolder, PngZip
from amgan.bulk.spec import FormatName, JobSpec
from amgan.sampling.sampler import Sample


class ResultForm(Protocol):
    """A form of result. Both methods give the same bytes for the same pictures.

    Attributes:
        result: Name of the file in the job's folder that is there when the job is finished.
        media_type: What kind of file that is; None if it is not all of the result, so that no server can give it out.
    """

    result: str
    media_type: str | None

    def encode(self, pictures: np.ndarray, samples: Sequence[Sample]) -> bytes:
        """A chunk, uint8 (N, H, W, C) and what is known of each picture, as the bytes to keep of it."""

    def assemble(self, chunks: Iterable[Path], folder: Path, scratch: Path) -> None:
        """Put the result together from the files of all chunks, read in order and one at a time.

        Args:
            chunks: The files; what raises while they are listed ends the work, and no result is there.
            folder: Where the result goes, in one rename at the end.
            scratch: A folder on the same disk for what is not finished.
        """


FORMS: dict[FormatName, type[PngZip | PngFolder | ParquetTable | NpzShards]] = {
    "zip": PngZip,
    "png": PngFolder,
    "parquet": ParquetTable,
    "npz": NpzShards,
}


def result_form(spec: JobSpec, class_names: Sequence[str]) -> ResultForm:
    """The form that a job asks for."""
    return FORMS[spec.format](spec, class_names)
