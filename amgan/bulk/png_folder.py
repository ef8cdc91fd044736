"""A folder of PNG files in class folders, with manifest.jsonl beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from amgan.bulk.durable import replacing
from amgan.bulk.png import MANIFEST_FILE, PngEntries, split_chunk


class PngFolder(PngEntries):
    """The files of `PngZip`, each for itself; the manifest comes last, so it is there when all of them are."""

    result = MANIFEST_FILE
    media_type: str | None = None

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
                        (folder / parent).mkdir(exist_ok=True)
                        made.add(parent)
                    # A Path for each would make Python intern every name.
                    with open(f"{folder}/{name}", "wb") as file:  # noqa: PTH123
                        file.write(run[entry.start : entry.end])
                manifest.write(rows)
            if hasattr(os, "sync"):
                os.sync()  # one for all: a sync for each small file would take longer than drawing it
