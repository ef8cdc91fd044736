"""The model's configuration: everything needed to rebuild a model, as written to a release's config.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from amgan.bounds import check_confidence
from amgan.errors import ConfigError
from amgan.networks.architecture import Architecture, Labeling, NetConfig
from amgan.networks.architectures import ARCHITECTURES
from amgan.networks.objectives import OBJECTIVES

FORMAT_VERSION = 2
"""Version of config.json as it is written. Version 1 has no `architecture`; any other is refused, never guessed at."""

MAX_CLASSES = 10_000
MAX_CLASS_NAME_LENGTH = 200
MAX_CLASS_NAMES_BYTES = 600_000
"""Of all names together, so that every config.json that is written can be read."""
MAX_LATENT_DIM = 4096
MAX_WIDTH = 512


@dataclass(frozen=True)
class ModelConfig(NetConfig):
    """Nets and meaning of one model; the content of config.json beside ``format_version``.

    Attributes:
        confidence: Default for dynamic models: a picture counts as of a class when D gives that class at least this
            probability among the K classes.
        resize: How training pictures were brought to `image_size`: "none", "pad" (a black border round slightly
            smaller ones, such as 28x28) or "crop" (centre square, then resized with antialias).
        architecture: Key of `amgan.networks.architectures.ARCHITECTURES`, the kind of its nets.
    """

    confidence: float = 0.7
    resize: Literal["none", "pad", "crop"] = "none"
    architecture: str = "dcgan"

    def __post_init__(self) -> None:
        """Check every bound before anything is allocated; a config may come from a stranger.

        Raises:
            ConfigError: naming the field and what is allowed.
        """
        object.__setattr__(self, "class_names", checked_class_names(self.class_names))
        check_choice("objective", self.objective, tuple(OBJECTIVES))
        check_choice("labeling", self.labeling, get_args(Labeling))
        check_choice("architecture", self.architecture, tuple(ARCHITECTURES))
        check_choice("image_size", self.image_size, self.nets.image_sizes)
        check_choice("channels", self.channels, (1, 3))
        check_choice("resize", self.resize, ("none", "pad", "crop"))
        check_int("latent_dim", self.latent_dim, 1, MAX_LATENT_DIM)
        check_int("generator_width", self.generator_width, 1, MAX_WIDTH)
        check_int("discriminator_width", self.discriminator_width, 1, MAX_WIDTH)
        check_confidence(self.confidence, error=ConfigError)

    @property
    def nets(self) -> Architecture:
        """How its nets are built, and how they draw and judge."""
        return ARCHITECTURES[self.architecture]

    @property
    def judges_classes(self) -> bool:
        """Whether D learnt the classes, so that the class it gives a picture means something."""
        return OBJECTIVES[self.objective].has_classifier

    @property
    def knows_classes(self) -> bool:
        """Whether a class can be asked for: G is given it, or D can find it."""
        return self.is_predefined or self.judges_classes

    def to_json(self) -> dict[str, Any]:
        """The content of config.json."""
        return {"format_version": FORMAT_VERSION, **asdict(self), "class_names": list(self.class_names)}

    @classmethod
    def from_json(cls, content: Any) -> ModelConfig:
        """Read the content of a config.json that may come from anyone.

        Raises:
            ConfigError: no object, another format version, an unknown or missing key, a value out of bounds.
        """
        names = {field.name for field in fields(cls)}
        values = config_values(content, {1: names - {"architecture"}, FORMAT_VERSION: names})
        return cls(**{"architecture": "dcgan", **values})


def config_values(content: Any, keys: Mapping[int, set[str]], hint: str = "") -> dict[str, Any]:
    """The values of a config.json that may come from anyone; they are still to be checked one by one.

    Args:
        content: What the file holds.
        keys: For each format_version that can be read the keys that it must have beside it, and no others.
        hint: Put behind the message on a key that is unknown or missing.

    Raises:
        ConfigError: no object, another format version, an unknown or missing key.
    """
    if not isinstance(content, dict):
        raise ConfigError("it must hold one JSON object")
    version = content.get("format_version")
    if type(version) is not int or version not in keys:
        newer = "; it takes a newer one" if type(version) is int and version > max(keys) else ""
        known = " and ".join(map(str, keys))
        raise ConfigError(f"format_version is {version!r:.40}, this version of amgan reads {known}{newer}")
    names, given = keys[version], set(content) - {"format_version"}
    if unknown := sorted(given - names):
        raise ConfigError(f"unknown key {unknown[0]!r:.60}{hint}")
    if missing := sorted(names - given):
        raise ConfigError(f"key {missing[0]!r} is missing{hint}")
    return {name: content[name] for name in names}


def is_class_name(name: str) -> bool:
    """Whether a class can be called so: 1 to 200 characters that can be shown."""
    return bool(name.strip()) and len(name) <= MAX_CLASS_NAME_LENGTH and name.isprintable()


def checked_class_names(names: Any) -> tuple[str, ...]:
    """Class names as a tuple.

    Raises:
        ConfigError: they are no names, too few, too many, or not all different.
    """
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"class_names must be a list of strings, not {names!r:.80}")
    if not 2 <= len(names) <= MAX_CLASSES:
        raise ConfigError(f"class_names must hold 2 to {MAX_CLASSES} names, not {len(names)}")
    if len(set(names)) != len(names):
        raise ConfigError("class_names must differ from each other")
    if not all(map(is_class_name, names)):
        raise ConfigError(f"each class name must have 1 to {MAX_CLASS_NAME_LENGTH} printable characters")
    if sum(len(name.encode()) for name in names) > MAX_CLASS_NAMES_BYTES:
        raise ConfigError(f"class_names must have at most {MAX_CLASS_NAMES_BYTES} bytes together")
    return tuple(names)


def check_choice(name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Check that a value is one of a few.

    Raises:
        ConfigError: naming it and what is allowed.
    """
    # Type as well as value: True == 1, and 32.0 == 32, but neither is a size.
    if not any(type(value) is type(choice) and value == choice for choice in allowed):
        raise ConfigError(f"{name} must be one of {', '.join(map(str, allowed))}, not {value!r:.40}")


def check_int(name: str, value: object, low: int, high: int) -> None:
    """Check that a value is a whole number from `low` to `high`.

    Raises:
        ConfigError: naming it and what is allowed.
    """
    if type(value) is not int or not low <= value <= high:
        raise ConfigError(f"{name} must be a whole number from {low} to {high}, not {value!r:.40}")
