"""A zip of PNG files in class folders, with manifest.jsonl behind them."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from amgan.bulk.durable import replacing
from amgan.bulk.png import MANIFEST_FILE, PngEntries, split_chunk
from amgan.bulk.store_zip import StoreZip


class PngZip(PngEntries):
    """pictures.zip: `sneaker/sneaker-seed7.png` and so on, then manifest.jsonl, one row a picture."""

    result = "pictures.zip"
    media_type: str | None = "application/zip"

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
            archive.add_file(MANIFEST_FILE, manifest, size, crc)
            archive.close()
