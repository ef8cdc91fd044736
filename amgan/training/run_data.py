"""The pictures that a run trains on, and the model that they and the settings ask for."""

from __future__ import annotations

from dataclasses import replace

from amgan.data.held_out import SHARE, split_held_out
from amgan.data.labelled_images import LabelledImages
from amgan.data.options import has_split, load_split
from amgan.errors import ConfigError, DataError
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import UNLABELLED
from amgan.training.config import TrainConfig

FEW_PICTURES = 10_000
"""Of so many or fewer D soon knows some by heart, and G may draw them; what is held out shows it."""

LEAST_BATCH = 4
"""Smaller ones are not chosen: batch norm has too little to go by."""


def load_training_data(config: TrainConfig) -> LabelledImages:
    """The run's pictures.

    Raises:
        DataError: they cannot be used.
    """
    return load_split(config, config.split, config.image_size, config.channels, config.data_weights)


def suited(
    config: TrainConfig, data: LabelledImages, num_processes: int = 1
) -> tuple[TrainConfig, LabelledImages, LabelledImages | None, list[str]]:
    """What is chosen of a set's pictures where it was not asked for: those kept out, how often which, the batch.

    Returns:
        The settings with it, the pictures to train on, those kept out, and lines that say so.

    Raises:
        ConfigError: the augmentation is to follow pictures that are kept out, and none are.
        DataError: the pictures are fewer than one step of all processes takes, or there is a split test which cannot
            be used.
    """
    words = []
    held_out = None
    if config.hold_out is None and config.steps == 0 and len(data) <= FEW_PICTURES and not has_split(config, "test"):
        config = replace(config, hold_out=SHARE)
    if config.hold_out:
        whole, (data, held_out) = len(data), split_held_out(data, config.hold_out)
        words.append(f"Kept out  {len(held_out)} of {whole} pictures, for evaluate to compare with")
    if config.augment == "adaptive" and held_out is None:
        raise ConfigError("--augment adaptive follows pictures that are kept out of the training: add --hold-out 0.1")
    if data.source_numbers is None and len(data) > 2 * (labelled := len(data) - data.unlabelled):
        times = data.unlabelled / labelled
        data = replace(data, source_numbers=(data.labels == UNLABELLED).long(), weights=(times, 1.0))
        words.append(f"Labelled  pictures are drawn {times:.3g} times as often, so that they are half of what D sees")
    possible = sum(data.draws) // num_processes
    if config.batch_size == TrainConfig.batch_size and LEAST_BATCH <= possible < config.batch_size:
        config = replace(config, batch_size=possible)
        words.append(f"Batches   of {possible}, as there are so few pictures")
    if possible < config.batch_size:
        raise DataError(
            f"{data.source}: {sum(data.draws)} pictures are fewer than a batch of "
            f"{config.batch_size * num_processes}; lower --batch-size or add pictures"
        )
    return config, data, held_out, words


def larger_in_words(config: TrainConfig, data: LabelledImages) -> str:
    """That most pictures are larger than what they are brought to; "" where they are not, or a size was asked for."""
    larger = 2 * config.image_size
    count = sum(count for size, count in data.original_sizes.items() if min(size) >= larger)
    if config.image_size != TrainConfig.image_size or 2 * count < sum(data.original_sizes.values()):
        return ""
    kept = f"{config.image_size}x{config.image_size}"
    return (
        f"Size      most pictures have {larger}x{larger} pixels or more, of which {kept} are kept: "
        f"--image-size {larger} keeps more, and takes longer to learn"
    )


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
