"""The release folder: what a model is published as and read from. Foreign input: nothing in it is trusted.

model.safetensors (generator.*, discriminator.*), config.json, and for dynamic models seeds.safetensors; beside them
directions.safetensors, metrics.json, real.safetensors, map.safetensors, samples.png, evaluation.png, training.webp and
README.md. No pickle is ever opened.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from amgan.errors import ConfigError, ReleaseError
from amgan.networks.config import ModelConfig
from amgan.release.checked_files import (
    check_numbers,
    is_there,
    read_json,
    read_tensors,
    sha256_of,
    write_json,
    write_tensors,
)
from amgan.release.class_translations import ClassTranslations, read_class_translations
from amgan.release.directions import Directions, read_directions
from amgan.release.real_pictures import RealPictures, read_real
from amgan.release.seed_index import MAX_INDEX_BYTES, SeedIndex
from amgan.release.seed_map import SeedMap, read_map

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
SEEDS_FILE = "seeds.safetensors"
METRICS_FILE = "metrics.json"
DIRECTIONS_FILE = "directions.safetensors"
REAL_FILE = "real.safetensors"
MAP_FILE = "map.safetensors"
SAMPLES_FILE = "samples.png"
FIGURE_FILE = "evaluation.png"
FILM_FILE = "training.webp"
CARD_FILE = "README.md"
RELEASE_FILES = (
    CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE, DIRECTIONS_FILE, METRICS_FILE, REAL_FILE, MAP_FILE, SAMPLES_FILE,
    FIGURE_FILE, FILM_FILE, CARD_FILE,
)  # fmt: skip


@dataclass(frozen=True)
class Release:
    """The content of a release folder that pictures depend on, checked.

    Attributes:
        config: The model's configuration.
        weights: Tensors of generator.* and discriminator.*, exactly those that the config's nets have.
        seed_index: The seed index, if the folder has one.
        directions: Its directions, if the folder has some.
        metrics: metrics.json, empty if the folder has none.
        real: A few real pictures, if the folder has some.
        seed_map: A map of seeds, if the folder has one.
        class_translations: What its card says that its classes are called in other languages.
        digest: SHA-256 over the files that pictures depend on, 40 hex digits.
    """

    config: ModelConfig
    weights: dict[str, Tensor]
    seed_index: SeedIndex | None
    directions: Directions | None
    metrics: dict[str, Any]
    real: RealPictures | None
    seed_map: SeedMap | None
    class_translations: ClassTranslations
    digest: str


def read_release(folder: Path) -> Release:
    """Read and check a release folder.

    Raises:
        ReleaseError: in one line, which file is missing or wrong, and how.
    """
    config = read_config(folder)
    weights = read_tensors(folder / WEIGHTS_FILE, expected_tensors(config))
    check_numbers(folder / WEIGHTS_FILE, weights)
    seed_index = None
    if is_there(folder / SEEDS_FILE) and not config.is_predefined:
        tensors = read_tensors(folder / SEEDS_FILE, max_bytes=MAX_INDEX_BYTES)
        seed_index = SeedIndex.from_tensors(tensors, config.num_classes)
    metrics = read_json(folder / METRICS_FILE) if is_there(folder / METRICS_FILE) else {}
    if not isinstance(metrics, dict):
        raise ReleaseError(f"{folder / METRICS_FILE}: it must hold one JSON object")
    if "labelling" in metrics:  # until version 0.1.0
        metrics = {("labeling" if name == "labelling" else name): section for name, section in metrics.items()}
    directions = read_directions(folder / DIRECTIONS_FILE, config)
    real, seed_map = read_real(folder / REAL_FILE, config), read_map(folder / MAP_FILE)
    translations = read_class_translations(folder / CARD_FILE, config.class_names)
    return Release(config, weights, seed_index, directions, metrics, real, seed_map, translations, digest_of(folder))


def read_config(folder: Path) -> ModelConfig:
    """Read and check only the config.json of a release folder.

    Raises:
        ReleaseError: in one line, what is missing or wrong.
    """
    if not folder.is_dir():
        raise ReleaseError(f"{folder}: no such release folder")
    if not is_there(folder / CONFIG_FILE) and (folder / "release" / CONFIG_FILE).is_file():
        raise ReleaseError(f"{folder} is the folder of a training; its model is {folder / 'release'}")
    try:
        return ModelConfig.from_json(read_json(folder / CONFIG_FILE))
    except ConfigError as error:
        raise ReleaseError(f"{folder / CONFIG_FILE}: {error}") from error


def translations_of(folder: Path) -> ClassTranslations:
    """What the card of a release folder says that its classes are called in other languages; no weights are read.

    Raises:
        ReleaseError: its config is missing or wrong.
    """
    return read_class_translations(folder / CARD_FILE, read_config(folder).class_names)


def write_release(folder: Path, config: ModelConfig, weights: dict[str, Tensor], seed_index: SeedIndex | None) -> None:
    """Write the files that pictures depend on, each beside its place and then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tensors(folder / WEIGHTS_FILE, weights)
    if seed_index is None:
        (folder / SEEDS_FILE).unlink(missing_ok=True)
    else:
        write_tensors(folder / SEEDS_FILE, seed_index.to_tensors())
    write_json(folder / CONFIG_FILE, config.to_json())


def expected_tensors(config: ModelConfig) -> dict[str, Tensor]:
    """Names, shapes and types of the tensors that a config's nets have, as tensors without memory."""
    with torch.device("meta"):
        generator, discriminator = config.nets.generator(config), config.nets.discriminator(config)
        nets = nn.ModuleDict({"generator": generator, "discriminator": discriminator})
    return dict(nets.state_dict())


def digest_of(folder: Path) -> str:
    """What names a folder's pictures when it has no commit: a digest of the files they depend on, 40 hex digits.

    Without the directions: each of those has a number of its own, which is in the names of the pictures along it.
    """
    digest = hashlib.sha256()
    for name in (CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE):
        if is_there(folder / name):
            digest.update(name.encode() + b"\0")
            digest.update(sha256_of(folder / name))
    return digest.hexdigest()[:40]
