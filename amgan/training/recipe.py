"""What suits an architecture where a run is not told otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from amgan.networks.architecture import Labeling
from amgan.training.augmentation import Augmentation


@dataclass(frozen=True)
class Recipe:
    """Settings of training that go together; those of the same name of `TrainConfig` take their place one by one.

    Attributes:
        labeling: Who says of what class a picture is: D (dynamic), or an input of G (predefined).
        generator_width: Feature maps of G at its last resolution.
        discriminator_width: Feature maps of D's first layer, or of its heads.
        generator_lr: Adam's learning rate of G.
        discriminator_lr: Adam's learning rate of D.
        betas: Adam's.
        augment: What is done to real and generated pictures alike before D sees them.
        generator_first: Steps before the first in which a G of random weights learns to draw the principal components
            of the pictures (`principal_components.py`).
        discriminator_first: Steps at the start in which D learns alone.
        variety: Weight in G's loss of what its pictures lack in variety within their classes (`variety.py`).
    """

    labeling: Labeling
    generator_width: int
    discriminator_width: int
    generator_lr: float
    discriminator_lr: float
    betas: tuple[float, float]
    augment: Augmentation
    generator_first: int
    discriminator_first: int
    variety: float


RECIPES = {
    # architecture       labeling      widths   learning rates  betas         augmentation  G first, D first, variety
    "dcgan":    Recipe("dynamic",    96, 64,    4e-4, 4e-4,     (0.5, 0.999), "none",       0,       0,       0.0),
    "features": Recipe("predefined", 48, 128,   2e-4, 4e-4,     (0.0, 0.99),  "shift",      250,     100,     10.0),
}  # fmt: skip
"""The paper's code for dcgan; `results/recipes.md` has what was measured for features."""
