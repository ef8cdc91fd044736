"""PNG files in class folders with manifest.jsonl, in a zip or each for itself; chunks are stored entries of a zip."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from amgan.bulk.store_zip import Entry, StoreZip, entries_of, stored_entry
from amgan.data.class_folders import CLASSES_FILE, class_folder
from amgan.data.manifest import classes_json
from amgan.errors import RequestError
from amgan.sampling.archive import distinct
from amgan.sampling.marking import made_up
from amgan.sampling.media import encode_png
from amgan.sampling.picture_row import picture_row
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import file_word
from amgan.whole_files import replacing

MANIFEST_FILE = "manifest.jsonl"


class PngEntries:
    """Chunks of a job as entries `class/class-seed7.png`, the last one its part of manifest.jsonl."""

    def __init__(self, class_names: Sequence[str], model: str, revision: str) -> None:
        self._names = class_names, model, revision
        self._folders = [class_folder(name) for name in class_names]
        # On a disk that knows no capitals, two classes may share a folder, but no file.
        self._stems = distinct(self._folders)

    def file_name(self, sample: Sample) -> str:
        """Where a picture stands: no other picture of the job has the same class and seed, and of variations origin."""
        name = f"{self._folders[sample.label]}/{self._stems[sample.label]}-seed{file_word(sample.name)}"
        if sample.variation is not None and sample.asked not in (None, sample.label):
            name += f"-from-{self._stems[sample.asked]}"
        return f"{name}.png"

    def manifest_rows(self, samples: Sequence[Sample]) -> list[dict[str, object]]:
        """What the manifest says of some pictures."""
        return [picture_row(self.file_name(sample), sample, *self._names) for sample in samples]

    @property
    def classes(self) -> bytes:
        """The content of classes.json."""
        return classes_json(self._names[0])

    def encode(self, pictures: np.ndarray, samples: Sequence[Sample]) -> bytes:
        """The entries of a chunk, uint8 (N, H, W, C) and what is known of each picture."""
        rows = self.manifest_rows(samples)
        files = [
            stored_entry(str(row["file"]), encode_png(picture, made_up(row))) for row, picture in zip(rows, pictures)
        ]
        manifest = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return b"".join([*files, stored_entry(MANIFEST_FILE, manifest.encode())])


def split_chunk(run: bytes) -> tuple[list[Entry], bytes, bytes]:
    """The pictures' entries of a chunk, their bytes, and its part of the manifest."""
    *pictures, manifest = entries_of(run)
    return pictures, run[: manifest.offset], run[manifest.start : manifest.end]


class PngZip(PngEntries):
    """pictures.zip: `Sneaker/Sneaker-seed7.png` and so on, classes.json, then manifest.jsonl, one row a picture."""

    result = "pictures.zip"
    media_type: str | None = "application/zip"
    title = "Pictures in folders (zip)"
    words = "PNG files in class folders with manifest.jsonl, in a zip"

    def assemble(self, chunks: Iterable[Path], folder: Path, scratch: Path) -> None:
        """Copy the entries and write the directory; see `ResultForm`."""
        with (
            replacing(folder / self.result, scratch) as out,
            tempfile.TemporaryFile(dir=scratch) as directory,
            tempfile.TemporaryFile(dir=scratch) as manifest,
        ):
            archive, crc, size = StoreZip(out, directory), 0, 0
            for chunk in chunks:
                _, files, rows = split_chunk(chunk.read_bytes())
                archive.append(files)
                manifest.write(rows)
                crc, size = zlib.crc32(rows, crc), size + len(rows)
            archive.add(CLASSES_FILE, self.classes)
            archive.add_file(MANIFEST_FILE, manifest, size, crc)
            archive.close()


class PngFolder(PngEntries):
    """The files of `PngZip`, each for itself; the manifest comes last, so it is there when all of them are."""

    result = MANIFEST_FILE
    media_type: str | None = None
    title = "Pictures in folders"
    words = "PNG files in class folders with manifest.jsonl"

    def assemble(self, chunks: Iterable[Path], folder: Path, scratch: Path) -> None:
        """Write the files; see `ResultForm`."""
        made: set[str] = set()
        with replacing(folder / self.result, scratch) as manifest:
            for chunk in chunks:
                run = chunk.read_bytes()
                pictures, _, rows = split_chunk(run)
                for entry in pictures:
                    name = entry.name.decode()
                    if (parent := name.rpartition("/")[0]) not in made:
                        if parent not in self._folders:
                            raise RequestError(f"a chunk holds {name!r:.80}, which is no picture of a class")
                        (folder / parent).mkdir(exist_ok=True)
                        made.add(parent)
                    # A Path for each would make Python intern every name.
                    with open(f"{folder}/{name}", "wb") as file:  # noqa: PTH123
                        file.write(run[entry.start : entry.end])
                manifest.write(rows)
            (folder / CLASSES_FILE).write_bytes(self.classes)
            if hasattr(os, "sync"):
                os.sync()  # one for all: a sync for each small file would take longer than drawing it
