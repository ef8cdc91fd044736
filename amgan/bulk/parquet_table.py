"""One parquet file that `datasets.load_dataset` reads with pictures and class names."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from amgan.bulk.png import PngEntries
from amgan.sampling.marking import made_up
from amgan.sampling.media import encode_png
from amgan.sampling.sampler import Sample
from amgan.whole_files import replacing

REPEATED = ["asked_class", "model", "revision"]
COUNTED = ["label", "seed", "draw"]
GROUP_CHUNKS = 16
"""In one row group. Each keeps 10 KB in memory until the file is closed: with one a chunk, 38 MB a million pictures."""


class ParquetTable(PngEntries):
    """pictures.parquet: image (PNG), label in place of class, and the other columns of the manifest."""

    result = "pictures.parquet"
    media_type: str | None = "application/vnd.apache.parquet"
    title = "Table for datasets (parquet)"
    words = "a table that load_dataset reads"

    def __init__(self, class_names: Sequence[str], model: str, revision: str) -> None:
        import datasets  # a second, for whoever asks for a table

        super().__init__(class_names, model, revision)
        self._schema = datasets.Features(
            {
                "image": datasets.Image(),
                "label": datasets.ClassLabel(names=list(class_names)),
                "seed": datasets.Value("int64"),
                "variation": datasets.Value("string"),
                "draw": datasets.Value("int32"),
                "asked_class": datasets.Value("string"),
                "class_probability": datasets.Value("float64"),
                "real_probability": datasets.Value("float64"),
                "truncation": datasets.Value("float64"),
                "confidence": datasets.Value("float64"),
                "file": datasets.Value("string"),
                "model": datasets.Value("string"),
                "revision": datasets.Value("string"),
            }
        ).arrow_schema

    def encode(self, pictures: np.ndarray, samples: Sequence[Sample]) -> bytes:
        """A table of one row group; see `ResultForm`."""
        rows: list[dict[str, Any]] = [
            row
            | {
                "image": {"bytes": encode_png(picture, made_up(row)), "path": _file_name(row)},
                "label": sample.label,
            }
            for row, picture, sample in zip(self.manifest_rows(samples), pictures, samples)
        ]
        table = pa.Table.from_pylist(rows, schema=self._schema)
        buffer = io.BytesIO()
        with self._writer(buffer) as writer:
            writer.write_table(table)
        return buffer.getvalue()

    def assemble(self, chunks: Iterable[Path], folder: Path, scratch: Path) -> None:
        """Write the chunks, some as one row group; see `ResultForm`."""
        with replacing(folder / self.result, scratch) as out, self._writer(out) as writer:
            left = iter(chunks)
            while group := [self._read(chunk) for chunk in itertools.islice(left, GROUP_CHUNKS)]:
                table = pa.concat_tables(group)
                writer.write_table(table, row_group_size=len(table))

    def _read(self, chunk: Path) -> pa.Table:
        return pq.read_table(pa.BufferReader(chunk.read_bytes()), schema=self._schema)

    def _writer(self, out: Any) -> pq.ParquetWriter:
        # Pictures are compressed already, and their least and largest bytes mean nothing to anybody.
        return pq.ParquetWriter(
            out, self._schema, compression="none", use_dictionary=REPEATED, write_statistics=COUNTED
        )


def _file_name(row: dict[str, Any]) -> str:
    # Not by way of Path, which makes Python intern every name.
    return str(row["file"]).rpartition("/")[2]
