"""Release folders as strangers, attackers and broken disks make them: what takes the place of a sound file."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st
from safetensors.torch import load, save

from amgan.release.folder import CONFIG_FILE, METRICS_FILE, SEEDS_FILE, WEIGHTS_FILE
from tests.models import tiny_config

Header = dict[str, Any]

BOMB_BYTES = 4_200_000
"""Beyond what may be read, and enough to fill memory where it is read all the same."""

DTYPES = ("F32", "F64", "F16", "BF16", "F4", "F8_E8M0", "C64", "I64", "I32", "U8", "BOOL", "F6_E2M3", "X", "", 7, None)
SIZES = st.sampled_from([-1, 0, 1, 2, 3, 1.5, "3", None, 2**31, 2**32, 2**53, 2**62, 2**63, 2**64, 10**30])
NASTY_NAMES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", "a\nb", "a\rb", "\x00", "\x1b[31m", "\x7f", "\u2028", "\u202eflow", "\u200b", "\ufeff", "\ud800",
         "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "../../etc/passwd", "שלום", "a" * 201,
         "%s{0}", "Bag", "漢", "é" * 200]
    ),
)  # fmt: skip
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NASTY_NAMES | st.just(10**4000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NASTY_NAMES, inner, max_size=3),
    max_leaves=6,
)
DEEP = st.builds(
    lambda levels, open_, close: open_ * levels + "1" + close * levels,
    st.sampled_from([5, 31, 33, 100, 900, 980, 1100, 50_000]),
    *(st.just(text) for text in ("[", "]")),
) | st.builds(lambda levels: '{"a":' * levels + "1" + "}" * levels, st.sampled_from([33, 900, 980, 50_000]))
JSON_BOMB = st.builds(
    lambda unit, size: "[" + ",".join([unit] * (size // (len(unit) + 1))) + "]",
    st.sampled_from(["[]", "{}", "[[[[1]]]]", '{"":0}', '[{"":0}]', '"ab"', "1e9", "1000", '"漢"', '"\\ud800"']),
    st.sampled_from([1_400_000, BOMB_BYTES]),
)


@dataclass(frozen=True)
class Mutation:
    """A file of a release with other content.

    Attributes:
        name: The file.
        content: What it holds instead.
        size: Bytes that it is stretched to, without taking room on the disk; None as long as its content.
    """

    name: str
    content: bytes
    size: int | None = None

    def __repr__(self) -> str:
        return f"Mutation({self.name!r}, {self.content[:300]!r} of {len(self.content)}, size={self.size})"


def with_header(header: bytes | Header, data: bytes, length: int | None = None) -> bytes:
    """A safetensors file, `length` being what it says of its header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", (len(text) if length is None else length) % 2**64) + text + data


def parted(content: bytes) -> tuple[Header, bytes]:
    """Header and data of a sound safetensors file."""
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def config_mutations() -> st.SearchStrategy[Mutation]:
    """config.json with other values, types and keys."""
    sound = tiny_config().to_json()
    key = st.sampled_from(sorted(sound))
    names = st.lists(NASTY_NAMES, max_size=5) | st.sampled_from(
        [["a"] * 3, [f"class {i}" for i in range(10_001)], ["x" * 199 + chr(65 + i) for i in range(3)],
         [f"{i:0>150}" for i in range(9000)], "abc", ["a", "b", 3]]
    )  # fmt: skip
    changed = st.one_of(
        st.builds(lambda key, value: sound | {key: value}, key, ANY_JSON),
        st.builds(lambda names: sound | {"class_names": names}, names),
        st.builds(lambda key: {name: sound[name] for name in sound if name != key}, key),
        st.builds(lambda key, value: sound | {key: value}, NASTY_NAMES, ANY_JSON),
        st.builds(
            lambda key, value: sound | {key: value},
            st.sampled_from(["latent_dim", "generator_width", "discriminator_width", "image_size", "channels"]),
            st.sampled_from([-1, 0, 1, 6, 512, 513, 4096, 10**9, 2**63, 3.0, True]),
        ),
    )
    inside = st.builds(
        lambda key, text: json.dumps(sound).replace(f'"{key}": {json.dumps(sound[key])}', f'"{key}": {text}'),
        key, DEEP | JSON_BOMB,
    )  # fmt: skip
    text = changed.map(json.dumps) | inside | any_json_text()
    return text.map(lambda text: Mutation(CONFIG_FILE, text.encode()))


def any_json_text() -> st.SearchStrategy[str]:
    """JSON that is no release's: of other kinds, nested deep, large, or not JSON at all."""
    broken = st.sampled_from(["", "{", "NaN", "1" * 5000, '{"a": 1e999}', "\ufeff{}", '{"a": NaN, "a": 2}', "\x00"])
    return ANY_JSON.map(json.dumps) | DEEP | JSON_BOMB | broken


def metrics_mutations() -> st.SearchStrategy[Mutation]:
    """metrics.json of any content."""
    as_object = any_json_text().map(lambda text: f'{{"training": {text}}}')
    return (any_json_text() | as_object).map(lambda text: Mutation(METRICS_FILE, text.encode()))


def header_mutations(name: str, sound: bytes) -> st.SearchStrategy[Mutation]:
    """A safetensors file whose header says something else."""
    header, data = parted(sound)
    tensor = st.sampled_from(sorted(header))
    offsets = st.lists(SIZES | st.integers(0, len(data) + 8), max_size=3)
    shapes = st.lists(SIZES, max_size=4) | st.sampled_from([[1] * 3000, [0, 2**63], [2**32, 2**32], "3", None])
    entries = st.one_of(
        st.builds(lambda value: {"dtype": value}, st.sampled_from(DTYPES)),
        st.builds(lambda value: {"shape": value}, shapes),
        st.builds(lambda value: {"data_offsets": value}, offsets),
        st.builds(lambda value: {"more": value}, ANY_JSON),
    )

    def renamed(old: str, new: str) -> Header:
        return {new if key == old else key: value for key, value in header.items()}

    changed: st.SearchStrategy[Header] = st.one_of(
        st.builds(lambda tensor, entry: header | {tensor: header[tensor] | entry}, tensor, entries),
        st.builds(lambda tensor, entry: header | {tensor: entry}, tensor, ANY_JSON),
        st.builds(lambda one, other: header | {one: header[other]}, tensor, tensor),  # overlapping
        st.builds(renamed, tensor, NASTY_NAMES | st.just("x" * 5000)),
        st.builds(lambda tensor: {key: value for key, value in header.items() if key != tensor}, tensor),
        st.builds(lambda name, entry: header | {name: entry}, NASTY_NAMES, ANY_JSON),
        st.builds(lambda value: header | {"__metadata__": value}, ANY_JSON),
    )
    lengths = st.sampled_from([0, 1, 7, 8, 100, -1, 10**6, 10**8, 10**9, 2**32, 2**62, 2**63])
    files = st.one_of(
        changed.map(lambda header: with_header(header, data)),
        st.builds(lambda header, tail: with_header(header, data + tail), changed, st.binary(min_size=1, max_size=9)),
        lengths.map(lambda length: with_header(header, data, length)),
        any_json_text().map(lambda text: with_header(text.encode(), data)),
        st.sampled_from([50_000, 400_000]).map(lambda tensors: with_header(_many(tensors), b"")),
        st.integers(0, len(sound) - 1).map(lambda length: sound[:length]),
    )
    huge = st.sampled_from([2**30, 2**34]).map(
        lambda size: Mutation(name, with_header({"draws": _entry("I32", [size // 12, 3])}, b""), size)
    )
    return files.map(lambda content: Mutation(name, content)) | huge


def seeds_mutations(sound: bytes) -> st.SearchStrategy[Mutation]:
    """A seed index of other shapes, types and draws."""
    types = st.sampled_from([torch.int32, torch.int64, torch.int16, torch.uint8, torch.float32, torch.bool])
    shapes = st.lists(st.integers(0, 5), max_size=4)
    values = st.sampled_from([-(2**31), -2, -1, 0, 1, 9_999, 10_000, 10_001, 2**31 - 1])

    def index(kind: torch.dtype, shape: list[int], value: int, name: str) -> bytes:
        return save({name: torch.full(shape, value, dtype=torch.int64).to(kind)})

    return st.one_of(
        st.builds(index, types, shapes, values, st.sampled_from(["draws", "Draws", "draws\n"])),
        st.builds(lambda value: index(torch.int32, [4, 3], value, "draws"), values),
    ).map(lambda content: Mutation(SEEDS_FILE, content))


def weights_mutations(sound: bytes) -> st.SearchStrategy[Mutation]:
    """Weights of other numbers, types and shapes."""
    tensors = load(sound)
    changes: list[Callable[[torch.Tensor], torch.Tensor]] = [
        lambda t: torch.full_like(t.float(), float("nan")), lambda t: torch.full_like(t.float(), float("-inf")),
        lambda t: -t.abs() - 1, lambda t: t * 0, lambda t: t.double(), lambda t: t.half(), lambda t: t[None],
        lambda t: t.reshape(-1)[:0], lambda t: t.float() * 1e38, lambda t: t.to(torch.int64),
    ]  # fmt: skip
    return st.builds(
        lambda name, change: Mutation(WEIGHTS_FILE, save(tensors | {name: change(tensors[name]).contiguous()})),
        st.sampled_from(sorted(tensors)), st.sampled_from(changes),
    )  # fmt: skip


def byte_mutations(files: dict[str, bytes]) -> st.SearchStrategy[Mutation]:
    """A few bytes of a file changed, inserted or cut out, mostly near its beginning."""

    def changed(name: str, places: list[tuple[int, int]], kind: str) -> Mutation:
        content = bytearray(files[name])
        for position, value in places:
            place = position % len(content)
            content[place : place + (kind != "insert")] = b"" if kind == "cut" else bytes([value])
        return Mutation(name, bytes(content))

    places = st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=4)
    return st.builds(changed, st.sampled_from(sorted(files)), places, st.sampled_from(["change", "insert", "cut"]))


def _entry(dtype: str, shape: list[int]) -> Header:
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, 4 * shape[0] * shape[1]]}


def _many(tensors: int) -> bytes:
    entry = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    return ("{" + ",".join(f'"{i}":{entry}' for i in range(tensors)) + "}").encode()
