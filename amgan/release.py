"""The release folder: what a model is published as and read from. Foreign input: nothing in it is trusted.

model.safetensors (generator.*, discriminator.*), config.json, and for dynamic models seeds.safetensors; beside them
metrics.json, samples.png and README.md for people. No pickle is ever opened.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from amgan.config import ModelConfig
from amgan.errors import ConfigError, ReleaseError
from amgan.networks import Discriminator, Generator
from amgan.seed_index import SeedIndex

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
SEEDS_FILE = "seeds.safetensors"
METRICS_FILE = "metrics.json"
SAMPLES_FILE = "samples.png"
CARD_FILE = "README.md"
RELEASE_FILES = (CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE, METRICS_FILE, SAMPLES_FILE, CARD_FILE)

MAX_JSON_BYTES = 4_000_000


@dataclass(frozen=True)
class Release:
    """The content of a release folder that pictures depend on, checked.

    Attributes:
        config: The model's configuration.
        weights: Tensors of generator.* and discriminator.*, exactly those that the config's nets have.
        seed_index: The seed index, if the folder has one.
        metrics: metrics.json, empty if the folder has none.
        digest: SHA-256 over the files that pictures depend on, 40 hex digits.
    """

    config: ModelConfig
    weights: dict[str, Tensor]
    seed_index: SeedIndex | None
    metrics: dict[str, Any]
    digest: str


def read_release(folder: Path) -> Release:
    """Read and check a release folder.

    Raises:
        ReleaseError: in one line, which file is missing or wrong, and how.
    """
    config = read_config(folder)
    weights = _read_tensors(folder / WEIGHTS_FILE, expected_tensors(config))
    _check_numbers(folder / WEIGHTS_FILE, weights)
    seed_index = None
    if _is_there(folder / SEEDS_FILE) and not config.is_predefined:
        seed_index = SeedIndex.from_tensors(_read_tensors(folder / SEEDS_FILE), config.num_classes)
    metrics = _read_json(folder / METRICS_FILE) if _is_there(folder / METRICS_FILE) else {}
    if not isinstance(metrics, dict):
        raise ReleaseError(f"{folder / METRICS_FILE}: it must hold one JSON object")
    return Release(config, weights, seed_index, metrics, digest_of(folder))


def read_config(folder: Path) -> ModelConfig:
    """Read and check only the config.json of a release folder.

    Raises:
        ReleaseError: in one line, what is missing or wrong.
    """
    if not folder.is_dir():
        raise ReleaseError(f"{folder}: no such release folder")
    if not _is_there(folder / CONFIG_FILE) and (folder / "release" / CONFIG_FILE).is_file():
        raise ReleaseError(f"{folder} is the folder of a training; its model is {folder / 'release'}")
    try:
        return ModelConfig.from_json(_read_json(folder / CONFIG_FILE))
    except ConfigError as error:
        raise ReleaseError(f"{folder / CONFIG_FILE}: {error}") from error


def write_release(folder: Path, config: ModelConfig, weights: dict[str, Tensor], seed_index: SeedIndex | None) -> None:
    """Write the files that pictures depend on, each beside its place and then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_tensors(folder / WEIGHTS_FILE, weights)
    if seed_index is None:
        (folder / SEEDS_FILE).unlink(missing_ok=True)
    else:
        _write_tensors(folder / SEEDS_FILE, seed_index.to_tensors())
    write_json(folder / CONFIG_FILE, config.to_json())


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Write a JSON file whole or not at all."""
    writing = file.with_name(f".{file.name}.writing")
    writing.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    writing.replace(file)


def expected_tensors(config: ModelConfig) -> dict[str, Tensor]:
    """Names, shapes and types of the tensors that a config's nets have, as tensors without memory."""
    with torch.device("meta"):
        nets = nn.ModuleDict({"generator": Generator(config), "discriminator": Discriminator(config)})
    return dict(nets.state_dict())


def digest_of(folder: Path) -> str:
    """What names a folder's pictures when it has no commit: a digest of the files they depend on, 40 hex digits."""
    digest = hashlib.sha256()
    for name in (CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE):
        if _is_there(folder / name):
            digest.update(name.encode() + b"\0")
            digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()[:40]


def _is_there(file: Path) -> bool:
    # The Hub's cache links to its files, so links are followed; what is no regular file may never end.
    if not os.path.lexists(file):
        return False
    if not file.is_file():
        raise ReleaseError(f"{file}: it must be a regular file")
    return True


def _read_json(file: Path) -> Any:
    if not _is_there(file):
        raise ReleaseError(f"{file}: the file is missing")
    try:
        if file.stat().st_size > MAX_JSON_BYTES:
            raise ReleaseError(f"{file}: larger than {MAX_JSON_BYTES} bytes")
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, ReleaseError):
            raise
        raise ReleaseError(f"{file}: no valid JSON ({type(error).__name__})") from error


def _read_tensors(file: Path, expected: dict[str, Tensor] | None = None) -> dict[str, Tensor]:
    if not _is_there(file):
        raise ReleaseError(f"{file}: the file is missing")
    try:
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
        reason = " ".join(str(error).split())[:120]
        raise ReleaseError(f"{file}: no valid safetensors file ({reason})") from error


def _check_tensor(file: Path, name: str, found: Any, expected: Tensor | None) -> None:
    # Before a byte of it is loaded.
    if expected is None:
        raise ReleaseError(f"{file}: tensor {name!r:.80} is not part of a model of this config")
    shape, needed = tuple(found.get_shape()), tuple(expected.shape)
    if shape != needed:
        raise ReleaseError(f"{file}: tensor {name!r} has shape {shape!r:.80}, the config needs {needed}")
    kind = {torch.float32: "F32", torch.int64: "I64"}[expected.dtype]
    if found.get_dtype() != kind:
        raise ReleaseError(f"{file}: tensor {name!r} has type {found.get_dtype()}, the config needs {kind}")


def _check_numbers(file: Path, tensors: dict[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ReleaseError(f"{file}: tensor {name!r} holds numbers that are infinite or none at all")
        if name.endswith("running_var") and (tensor < 0).any():
            raise ReleaseError(f"{file}: tensor {name!r} holds negative variances")


def _write_tensors(file: Path, tensors: dict[str, Tensor]) -> None:
    writing = file.with_name(f".{file.name}.writing")
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, writing)
    writing.replace(file)
