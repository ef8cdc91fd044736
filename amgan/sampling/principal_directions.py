"""The directions of the latent along which most changes in what G's first layer makes of it.

GANSpace (Härkönen et al., NeurIPS 2020, arXiv:2004.02546) takes the principal components of the first layer's
activations and regresses the latents on them. Here the activations are regressed on the latents first, and the
components are those of what the latents say of them: for a linear layer these are the same, and they are orthogonal.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from amgan.networks.config import ModelConfig

LOOKED_AT = 1024
"""Latents that the first layer is asked about, each with its opposite."""
AT_ONCE = 256
SEED = 0


def principal_directions(generator: nn.Module, config: ModelConfig, count: int) -> Tensor:
    """The first of them, each of length 1 and orthogonal to the others.

    Args:
        generator: G, in eval mode and fp32.
        config: Its configuration.
        count: How many, at most as many as a latent has numbers.

    Returns:
        fp32 (count, latent_dim), on the CPU.
    """
    device = next(generator.parameters()).device
    latents = _white_latents(config.latent_dim)
    said: Tensor | None = None
    for start in range(0, len(latents), AT_ONCE):
        part = latents[start : start + AT_ONCE].to(device)
        classes = classes_in_turn(config, len(part))
        classes = None if classes is None else classes.to(device)
        with torch.inference_mode():
            # The half of the difference between opposites: what the classes say by themselves is in neither.
            first = config.nets.first_layer
            odd = (first(generator, part, classes) - first(generator, -part, classes)) / 2
            answer = (part.T @ odd).double().cpu()
        said = answer if said is None else said + answer
    assert said is not None
    # Ascending by what they say.
    _, vectors = torch.linalg.eigh(said @ said.T)
    found = vectors.T.flip(0)[:count]
    # An eigenvector may point either way.
    largest = found.gather(1, found.abs().argmax(dim=1, keepdim=True))
    return (found * largest.sign()).float()


def _white_latents(latent_dim: int) -> Tensor:
    """Latents whose coordinates do not correlate, not even by chance: fp32 (`LOOKED_AT` or more, latent_dim)."""
    rows = max(LOOKED_AT, latent_dim)
    drawn = torch.randn(rows, latent_dim, generator=torch.Generator().manual_seed(SEED), dtype=torch.float64)
    return (torch.linalg.qr(drawn).Q * rows**0.5).float()


def classes_in_turn(config: ModelConfig, count: int) -> Tensor | None:
    """For predefined labeling class weights (count, K), a class after the other; else None."""
    if not config.is_predefined:
        return None
    return torch.eye(config.num_classes)[torch.arange(count) % config.num_classes]
