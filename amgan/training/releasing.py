"""A training's state as a release folder, with what is known and measured of it."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import accelerate
import torch
from torch import nn

from amgan.data.labelled_images import LabelledImages
from amgan.metrics.labeling import measure_labeling
from amgan.model import AMGAN
from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.config import ModelConfig
from amgan.release.folder import FILM_FILE
from amgan.sampling.class_search import build_seed_index
from amgan.sampling.direction_search import find_directions
from amgan.sampling.map_making import make_map
from amgan.training.checkpoint import Progress
from amgan.training.config import TrainConfig
from amgan.training.data_licence import DataLicence, hub_id_of
from amgan.training.film import film_of
from amgan.training.provenance import provenance
from amgan.training.standing_statistics import measure_standing_statistics
from amgan.training.start_point import StartPoint, public_place
from amgan.whole_files import replacing_folder, write_whole

RELEASE = "release"
BEST = "best"
SHEETS = "sheets"

BATCHES, BATCHES_ON_THE_WAY = 64, 16
"""Batches for the standing statistics of a finished release, and of one on the way that soon gives way to the next."""


def finish_release(
    model: AMGAN, place: Path, index_seeds: int, on_seeds_done: Callable[[int], None] | None = None
) -> Path:
    """Write a release with what only finished ones have: seed index, sliders, map, measures, the film of its training.

    Args:
        model: The model.
        place: The folder, in that of the run.
        index_seeds: Seeds that a dynamic model's seed index covers.
        on_seeds_done: Called with the number of seeds indexed so far.
    """
    config = model.config
    if config.judges_classes:
        if not config.is_predefined:
            model.seed_index = build_seed_index(
                model.sampler.renderer, index_seeds, config.confidence, on_seeds_done=on_seeds_done
            )
        model.metrics["labeling"] = measure_labeling(model.sampler)
    model.directions = find_directions(model.generator, model.sampler.renderer, model.seed_index)
    model.seed_map = make_map(model.sampler)
    return write_release_whole(model, place, with_film=True)


def model_so_far(
    model_config: ModelConfig,
    generator: nn.Module,
    discriminator: DiscriminatorNet,
    facts: dict[str, Any],
    is_finished: bool = False,
) -> AMGAN:
    """A training's nets as a model of their own: copies, with statistics measured anew.

    Args:
        model_config: The model's configuration.
        generator: The moving average of G; it is not changed.
        discriminator: D; it is not changed.
        facts: What is known of the training, as `training_facts` gives it.
        is_finished: Whether nothing comes after it, so that its statistics may take longer.
    """
    # Without memory first: to draw weights would move training's random numbers.
    with torch.device("meta"):
        model = AMGAN(model_config)
    model.generator.load_state_dict(_copy(generator), assign=True)
    model.discriminator.load_state_dict(_copy(discriminator), assign=True)
    batches = BATCHES if is_finished else BATCHES_ON_THE_WAY
    measure_standing_statistics(model.generator, model.discriminator, model_config, batches)
    model.metrics = {"training": facts}
    return model


def write_release_whole(model: AMGAN, place: Path, with_film: bool = False) -> Path:
    """Write a release folder whole, in place of an earlier one.

    Args:
        model: The model.
        place: The folder, in that of the run.
        with_film: Whether the run's sheets go with it, which takes seconds.
    """
    training = model.metrics["training"]
    film = film_of(place.parent / SHEETS, training["steps"]) if with_film else None
    if film is not None:
        model.metrics["training"] = {**training, "sheets": film.steps}
    with replacing_folder(place) as writing:
        model.save_pretrained(writing)
        if film is not None:
            write_whole(writing / FILM_FILE, film.content)
    return place


def training_facts(
    config: TrainConfig,
    data: LabelledImages,
    progress: Progress,
    accelerator: accelerate.Accelerator,
    licence: DataLicence | None = None,
    start: StartPoint | None = None,
) -> dict[str, Any]:
    """What metrics.json and the card say of how a model was trained.

    Args:
        config: The run's settings.
        data: Its pictures.
        progress: How far it is.
        accelerator: Where it runs.
        licence: That of the pictures, if known.
        start: The model that it started from, None for random weights.
    """
    cpu = accelerator.device.type == "cpu"
    machine = (
        f"{torch.get_num_threads()} CPU thread(s), {platform.machine()}"
        if cpu
        else torch.cuda.get_device_name(accelerator.device)
        if accelerator.device.type == "cuda"
        else str(accelerator.device)
    )
    return {
        "data": " + ".join(source.rstrip("/").rsplit("/", 1)[-1] for source in config.data),
        "data_id": hub_id_of(data.source),
        "data_licence": licence and dataclasses.asdict(licence),
        "pictures": len(data),
        "unlabelled": data.unlabelled,
        "held_out": config.hold_out or 0.0,
        "fit": data.fit,
        "started_from": start and dataclasses.asdict(start),
        "command": _public_settings(config).command_line(),
        "steps": progress.step,
        "pictures_seen": progress.step * config.batch_size * progress.num_processes,
        "seconds": round(progress.seconds),
        "machine": machine,
        "processes": progress.num_processes,
        "precision": "bf16" if accelerator.mixed_precision == "bf16" else "fp32",
        **provenance(),
    }


def _public_settings(config: TrainConfig) -> TrainConfig:
    judge = config.judge and Path(public_place(str(config.judge)))
    return dataclasses.replace(
        config,
        data=tuple(map(public_place, config.data)),
        out=Path(public_place(str(config.out))),
        judge=judge,
        start_from=config.start_from and public_place(config.start_from),
    )


def _copy(net: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in net.state_dict().items()}
