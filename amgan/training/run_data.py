"""The pictures that a run trains on, and the model that they and the settings ask for."""

from __future__ import annotations

from dataclasses import replace

from amgan.data.labelled_images import LabelledImages
from amgan.data.options import load_split
from amgan.errors import DataError
from amgan.networks.config import ModelConfig
from amgan.training.config import TrainConfig

LEAST_BATCH = 4
"""Smaller ones are not chosen: batch norm has too little to go by."""


def load_training_data(config: TrainConfig) -> LabelledImages:
    """The run's pictures.

    Raises:
        DataError: they cannot be used.
    """
    return load_split(config, config.split, config.image_size, config.channels)


def with_possible_batch(config: TrainConfig, data: LabelledImages, num_processes: int = 1) -> TrainConfig:
    """The settings, with a batch that so few pictures have if none was asked for.

    Raises:
        DataError: the pictures are fewer than one step of all processes takes.
    """
    possible = len(data) // num_processes
    if config.batch_size == TrainConfig.batch_size and LEAST_BATCH <= possible < config.batch_size:
        return replace(config, batch_size=possible)
    if possible < config.batch_size:
        raise DataError(
            f"{config.data}: {len(data)} pictures are fewer than a batch of "
            f"{config.batch_size * num_processes}; lower --batch-size or add pictures"
        )
    return config


def model_config_of(config: TrainConfig, data: LabelledImages) -> ModelConfig:
    """The model that a run trains: its settings and what the data tells."""
    return ModelConfig(
        class_names=data.class_names,
        objective=config.objective,
        labeling=config.recipe.labeling,
        image_size=config.image_size,
        channels=3 if data.images.shape[1] == 3 else 1,
        latent_dim=config.latent_dim,
        generator_width=config.recipe.generator_width,
        discriminator_width=config.recipe.discriminator_width,
        confidence=config.confidence,
        resize=data.fit,
        architecture=config.architecture,
    )
