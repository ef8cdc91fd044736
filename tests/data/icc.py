"""Colour profiles for tests, written byte by byte as the ICC lays them out."""

from __future__ import annotations

import struct

import numpy as np

WHITE = (0.9642, 1.0, 0.8249)
"""D50 in XYZ, to which the colours of all profiles are brought."""

SRGB = np.array([[0.43607, 0.38506, 0.14308], [0.22250, 0.71688, 0.06062], [0.01393, 0.09710, 0.71417]])
DISPLAY_P3 = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]])
ADOBE_RGB = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]])
"""XYZ of full red, green and blue, one a column."""


def rgb_profile(primaries: np.ndarray, gamma: float = 2.2) -> bytes:
    tags = {name: _xyz(*column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries.T)}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(gamma)))


def grey_profile(gamma: float) -> bytes:
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _curve(gamma)})


def press_profile(inks: dict[tuple[int, int, int, int], tuple[int, int, int]]) -> bytes:
    """A press whose full inks, alone or over each other, give a lightness, a and b (bytes, 128 is neutral)."""
    grid = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]
    table = bytes(value for corner in grid for value in inks.get(corner, (0, 128, 128)))
    identity = b"".join(map(_fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + bytes(range(256)) * 4 + table + bytes(range(256)) * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": lut})


def stored_in(profile: np.ndarray, srgb: tuple[int, ...], gamma: float = 2.2) -> tuple[int, ...]:
    """The pixel of a profile that looks like one of sRGB, by the formulas of both."""
    encoded = np.asarray(srgb) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    inside = np.linalg.solve(profile, SRGB @ linear)
    return tuple(np.clip(np.sign(inside) * np.abs(inside) ** (1 / gamma) * 255, 0, 255).round().astype(int).tolist())


def _profile(kind: bytes, colours: bytes, between: bytes, tags: dict[bytes, bytes]) -> bytes:
    text = b"text" + bytes(4) + b"made by a test\0"
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"made\0" + bytes(78)
    tags = {b"desc": name, b"cprt": text, b"wtpt": _xyz(*WHITE)} | tags
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        body += bytes(-len(body) % 4)
        table += tag + struct.pack(">II", start + len(body), len(content))
        body += content
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"test", 0x02100000, kind, colours, between)
    head += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp"
    return (head.ljust(68, b"\0") + b"".join(map(_fixed, WHITE))).ljust(128, b"\0") + table + body


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))


def _curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
