"""Arrays: a zip of npz files, each of one chunk."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from amgan.bulk.store_zip import StoreZip
from amgan.sampling.archive import write_npz
from amgan.sampling.sampler import Sample
from amgan.whole_files import replacing


class NpzShards:
    """shards.zip: `shard-00000.npz` and so on, each with what `amgan.sampling.archive.write_npz` writes."""

    result = "shards.zip"
    media_type: str | None = "application/zip"
    title = "Arrays for NumPy (npz)"
    words = "arrays in shards in a zip"

    def __init__(self, class_names: Sequence[str], model: str, revision: str) -> None:
        self._names = class_names, model, revision

    def encode(self, pictures: np.ndarray, samples: Sequence[Sample]) -> bytes:
        """One shard; see `ResultForm`."""
        shard = io.BytesIO()
        write_npz(shard, pictures, samples, *self._names)
        return shard.getvalue()

    def assemble(self, chunks: Iterable[Path], folder: Path, scratch: Path) -> None:
        """Put the shards into one zip; see `ResultForm`."""
        with (
            replacing(folder / self.result, scratch) as out,
            tempfile.TemporaryFile(dir=scratch) as directory,
        ):
            archive = StoreZip(out, directory)
            for number, chunk in enumerate(chunks):
                archive.add(f"shard-{number:05d}.npz", chunk.read_bytes())
            archive.close()
