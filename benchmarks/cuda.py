"""All that is to be measured on CUDA, in one run; without CUDA the same on the CPU, to see that it is ready.

``python -m benchmarks.cuda --out cuda.md``, and ``--quick`` for a look in a minute. Needs no network, no browser and no
server, only what amgan/ itself imports to train and to draw. Sampling at every batch size (eager, under autocast,
compiled, captured in a CUDA graph, ours), whether a picture is the same bytes in any batch, 64 callers through the
batcher, and a step of training at the paper's widths (96 and 64, batches of 100), also as a whole captured in a CUDA
graph. A row that cannot be measured says why. The paper's own setting for the rest of the time is a training as any
other, and resumable: ``python -m amgan train --data CIFAR-10 --architecture dcgan --generator-width 96
--discriminator-width 64 --batch-size 100 --steps 1000000 --out runs/paper``.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
import tyro
from torch import Tensor, nn

from amgan.cli.benchmark.sampling import eager, settle
from amgan.cli.benchmark.timing import device, synchronize, time_in_turns
from amgan.cli.benchmark.training import STEPS_A_CALL, bare_steps, loop_steps
from amgan.engine.batched_engine import BatchedEngine
from amgan.engine.batcher import Batcher
from amgan.networks.config import ModelConfig
from amgan.sampling.rendering import Renderer
from amgan.sampling.sampler import Sampler

CLASSES = tuple(f"class {number}" for number in range(10))
CALLERS = 64
LAST = torch.channels_last

Call = Callable[[], object]


@dataclass(frozen=True)
class Options:
    """Measure.

    Attributes:
        out: Markdown file of the tables, written anew after each of them.
        seconds: For which each candidate of a table is called.
        width: Feature maps of G at its last resolution; the paper has 96.
        quick: Small batches and nets, and half a second a table.
    """

    out: Path
    seconds: float = 10.0
    width: int = 96
    quick: bool = False


def main(options: Options) -> None:
    """Print the tables and keep them in the file."""
    if options.quick:
        options = Options(options.out, 0.5, 8, True)
    config = ModelConfig(CLASSES, generator_width=options.width, discriminator_width=options.width * 2 // 3)
    said: list[str] = []
    for part in (facts, sampling, same_bytes, callers, training):
        said += [*part(config, options), ""]
        options.out.write_text("\n".join(said))
    print("\n".join(said))


def facts(config: ModelConfig, options: Options) -> Iterator[str]:
    """What was measured on."""
    place = device()
    name = torch.cuda.get_device_name() if place.type == "cuda" else f"CPU, {torch.get_num_threads()} thread(s)"
    yield f"{name}, torch {torch.__version__}, CUDA {torch.version.cuda}; G of width {config.generator_width}"


def sampling(config: ModelConfig, options: Options) -> Iterator[str]:
    """Pictures a second at each batch size, from latents on the CPU to uint8 there."""
    generator, renderers = nets(config)
    compiled = torch.compile(generator)
    sizes = (1, 64) if options.quick else (1, 16, 64, 256, 1024, 4096)
    rows: dict[str, list[str]] = {}
    for size in sizes:
        latents = torch.randn(size, config.latent_dim)
        candidates: dict[str, Call] = {
            "eager, fp32": partial(eager, generator, latents),
            "eager, bf16": partial(in_bf16, generator, latents),
            "torch.compile, bf16": partial(in_bf16, compiled, latents),
            "CUDA graph, bf16": captured(partial(drawn_there, generator, latents.to(device()))),
            **{f"ours, {kind}": partial(as_bytes, renderer, latents) for kind, renderer in renderers.items()},
        }
        for name, rate in rates(candidates, size, options.seconds).items():
            rows.setdefault(name, []).append(rate)
    yield from table(("pictures/s", *map(str, sizes)), rows)


def same_bytes(config: ModelConfig, options: Options) -> Iterator[str]:
    """Whether ours gives a picture the same bytes whatever it is drawn with."""
    _, renderers = nets(config)
    most = 100 if options.quick else 4096
    latents = torch.randn(most, config.latent_dim)
    for kind, renderer in renderers.items():
        whole = as_bytes(renderer, latents)
        for size in (1, 7, 64, 100, 1000, most):
            if size <= most and not torch.equal(as_bytes(renderer, latents[-size:]), whole[-size:]):
                yield f"{kind}: **other bytes** in a batch of {size} than in one of {most}"
                break
        else:
            yield f"{kind}: the same bytes in every batch up to {most}"


def callers(config: ModelConfig, options: Options) -> Iterator[str]:
    """64 callers of single pictures through the batcher, against the same renderer in batches of 64."""
    _, renderers = nets(config)
    renderer = renderers["auto"]
    sampler = Sampler(config, renderer)
    raw = time_in_turns({"raw": partial(as_bytes, renderer, torch.randn(CALLERS, config.latent_dim))}, options.seconds)
    batcher = Batcher(capacity=10 * CALLERS)
    engine = BatchedEngine(batcher)

    async def call(number: int, until: float) -> int:
        done = 0
        while not done or time.perf_counter() < until:
            recipe = sampler.sample_recipe([number + CALLERS * done], [None], 1.0)
            await engine.draw(recipe, renderer, 1, str(number))
            done += 1
        return done

    async def pictures_a_second() -> float:
        await asyncio.gather(*(call(number, 0.0) for number in range(CALLERS)))  # threads start, sizes are met
        started = time.perf_counter()
        count = sum(await asyncio.gather(*(call(number, started + options.seconds) for number in range(CALLERS))))
        return count / (time.perf_counter() - started)

    rate = asyncio.run(pictures_a_second())
    batcher.close()
    yield f"{CALLERS} callers: {rate:.0f} pictures/s, {rate * raw['raw'] / CALLERS:.2f} of raw batches of {CALLERS}"


def training(config: ModelConfig, options: Options) -> Iterator[str]:
    """Pictures a second of a step at batches of 100."""
    batch = 16 if options.quick else 100
    with tempfile.TemporaryDirectory() as folder:
        candidates: dict[str, Call] = {
            "bare step, fp32": bare_steps(config, batch, False, LAST),
            "bare step, bf16": bare_steps(config, batch, True, LAST),
            "bare step, fp32, CUDA graph": captured(bare_steps(config, batch, False, LAST, capturable=True)),
            "bare step, bf16, CUDA graph": captured(bare_steps(config, batch, True, LAST, capturable=True)),
            "training loop, fp32": loop_steps(config, batch, Path(folder)),
        }
        found = rates(candidates, batch * STEPS_A_CALL, options.seconds)
    yield from table((f"batch {batch}", "pictures/s"), {name: [rate] for name, rate in found.items()})


def nets(config: ModelConfig) -> tuple[nn.Module, dict[str, Renderer]]:
    """A G, and what draws it."""
    torch.manual_seed(0)
    generator = settle(config.nets.generator(config), config).to(device(), memory_format=LAST).eval()  # type: ignore[call-overload]
    discriminator = config.nets.discriminator(config).to(device()).eval()
    return generator, {kind: Renderer(generator, discriminator, config, kind) for kind in ("fp32", "bf16", "auto")}


def in_bf16(generator: nn.Module, latents: Tensor) -> Tensor:
    """What `eager` gives, under autocast."""
    with torch.autocast(device().type, torch.bfloat16):
        return eager(generator, latents)


@torch.no_grad()
def drawn_there(generator: nn.Module, latents: Tensor) -> Tensor:
    """Pictures that stay on the device, as a graph can hold no copy to pageable memory."""
    with torch.autocast(device().type, torch.bfloat16, cache_enabled=False):
        return generator(latents).add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


@torch.no_grad()
def as_bytes(renderer: Renderer, latents: Tensor) -> Tensor:
    """Pictures as the server has them."""
    return renderer.render(latents).cpu()


def captured(call: Call) -> Call:
    """A call as one replay of a CUDA graph; it fails where there is no CUDA, when it is called."""
    replay: list[Call] = []

    def first() -> object:
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                call()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            call()
        replay.append(graph.replay)
        return graph.replay()

    return lambda: replay[0]() if replay else first()


def rates(candidates: dict[str, Call], pictures: int, seconds: float) -> dict[str, str]:
    """Pictures a second of each, in turns; of those that cannot be called, why."""
    found, able = {}, {}
    for name, call in candidates.items():
        found[name] = ""
        try:
            call()
            synchronize()
            able[name] = call
        except Exception as error:  # whatever a compiler or a driver may raise: the other rows are still to be had
            found[name] = f"not measured ({' '.join(str(error).split())[:60]})"
            with suppress(Exception):
                synchronize()
    return found | {name: f"{pictures / taken:.0f}" for name, taken in time_in_turns(able, seconds).items()}


def table(heading: tuple[str, ...], rows: dict[str, list[str]]) -> Iterator[str]:
    """Lines of Markdown."""
    yield f"| {' | '.join(heading)} |"
    yield f"|{' --- |' * len(heading)}"
    for name, cells in rows.items():
        yield f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
