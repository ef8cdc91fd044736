"""Zip files of stored entries, of any size, written in constant memory.

`zipfile` keeps every entry until the file is closed, some hundred bytes a picture. Here what the directory at the end
says is spilled to a file, and entries are bytes that can be made before it is known where in a zip they will stand.

Layout: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central header), 4.3.14 to 4.3.16 (ends), 4.5.3
(zip64). Dates are fixed, so the same entries are the same bytes.
"""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from amgan.errors import RequestError

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
END_64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR_64 = struct.Struct("<4sIQI")

LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END_64_MARK, LOCATOR_64_MARK = b"PK\x06\x06", b"PK\x06\x07"

PLAIN, WITH_64 = 20, 45
"""Version needed to extract: 2.0, and 4.5 for zip64."""
MADE_BY = (3 << 8) | WITH_64
"""Unix, so that the permissions count."""
UTF8_NAMES = 1 << 11
FIRST_DAY = (1 << 5) | 1
"""1 January 1980, the earliest date there is."""
PERMISSIONS = 0o100644 << 16

FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
"""In place of a number that needs zip64."""

COPY_BYTES = 1 << 16
"""Read at once of what is copied."""


@dataclass(frozen=True)
class Entry:
    """One stored file within a run of entries.

    Attributes:
        name: Its name, encoded.
        crc: CRC-32 of its content.
        offset: Where its local header starts, in bytes from the start of the run.
        start: Where its content starts, likewise.
        size: Bytes of its content.
    """

    name: bytes
    crc: int
    offset: int
    start: int
    size: int

    @property
    def end(self) -> int:
        """Where the next entry starts."""
        return self.start + self.size


def stored_entry(name: str, content: bytes) -> bytes:
    """One file as it stands in a zip, wherever: local header and content."""
    return local_header(name.encode(), zlib.crc32(content), len(content)) + content


def local_header(name: bytes, crc: int, size: int) -> bytes:
    """What stands before the content of a file of that size.

    Raises:
        RequestError: the name is empty or too long for a zip.
    """
    if not 0 < len(name) <= FULL_16:
        raise RequestError(f"a file's name in a zip has 1 to {FULL_16} bytes, not {len(name)}")
    large = size >= FULL_32
    extra = struct.pack("<2H2Q", 1, 16, size, size) if large else b""
    version, shown = (WITH_64, FULL_32) if large else (PLAIN, size)
    numbers = (version, _flags(name), 0, 0, FIRST_DAY, crc, shown, shown, len(name), len(extra))
    return LOCAL.pack(LOCAL_MARK, *numbers) + name + extra


def entries_of(run: bytes) -> Iterator[Entry]:
    """The entries of a run that `stored_entry` made, none of them of zip64 size.

    Raises:
        ValueError: the bytes are no such run.
    """
    offset = 0
    while offset < len(run):
        if offset + LOCAL.size > len(run):
            raise ValueError("a header is cut off")
        mark, *_, crc, _, size, name_length, extra_length = LOCAL.unpack_from(run, offset)
        start = offset + LOCAL.size + name_length + extra_length
        if mark != LOCAL_MARK or start + size > len(run):
            raise ValueError("no entry where one should start")
        name = run[offset + LOCAL.size : offset + LOCAL.size + name_length]
        yield Entry(name, crc, offset, start, size)
        offset = start + size


class StoreZip:
    """Writes one zip from its start to its end."""

    def __init__(self, out: BinaryIO, directory: BinaryIO) -> None:
        """Begin.

        Args:
            out: Where the zip goes, from its current position on; nothing is read or rewritten.
            directory: An empty file, to write and read, that holds the directory meanwhile.
        """
        self._out = out
        self._directory = directory
        self._offset = out.tell()
        self._entries = 0

    def add(self, name: str, content: bytes) -> None:
        """Add one file."""
        self.append(stored_entry(name, content))

    def append(self, run: bytes) -> None:
        """Add a run of entries that `stored_entry` made.

        Raises:
            ValueError: the bytes are no such run.
        """
        for entry in entries_of(run):
            self._list(entry.name, entry.crc, entry.size, self._offset + entry.offset)
        self._out.write(run)
        self._offset += len(run)

    def add_file(self, name: str, content: BinaryIO, size: int, crc: int) -> None:
        """Add one file of any size, of which `size` bytes are read from `content`'s start."""
        header = local_header(name.encode(), crc, size)
        self._list(name.encode(), crc, size, self._offset)
        self._out.write(header)
        content.seek(0)
        shutil.copyfileobj(content, self._out, COPY_BYTES)
        self._offset += len(header) + size

    def close(self) -> None:
        """Write the directory and the end. The files stay open."""
        start, size = self._offset, self._directory.tell()
        self._directory.seek(0)
        shutil.copyfileobj(self._directory, self._out, COPY_BYTES)
        entries = self._entries
        if entries >= FULL_16 or start >= FULL_32 or size >= FULL_32:
            record = (END_64.size - 12, MADE_BY, WITH_64, 0, 0, entries, entries, size, start)
            self._out.write(END_64.pack(END_64_MARK, *record))
            self._out.write(LOCATOR_64.pack(LOCATOR_64_MARK, 0, start + size, 1))
        shown = min(entries, FULL_16)
        self._out.write(END.pack(END_MARK, 0, 0, shown, shown, min(size, FULL_32), min(start, FULL_32), 0))

    def _list(self, name: bytes, crc: int, size: int, offset: int) -> None:
        # In this order, and only those that do not fit.
        large = [size, size] if size >= FULL_32 else []
        if offset >= FULL_32:
            large.append(offset)
        extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
        shown = min(size, FULL_32)
        numbers = (MADE_BY, WITH_64 if large else PLAIN, _flags(name), 0, 0, FIRST_DAY, crc, shown, shown)
        places = (len(name), len(extra), 0, 0, 0, PERMISSIONS, min(offset, FULL_32))
        self._directory.write(CENTRAL.pack(CENTRAL_MARK, *numbers, *places) + name + extra)
        self._entries += 1


def _flags(name: bytes) -> int:
    return 0 if name.isascii() else UTF8_NAMES
