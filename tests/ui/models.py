"""Tiny models for tests of the page: untrained, but of varied pictures in which D sees every class."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image

from amgan.model import AMGAN
from amgan.networks.config import ModelConfig
from amgan.sampling.map_making import make_map
from tests.directions import some_directions
from tests.real_pictures import some_real

NAMES = ("Sneaker", "T-shirt/top", 'Bag & <b>"box"</b>')


def tiny_model(seed: int = 3, **settings: object) -> AMGAN:
    """A model of width 4 whose D is undecided on average, so that each class has its pictures."""
    torch.manual_seed(seed)
    options = {"class_names": NAMES, "channels": 1, "generator_width": 4, "discriminator_width": 4, "confidence": 0.4}
    config = ModelConfig(**{**options, **settings})  # type: ignore[arg-type]
    model = AMGAN(config)
    norms = [part for part in model.modules() if isinstance(part, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d))]
    with torch.no_grad():
        model.generator.to_image.weight.mul_(60)
        model.discriminator.logits.weight.normal_(0, 2)
        for norm in norms:
            norm.momentum = 1.0
        model.train()
        latents = torch.randn(128, config.latent_dim)
        labels = torch.arange(128) % config.num_classes
        classes = torch.eye(config.num_classes)[labels] if config.is_predefined else None
        logits = model.discriminator(model.generator(latents, classes))
        model.discriminator.logits.bias.sub_(logits.mean(dim=0))
        model.eval()
    return model


def save_shelf(folder: Path) -> Path:
    """A dynamic model with sliders, a predefined one with all else there may be, one of many classes, a broken one."""
    dynamic = tiny_model()
    dynamic.directions = some_directions(dynamic.config)
    dynamic.save_pretrained(folder / "fashion-mnist")
    predefined = tiny_model(labeling="predefined")
    predefined.real_pictures = some_real(predefined.config)
    predefined.seed_map = make_map(predefined.sampler, 6, 8)
    film = Image.new("L", (2 * 334, 2 * 100))
    for corner, shade in (((0, 0), 250), ((334, 0), 130), ((0, 100), 10)):
        film.paste(shade, (*corner, corner[0] + 334, corner[1] + 100))
    predefined.save_pretrained(folder / "a-predefined")
    film.save(folder / "a-predefined" / "training.webp", lossless=True)
    (folder / "a-predefined" / "metrics.json").write_text('{"training": {"sheets": [0, 500, 12000]}}')
    many = tuple(f"class {number}" for number in range(20))
    large = tiny_model(labeling="predefined", class_names=many, channels=3, image_size=64)
    large.seed_map = make_map(large.sampler, 6, 8)
    large.save_pretrained(folder / "many")
    (folder / "broken").mkdir()
    (folder / "broken" / "config.json").write_text('{"format_version": 99}', encoding="utf-8")
    return folder
