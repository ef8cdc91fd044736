"""The released model that a run starts from, in place of random weights: to train a model on, or to fine-tune one."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from amgan.errors import ConfigError
from amgan.hub.fetching import fetch_release
from amgan.hub.names import split_model_name
from amgan.model import AMGAN
from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import OBJECTIVES
from amgan.release.folder import read_config
from amgan.training.config import TrainConfig

SAME = ("labeling", "channels", "latent_dim", "generator_width")
"""What decides the shapes of all layers of G but those that belong to classes, or to one size of picture."""

SAME_DISCRIMINATOR = ("architecture", "discriminator_width")
"""And of D's; a model of another architecture may give its G and little else."""

MOST_STEPS = 2**53


@dataclasses.dataclass(frozen=True)
class StartPoint:
    """What a run started from.

    Attributes:
        name: As it was named, for a folder only its last part.
        revision: The model's revision.
        steps: Steps it was trained before, its own start included; None if it does not say.
        classes_kept: Whether its layers that belong to classes were taken as well.
        other_kind: Whether it is of another architecture or size of picture, so that only what fits was taken.
    """

    name: str
    revision: str
    steps: int | None
    classes_kept: bool
    other_kind: bool = False

    def in_words(self) -> str:
        """For a line of the console."""
        before = "" if self.steps is None else f", trained for {self.steps:,} steps"
        layers = "" if self.classes_kept else "; its classes are others, so what belongs to classes starts anew"
        anew = "; it is of another kind or size, so what does not fit starts anew" if self.other_kind else ""
        return f"{self.name} {self.revision[:12]}{before}{layers}{anew}"


def as_started(config: TrainConfig) -> TrainConfig:
    """Settings of a run that starts from a model, with what was not given as that model has it.

    Raises:
        ReleaseError: it is no release, or cannot be fetched.
    """
    if config.start_from is None or config.resume:
        return config
    found = read_config(_folder(config.start_from)[0])
    names = {"labeling", "generator_width"}
    if found.architecture == config.architecture:
        names.add("discriminator_width")
    return dataclasses.replace(
        config, **{name: getattr(found, name) for name in names if getattr(config, name) is None}
    )


def _folder(name: str) -> tuple[Path, str | None]:
    # Without an @ it is left to the loader, which tells a folder that is not there from a model of the Hub.
    repository, revision = split_model_name(name) if "@" in name and not Path(name).exists() else (name, None)
    folder = Path(repository)
    return (folder, None) if os.path.isdir(folder) else fetch_release(repository, revision)  # noqa: PTH112 - Path.is_dir raises for a name that is too long


def open_start(name: str, config: ModelConfig) -> AMGAN:
    """The model that a run of `config` shall start from.

    Args:
        name: A release folder, or a model of the Hub: user/name or user/name@revision.
        config: The model to train.

    Raises:
        ReleaseError: it is no release, or cannot be fetched.
        ConfigError: its nets are of another size or kind; the message names the flags that make them fit.
    """
    folder, commit = _folder(name)
    # Before a byte of the weights is read: nets of a stranger's choice may be of 2 GB.
    found = read_config(folder)
    same = SAME if found.architecture in config.nets.kin else SAME_DISCRIMINATOR + SAME
    if config.nets.of_another_size is None:
        same = (*same, "image_size")
    flags = [
        f"--{field.replace('_', '-')} {getattr(found, field)}"
        for field in same
        if getattr(found, field) != getattr(config, field)
    ]
    if flags:
        raise ConfigError(
            f"--start-from {name}: its nets are of another kind; train with {' '.join(flags)} to start there"
        )
    model = AMGAN.from_pretrained(folder)
    model.revision = commit or model.revision
    return model


def start_from(
    model: AMGAN, name: str, config: ModelConfig, generator: nn.Module, discriminator: DiscriminatorNet
) -> StartPoint:
    """Give nets the weights of a model.

    A model of the same classes and the same kind of logits gives all of them. One of others gives none to the layers
    that belong to classes: they start anew, on features that know pictures already. One of another architecture or
    size of picture gives what fits.

    Args:
        model: As `open_start` gives it.
        name: What it was opened by.
        config: The model to train.
        generator: G; it is changed.
        discriminator: D; it is changed.
    """
    before, nets = model.config, config.nets
    doublings = config.image_size.bit_length() - before.image_size.bit_length()
    other_kind = before.architecture != config.architecture or doublings != 0
    kept = before.class_names == config.class_names and _has_real_unit(before) == _has_real_unit(config)
    weights, others = model.generator.state_dict(), model.discriminator.state_dict()
    if before.architecture != config.architecture:
        weights, others = nets.kin[before.architecture](weights), {}
    if doublings and nets.of_another_size is not None:
        weights = nets.of_another_size(weights, doublings)
    if other_kind:
        weights, others = _fitting(weights, generator), _fitting(others, discriminator)
    if not kept:
        others = {key: tensor for key, tensor in others.items() if not key.startswith(nets.class_layers)}
        if config.is_predefined and nets.class_input in weights:
            fresh = generator.state_dict()[nets.class_input].clone()
            fresh[:, : config.latent_dim] = weights[nets.class_input][:, : config.latent_dim]
            weights = {**weights, nets.class_input: fresh}
    _load(generator, weights)
    _load(discriminator, others)
    return StartPoint(public_place(name), model.revision, _steps_of(model), kept, other_kind)


def _has_real_unit(config: ModelConfig) -> bool:
    return OBJECTIVES[config.objective].separate_real_logit


def _fitting(tensors: dict[str, torch.Tensor], net: nn.Module) -> dict[str, torch.Tensor]:
    own = net.state_dict()
    return {key: tensor for key, tensor in tensors.items() if key in own and own[key].shape == tensor.shape}


def _load(net: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    # Those left out keep their start; a release that was read has no others.
    net.load_state_dict({**net.state_dict(), **tensors})


def _steps_of(model: AMGAN) -> int | None:
    # metrics.json may come from anyone.
    training: Any = model.metrics.get("training")
    if not isinstance(training, dict):
        return None
    start = training.get("started_from")
    total = 0
    for steps in (training.get("steps"), start.get("steps") if isinstance(start, dict) else 0):
        if type(steps) is not int or not 0 <= steps < MOST_STEPS:
            return None
        total += steps
    return total


def public_place(place: str) -> str:
    """A Hub id, or a path from here, as it is; of any other path the last part.

    Where a folder lies on a machine is the trainer's own business.
    """
    path = Path(place)
    return path.resolve().name if path.is_absolute() or ".." in path.parts else place
