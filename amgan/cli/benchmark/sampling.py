"""Sampling: the renderer against the plain loop in eager mode, and how far its pictures are from fp32."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from rich.table import Table
from torch import Tensor, nn

from amgan.cli.benchmark.timing import device, time_in_turns
from amgan.networks.config import ModelConfig
from amgan.sampling.rendering import Renderer

BATCH_SIZES = (1, 16, 64, 256)


def sampling_table(width: int, channels: int, seconds: float, architecture: str = "dcgan") -> Table:
    """Images/s of both at each batch size, on nets with plausible statistics; see `settle`."""
    config = ModelConfig(
        class_names=("a", "b"), channels=3 if channels == 3 else 1, generator_width=width, architecture=architecture
    )
    torch.manual_seed(0)
    place = device()
    generator = settle(config.nets.generator(config), config).to(place).eval()
    discriminator = config.nets.discriminator(config).to(place).eval()
    renderers = {
        "ours fp32": Renderer(generator, discriminator, config, "fp32"),
        "ours bf16": Renderer(generator, discriminator, config, "bf16"),
    }
    auto = Renderer(generator, discriminator, config, "auto").precision
    table = Table(title=f"Sampling, generator width {width}: images/s (auto is {auto} here)")
    for heading in ("batch", "eager fp32", *renderers, "fp32 ratio", "bf16 ratio"):
        table.add_column(heading, justify="right")
    for size in BATCH_SIZES:
        latents = torch.randn(size, config.latent_dim)
        candidates: dict[str, Callable[[], object]] = {"eager fp32": partial(eager, generator, latents)}
        candidates |= {name: partial(_render, renderer, latents) for name, renderer in renderers.items()}
        times = time_in_turns(candidates, seconds / len(BATCH_SIZES))
        rates = {name: size / taken for name, taken in times.items()}
        ratios = [f"{rates[name] / rates['eager fp32']:.2f}x" for name in renderers]
        table.add_row(str(size), *(f"{rate:.0f}" for rate in rates.values()), *ratios)
    latents = torch.randn(256, config.latent_dim)
    reference = eager(generator, latents).float()
    for name, renderer in renderers.items():
        difference = (_render(renderer, latents).float() - reference).abs()
        table.caption = (
            f"{(table.caption or '')}{name}: mean difference from eager fp32 {difference.mean():.3f} grey levels, "
            f"largest {difference.max():.0f}. "
        )
    return table


@torch.no_grad()
def eager(generator: nn.Module, latents: Tensor) -> Tensor:
    """The plain way: the net in eval mode, then uint8 (N, H, W, C) on the CPU."""
    pictures = generator(latents.to(next(generator.parameters()).device))
    return pictures.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu()


@torch.no_grad()
def settle(generator: nn.Module, config: ModelConfig) -> nn.Module:
    """Give an untrained G running statistics of its own, and a last layer that uses the whole grey range."""
    generator.train()
    for _ in range(20):
        generator(torch.randn(64, config.latent_dim))
    spread = generator.eval()(torch.randn(64, config.latent_dim)).std()
    last = [layer for layer in generator.modules() if isinstance(layer, nn.Conv2d)][-1]
    last.weight.div_(spread)
    return generator


def _render(renderer: Renderer, latents: Tensor) -> Tensor:
    return renderer.render(latents).cpu()
