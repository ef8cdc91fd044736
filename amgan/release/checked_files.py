"""JSON and safetensors files that may come from anyone: read without trust, written whole or not at all. No pickle."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from amgan.errors import ReleaseError, one_line
from amgan.whole_files import write_whole

# What reading may cost before anything is known of a file: parsed JSON takes up to 44 times the memory of its text, a
# safetensors header about 13 times.
MAX_JSON_BYTES = 1_500_000
MAX_JSON_DEPTH = 32
MAX_HEADER_BYTES = 1_000_000
NUMBERS_AT_ONCE = 1 << 20

KINDS = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
}  # fmt: skip
"""What safetensors calls the types that nets have."""


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Write a JSON file whole or not at all."""
    write_whole(file, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def is_there(file: Path) -> bool:
    """Whether there is such a file.

    Raises:
        ReleaseError: there is something of that name which is no regular file.
    """
    # The Hub's cache links to its files, so links are followed; what is no regular file may never end.
    if not os.path.lexists(file):
        return False
    if not file.is_file():
        raise ReleaseError(f"{file}: it must be a regular file")
    return True


def read_json(file: Path) -> Any:
    """The content of a JSON file of bearable size.

    Raises:
        ReleaseError: in one line, that it is missing, too large or broken.
    """
    if not is_there(file):
        raise ReleaseError(f"{file}: the file is missing")
    try:
        if file.stat().st_size > MAX_JSON_BYTES:
            raise ReleaseError(f"{file}: larger than {MAX_JSON_BYTES} bytes")
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, ReleaseError):
            raise
        raise ReleaseError(f"{file}: no valid JSON ({type(error).__name__})") from error
    if _is_deeper(content, MAX_JSON_DEPTH):
        raise ReleaseError(f"{file}: nested more than {MAX_JSON_DEPTH} levels deep")
    return content


def _is_deeper(content: Any, levels: int) -> bool:
    # Level by level: what is nested deep would break whoever walks or prints it by recursion.
    level = [content]
    for _ in range(levels + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, (list, dict))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def read_tensors(
    file: Path, expected: dict[str, Tensor] | None = None, max_bytes: int | None = None
) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Args:
        file: The file.
        expected: Tensors of the names, shapes and types that it must hold, no more and no fewer; None takes any.
        max_bytes: A larger file is refused; None for what the expected tensors need, or no bound.

    Raises:
        ReleaseError: in one line, that it is missing or broken, or which tensor does not fit.
    """
    if not is_there(file):
        raise ReleaseError(f"{file}: the file is missing")
    if expected is not None and max_bytes is None:
        max_bytes = sum(tensor.numel() * tensor.element_size() for tensor in expected.values()) + MAX_HEADER_BYTES
    try:
        # Before it is mapped into memory: a file may claim more than there is on the disk.
        if max_bytes is not None and file.stat().st_size > max_bytes:
            raise ReleaseError(f"{file}: larger than {max_bytes} bytes")
        _check_header_length(file)
        with safe_open(file, framework="pt") as opened:
            names = set(opened.keys())
            for name in expected or {}:
                if name not in names:
                    raise ReleaseError(f"{file}: tensor {name!r} is missing")
            for name in sorted(names):
                if expected is not None:
                    _check_tensor(file, name, opened.get_slice(name), expected.get(name))
            return {name: opened.get_tensor(name) for name in sorted(names)}
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        if isinstance(error, ReleaseError):
            raise
        raise ReleaseError(f"{file}: no valid safetensors file ({one_line(error):.120})") from error


def read_these(file: Path, names: set[str], max_bytes: int) -> dict[str, Tensor] | None:
    """The tensors of a file that a release may have, which must be those of just these names; None without the file.

    Raises:
        ReleaseError: in one line, that it is too large or broken, or holds others.
    """
    if not is_there(file):
        return None
    tensors = read_tensors(file, max_bytes=max_bytes)
    if tensors.keys() != names:
        wanted = " and ".join(map(repr, sorted(names)))
        raise ReleaseError(f"{file}: it must hold the tensors {wanted}, not {sorted(tensors)!r:.80}")
    return tensors


@contextlib.contextmanager
def faults_of(file: Path) -> Iterator[None]:
    """What is wrong within is wrong with a file: it names that first."""
    try:
        yield
    except ReleaseError as error:
        raise ReleaseError(f"{file}: {error}") from error


def read_header(file: Path, name: str) -> dict[str, Any]:
    """What stands as a JSON object under a name in the header of a file that `read_tensors` has read; empty if none."""
    with safe_open(file, framework="pt") as opened:
        header = opened.metadata() or {}
    try:
        found: Any = json.loads(header.get(name, ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _check_tensor(file: Path, name: str, found: Any, expected: Tensor | None) -> None:
    # Before a byte of it is loaded.
    if expected is None:
        raise ReleaseError(f"{file}: tensor {name!r:.80} is not part of a model of this config")
    shape, needed = tuple(found.get_shape()), tuple(expected.shape)
    if shape != needed:
        raise ReleaseError(f"{file}: tensor {name!r} has shape {shape!r:.80}, the config needs {needed}")
    kind = KINDS[expected.dtype]
    if found.get_dtype() != kind:
        raise ReleaseError(f"{file}: tensor {name!r} has type {found.get_dtype()}, the config needs {kind}")


def _check_header_length(file: Path) -> None:
    # The library itself reads headers of up to 100 MB.
    with file.open("rb") as opened:
        if int.from_bytes(opened.read(8), "little") > MAX_HEADER_BYTES:
            raise ReleaseError(f"{file}: no valid safetensors file (its header has more than {MAX_HEADER_BYTES} bytes)")


def check_numbers(file: Path, tensors: dict[str, Tensor]) -> None:
    """Refuse the weights of a net that could not compute anything.

    Raises:
        ReleaseError: a number is not finite, or a running variance is negative.
    """
    for name, tensor in tensors.items():
        # In parts, because a comparison takes several times the memory of what it compares.
        for part in tensor.reshape(-1).split(NUMBERS_AT_ONCE):
            if not torch.isfinite(part).all():
                raise ReleaseError(f"{file}: tensor {name!r} holds numbers that are infinite or none at all")
            if name.endswith("running_var") and (part < 0).any():
                raise ReleaseError(f"{file}: tensor {name!r} holds negative variances")


def sha256_of(file: Path) -> bytes:
    """The SHA-256 of a file's content, read in parts."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while part := opened.read(1 << 20):
            digest.update(part)
    return digest.digest()


def write_tensors(file: Path, tensors: dict[str, Tensor], header: dict[str, str] | None = None) -> None:
    """Write a safetensors file whole or not at all; `header` are texts that its header has beside the tensors."""
    # By way of bytes: the library's own file could be read by nobody else on the machine.
    write_whole(file, save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, header))
