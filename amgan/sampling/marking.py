"""The mark of a made-up picture in its file, for machines, and the name by which it can be drawn again.

The mark is XMP with IPTC's digital source type "trained algorithmic media", as Article 50(2) of the EU's AI Act
(Regulation 2024/1689) asks for. The name is that of a manifest's row, as JSON. Both are plain text that anybody can
take out or change: they tell where a picture says it comes from, and prove nothing.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PIL import Image

from amgan.errors import RequestError

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    f'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" e:DigitalSourceType="{SOURCE_TYPE}"/></rdf:RDF></x:xmpmeta>'
    '<?xpacket end="r"?>'
).encode()

NAMING = ("model", "revision", "seed", "variation", "draw", "class", "asked_class", "truncation", "confidence")
"""What of a manifest's row names a picture."""

NAME_KEYWORD = "amgan"
MAX_FILE = 64 * 2**20
"""Bytes of a file in which a name is looked for."""

GIF_END = b";"
GIF_TRAILER = bytes([1, *range(255, -1, -1), 0])
"""Closes XMP in a GIF for readers that take it for blocks of data (XMP specification, part 3, 1.1.2)."""

XMP_BOX = UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
"""Of XMP in an MP4."""


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(kind)))


def _png_text(keyword: str, text: bytes) -> bytes:
    return png_chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + text)


MADE_UP = _png_text("XML:com.adobe.xmp", XMP)
"""The mark alone, for `encode_png`: of sheets, strips and frames, which have no name."""


def made_up(row: Mapping[str, Any]) -> bytes:
    """The mark and the name, for `encode_png`, of the picture of a manifest's row."""
    name = {key: row[key] for key in NAMING if key in row}
    return MADE_UP + _png_text(NAME_KEYWORD, json.dumps(name, ensure_ascii=False, separators=(",", ":")).encode())


def marked_gif(content: bytes) -> bytes:
    """A GIF file with the mark."""
    block = b"\x21\xff\x0bXMP DataXMP" + XMP + GIF_TRAILER
    return content.removesuffix(GIF_END) + block + GIF_END


def marked_mp4(content: bytes) -> bytes:
    """An MP4 file with the mark."""
    return content + struct.pack(">I", 8 + len(XMP_BOX) + len(XMP)) + b"uuid" + XMP_BOX + XMP


def name_in(content: bytes) -> dict[str, Any]:
    """What a PNG file from anywhere says of its name: fields of a manifest's row, not checked.

    Raises:
        RequestError: it is no PNG file, or has no name in it.
    """
    if len(content) > MAX_FILE:
        raise RequestError(f"it has more than {MAX_FILE // 2**20} MB")
    try:
        # Only what stands before the pixels is read, and no pixel.
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            row = json.loads(image.info.get(NAME_KEYWORD, "null"))
    except (OSError, ValueError, SyntaxError, RecursionError, Image.DecompressionBombError) as error:
        raise RequestError("it is no PNG file that can be read") from error
    if not isinstance(row, dict):
        raise RequestError("it does not say which picture it is: it was not made here, or saved by another program")
    return row
