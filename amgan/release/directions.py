"""Directions beside a model: ways through its latents that change one thing of a picture, and what each is called.

They are stored, not computed where they are needed: an eigenvector differs in its last bits from machine to machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from amgan.errors import ReleaseError, RequestError
from amgan.networks.config import ModelConfig
from amgan.release.checked_files import faults_of, read_header, read_these, write_tensors

Word = int | str
"""What a picture gets towards a direction: more like the class of this number, or one of `WORDS`."""
NAMELESS = ("one way", "other way")
WORDS = ("lighter", "darker", "warmer", "colder", "larger", "smaller", *NAMELESS)
MOST_SLIDERS = 8
MOST_CLASSES = 64
MAX_DIRECTIONS_BYTES = 2_000_000
UNIT = 1e-4
"""By how much a direction may be longer or shorter than 1, as fp32 rounds it."""
WORDS_TEXT = "words"
"""Under which name the words stand in the file's header, as JSON."""


@dataclass(frozen=True)
class Directions:
    """Directions of a model's latents, all of length 1.

    Attributes:
        ends: fp32 (S, 2, latent_dim): towards the two ends of each of S sliders, up to `MOST_SLIDERS`.
        words: What a picture gets towards each end, S pairs.
        class_means: fp32 (C, latent_dim): towards C of the classes, up to `MOST_CLASSES`.
        classes: The numbers of these classes.
    """

    ends: Tensor
    words: Sequence[Sequence[Word]]
    class_means: Tensor
    classes: Sequence[int]

    @cached_property
    def end_numbers(self) -> list[list[int]]:
        """The numbers by which names of pictures mean the ends, S pairs."""
        return [[_number(vector) for vector in pair] for pair in self.ends]

    @cached_property
    def class_numbers(self) -> list[int]:
        """The numbers by which names of pictures mean the ways to the classes."""
        return [_number(vector) for vector in self.class_means]

    @property
    def _all(self) -> Iterator[tuple[int, Tensor]]:
        numbers = (*chain.from_iterable(self.end_numbers), *self.class_numbers)
        return zip(numbers, (*self.ends.flatten(0, 1), *self.class_means), strict=True)

    @cached_property
    def _by_number(self) -> dict[int, Tensor]:
        return dict(self._all)

    def __getitem__(self, number: int) -> Tensor:
        """The direction of a number, fp32 (latent_dim,).

        Raises:
            RequestError: the model has none of that number.
        """
        if number not in self._by_number:
            raise RequestError(f"this model has no direction of the number {number}; another version of it may")
        return self._by_number[number]

    def check(self, config: ModelConfig) -> None:
        """Check that they fit a model of this config.

        Raises:
            ReleaseError: in one line, what does not.
        """
        size = config.latent_dim
        for name, vectors, shape, most in (
            ("ends", self.ends, (2, size), MOST_SLIDERS), ("class_means", self.class_means, (size,), MOST_CLASSES),
        ):  # fmt: skip
            if vectors.dtype != torch.float32 or vectors.dim() == 0 or vectors.shape[1:] != shape:
                raise ReleaseError(f"{name!r} must be float32 (up to {most}, {', '.join(map(str, shape))})")
            if len(vectors) > most:
                raise ReleaseError(f"{name!r} must hold at most {most}, not {len(vectors)}")
            lengths = torch.linalg.vector_norm(vectors.double(), dim=-1)
            # Asked so that what is no number is refused as well.
            if not bool(((lengths - 1).abs() <= UNIT).all()):
                raise ReleaseError(f"{name!r} holds a direction that is not of length 1")
        if not _is_list(self.words, len(self.ends)) or not all(_is_list(pair, 2) for pair in self.words):
            raise ReleaseError(f"its words must be {len(self.ends)} pairs")
        if not all(_is_word(word, config) for word in chain.from_iterable(self.words)):
            raise ReleaseError(
                f"a word is neither a class, 0 to {config.num_classes - 1}, nor one of {', '.join(WORDS)}"
            )
        if not _is_list(self.classes, len(self.class_means)) or not all(_is_class(one, config) for one in self.classes):
            raise ReleaseError(
                f"its classes must be {len(self.class_means)} numbers from 0 to {config.num_classes - 1}"
            )
        if len(set(self.classes)) < len(self.classes):
            raise ReleaseError("a class is there twice")
        for number, vector in self._all:
            if not torch.equal(self[number], vector):
                raise ReleaseError(f"two directions have the number {number}; change one of them a little")


def read_directions(file: Path, config: ModelConfig) -> Directions | None:
    """Read and check the file of a release; None if it has none.

    Raises:
        ReleaseError: in one line, what does not fit a model of this config.
    """
    tensors = read_these(file, {"ends", "class_means"}, MAX_DIRECTIONS_BYTES)
    if tensors is None:
        return None
    words = read_header(file, WORDS_TEXT)
    with faults_of(file):
        if words.keys() != {"ends", "classes"}:
            raise ReleaseError("its header must say the words of the ends, and the classes")
        directions = Directions(tensors["ends"], words["ends"], tensors["class_means"], words["classes"])
        directions.check(config)
    return directions


def write_directions(file: Path, directions: Directions, config: ModelConfig) -> None:
    """Write the file whole or not at all.

    Raises:
        ReleaseError: they do not fit the model.
    """
    directions.check(config)
    words = json.dumps({"ends": directions.words, "classes": directions.classes})
    write_tensors(file, {"ends": directions.ends, "class_means": directions.class_means}, {WORDS_TEXT: words})


def _number(vector: Tensor) -> int:
    """The number of a direction, made from its bytes, 1 to 2**32 - 1: another direction has another one."""
    content = vector.contiguous().numpy().astype("<f4").tobytes()
    return int.from_bytes(hashlib.blake2b(content, digest_size=4).digest(), "big") or 1


def _is_list(value: Any, length: int) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == length


def _is_class(value: Any, config: ModelConfig) -> bool:
    return type(value) is int and 0 <= value < config.num_classes


def _is_word(value: Any, config: ModelConfig) -> bool:
    return value in WORDS if isinstance(value, str) else _is_class(value, config)
