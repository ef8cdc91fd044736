"""XMP packets as others read them."""

from __future__ import annotations

from xml.etree import ElementTree

NAME = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"


def source_type_of(packet: bytes) -> str | None:
    """What a packet says of where the picture comes from."""
    found = ElementTree.fromstring(packet.decode().lstrip("\ufeff")).findall(f".//*[@{NAME}]")
    return found[0].get(NAME) if found else None
