"""Tiny models that draw every class, and D's opinion of finished pictures, straight from the nets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from amgan.model import AMGAN
from amgan.networks.config import ModelConfig
from amgan.networks.objectives import OBJECTIVES, Logits
from amgan.sampling.class_search import build_seed_index
from amgan.sampling.rendering import Renderer
from amgan.sampling.sampler import Sampler

NAMES = ("Sneaker", "Bag", "Ankle boot")


def tiny_config(**changes: Any) -> ModelConfig:
    """A model of three classes whose pictures take a millisecond."""
    settings: dict[str, Any] = {
        "class_names": NAMES, "channels": 1, "latent_dim": 5, "generator_width": 3, "discriminator_width": 3,
        "confidence": 0.5,
    }  # fmt: skip
    return ModelConfig(**(settings | changes))


def tiny_model(index_seeds: int = 0, seed: int = 0, precision: str = "fp32", **changes: Any) -> AMGAN:
    """An untrained model whose D names several classes.

    New nets give nearly the same logits for every picture. Here G's weights are larger, and D's class logits are
    centred and scaled over a sample of G's pictures, so that each class is the largest for some of them.
    """
    config = tiny_config(**changes)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = AMGAN(config)
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.mul_(8 if name.startswith("generator") else 4)
        for name, buffer in model.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(std=0.1)
        classes = None
        if config.is_predefined:
            classes = torch.eye(config.num_classes)[torch.arange(256) % config.num_classes]
        renderer = Renderer(model.generator, model.discriminator, config, "fp32")
        pictures = renderer.render(torch.randn(256, config.latent_dim), classes)
        logits = model.discriminator(pictures.permute(0, 3, 1, 2) / 127.5 - 1)
        deviation, mean = torch.std_mean(logits, dim=0)
        scale = 2.0 / deviation.clamp_min(1e-6)
        model.discriminator.logits.bias.sub_(mean).mul_(scale)
        model.discriminator.logits.weight.mul_(scale[:, None])
        model.precision = precision  # type: ignore[assignment]
        if index_seeds:
            model.seed_index = build_seed_index(model.sampler.renderer, index_seeds, config.confidence)
    return model


def draws(sampler: Sampler, *asked: Any, **how: Any) -> list[int]:
    """Which latent of each seed's stream is the picture of its name."""
    return [sample.draw for sample in sampler.sample(*asked, **how)[1]]


def opinion(model: AMGAN, pictures: np.ndarray) -> Tensor:
    """D's class probabilities (N, K) of uint8 pictures by the plain net in eval mode, not by the renderer."""
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.no_grad():
        output = model.discriminator.eval().answer(images)
    return Logits.split(output, OBJECTIVES[model.config.objective]).classes.softmax(dim=1)


def saved(folder: Path, **settings: Any) -> Path:
    """A release folder of a tiny model."""
    tiny_model(**settings).save_pretrained(folder)
    return folder


def message(error: BaseException) -> str:
    """The message of an error that a user sees, which must be one line of bearable length."""
    text = str(error)
    assert text.strip()
    assert len(text.splitlines()) == 1
    assert len(text) < 600
    return text
