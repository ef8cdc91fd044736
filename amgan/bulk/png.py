"""Pictures as the stored entries of a zip, each chunk with the rows of the manifest behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from amgan.bulk.spec import JobSpec
from amgan.bulk.store_zip import Entry, entries_of, stored_entry
from amgan.sampling.archive import class_folders, manifest_row
from amgan.sampling.media import encode_png
from amgan.sampling.sampler import Sample

MANIFEST_FILE = "manifest.jsonl"


class PngEntries:
    """Chunks of a job as entries `class/class-seed7.png`, the last one its part of manifest.jsonl."""

    def __init__(self, spec: JobSpec, class_names: Sequence[str]) -> None:
        self._spec = spec
        self._class_names = class_names
        self._folders = class_folders(class_names)

    def file_name(self, sample: Sample) -> str:
        """Where a picture stands: no other picture of the job has the same class and seed."""
        folder = self._folders[sample.label]
        return f"{folder}/{folder}-seed{sample.seed}.png"

    def manifest_rows(self, samples: Sequence[Sample]) -> list[dict[str, object]]:
        """What the manifest says of some pictures."""
        return [
            manifest_row(self.file_name(sample), sample, self._class_names, self._spec.model, self._spec.revision)
            for sample in samples
        ]

    def encode(self, pictures: np.ndarray, samples: Sequence[Sample]) -> bytes:
        """The entries of a chunk, uint8 (N, H, W, C) and what is known of each picture."""
        rows = self.manifest_rows(samples)
        files = [stored_entry(str(row["file"]), encode_png(picture)) for row, picture in zip(rows, pictures)]
        manifest = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return b"".join([*files, stored_entry(MANIFEST_FILE, manifest.encode())])


def split_chunk(run: bytes) -> tuple[list[Entry], bytes, bytes]:
    """The pictures' entries of a chunk, their bytes, and its part of the manifest."""
    *pictures, manifest = entries_of(run)
    return pictures, run[: manifest.offset], run[manifest.start : manifest.end]
