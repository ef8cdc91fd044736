"""Whether nets as ONNX draw and judge as their model does: the same pictures through both, value by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from amgan.errors import ExportError
from amgan.export.nets import OnnxNets
from amgan.model import AMGAN
from amgan.sampling.latents import class_of_seed, latent_at
from amgan.sampling.rendering import Renderer

SEEDS = range(32)
MOST_LEVELS = 1
"""A rounding apart: two ways of adding up the same numbers differ in the last bit, which can lie between two bytes."""
MOST_DIFFERING = 1e-3
"""Share of all values that may be that apart."""
MOST_OPINION = 1e-3


@dataclass(frozen=True)
class Agreement:
    """How near two ways of running the same nets are.

    Attributes:
        pictures: How many were drawn.
        same: How many of them have the same bytes.
        values: Bytes of all of them.
        differing: How many of the bytes differ.
        levels: The largest difference of a byte, of 255.
        opinion: The largest difference of a probability of D; None without D.
    """

    pictures: int
    same: int
    values: int
    differing: int
    levels: int
    opinion: float | None

    @property
    def sentence(self) -> str:
        """What came out, in a sentence."""
        if self.same == self.pictures:
            text = f"all {self.pictures} pictures have the model's bytes"
        else:
            text = (
                f"{self.same} of {self.pictures} pictures have the model's bytes; {self.differing} of {self.values} "
                f"values differ, by {self.levels} of 255"
            )
        return text if self.opinion is None else f"{text}; D's probabilities differ by at most {self.opinion:.0e}"


def check_nets(model: AMGAN, nets: OnnxNets, seeds: Sequence[int] = SEEDS) -> Agreement:
    """Draw and judge the first pictures of some seeds by both, in fp32.

    Raises:
        ExportError: they differ by more than rounding.
    """
    config = model.config
    renderer = Renderer(model.generator, model.discriminator, config, "fp32", torch.device("cpu"))
    latents = torch.stack([latent_at(seed, 0, config.latent_dim) for seed in seeds])
    classes = None
    if config.is_predefined:
        given = torch.tensor([class_of_seed(seed, config.num_classes) for seed in seeds])
        classes = torch.eye(config.num_classes)[given]
    expected = renderer.render(latents, classes)
    inputs = latents if classes is None else torch.cat([latents, classes], dim=1)
    pictures = _run(nets.generator, inputs.numpy())
    apart = np.abs(pictures.astype(np.int16) - expected.numpy())
    opinion = None
    if nets.judge is not None:
        judgement = renderer.judge(expected)
        told = torch.cat([judgement.class_probabilities, judgement.real_probability[:, None]], dim=1).numpy()
        opinion = float(np.abs(_run(nets.judge, expected.numpy()) - told).max())
    found = Agreement(
        pictures=len(seeds),
        same=int((apart.reshape(len(seeds), -1).max(axis=1) == 0).sum()),
        values=apart.size,
        differing=int((apart > 0).sum()),
        levels=int(apart.max()),
        opinion=opinion,
    )
    far = found.levels > MOST_LEVELS or found.differing > MOST_DIFFERING * found.values
    if far or (opinion is not None and not opinion <= MOST_OPINION):
        raise ExportError(
            f"the nets as ONNX do not draw what the model draws, so nothing was written ({found.sentence})"
        )
    return found


def _run(net: bytes, rows: np.ndarray) -> np.ndarray:
    """A net's answer to each row alone, as on the page."""
    import onnxruntime

    session = onnxruntime.InferenceSession(net, providers=["CPUExecutionProvider"])
    (name,) = (each.name for each in session.get_inputs())
    return np.concatenate([session.run(None, {name: rows[row : row + 1]})[0] for row in range(len(rows))])
