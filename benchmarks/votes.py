"""What votes are worth: uses of them compared by simulated voters whose rule is known.

``python -m benchmarks.votes --model weights/groceries --data groceries --each 33`` shows pictures of a model to three
voters, who keep by one rule, each wrong one time in ten, the majority counting. Then the model is trained on for the
same steps in several ways, and of each, and of the model as it was, pictures of new seeds are held against the rule:

- photos: trained on with the photos alone, without the votes;
- kept W: kept pictures beside the photos, each drawn W times as often as a photo; the rejected left out;
- liked photos: the half of the photos that a line through the votes likes better is drawn four times as often;
- chosen: nothing is trained; of four times as many pictures of each class those are taken that the line likes best.

The rules: "warm" keeps what is redder than the middle picture of its class, "plain" what a judge that has nothing to do
with the training takes for its class more surely than the middle one. By chance either keeps half.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import tyro
from PIL import Image
from rich.console import Console

from amgan.data.file_tree import files_below
from amgan.data.labelled_images import load_labelled_images
from amgan.metrics.feature_distance import FrechetDistance
from amgan.metrics.judge import Judge
from amgan.metrics.judge_search import find_judge_of_data
from amgan.metrics.reference import cached_reference
from amgan.model import AMGAN
from amgan.networks.efficientnet import LITE0, FrozenEfficientNet
from amgan.projects.liking import Liking, liking_of
from amgan.projects.looks import features_of
from amgan.sampling.media import encode_png
from amgan.training.config import TrainConfig
from amgan.training.run import train

WRONG = 0.1
VOTERS = 3
FRESH = 100_000
"""The first of the seeds that nobody was shown."""
TIMES = 4
MEASURED = ("kept by the rule", "of the class asked", "Frechet distance")


@dataclass(frozen=True)
class Options:
    """Show pictures of a model to simulated voters, and compare what can be made of their votes.

    Attributes:
        model: A release folder.
        data: A folder with one subfolder of photos a class.
        each: Photos of each class that are trained on with, chosen at random.
        shown: Pictures of each class that voters see.
        fresh: Pictures of each class by which a way is judged.
        rule: What voters keep.
        steps: Steps of each training.
        batch_size: Photos a step.
        weights: Of the kept pictures.
        seeds: How many choices of photos, votes and trainings.
    """

    model: Path
    data: Path
    each: int = 33
    shown: int = 20
    fresh: int = 30
    rule: str = "warm"
    steps: int = 120
    batch_size: int = 32
    weights: tuple[float, ...] = (0.25, 1.0)
    seeds: int = 1


class World:
    """What is the same for all ways: the judge, the net behind the line, and the rule."""

    def __init__(self, options: Options, model: AMGAN) -> None:
        data = load_labelled_images(str(options.data), model.config.image_size)
        self.judge = Judge.load(find_judge_of_data(data))
        self.reference = cached_reference(data, self.judge)
        self.net = FrozenEfficientNet(LITE0)
        self.names = model.class_names
        self.rule = options.rule

    def features(self, images: np.ndarray) -> np.ndarray:
        return features_of(torch.from_numpy(images).permute(0, 3, 1, 2), self.net).numpy()

    def merit(self, images: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """What the rule goes by."""
        if self.rule == "warm":
            return images[..., 0].astype(float).mean(axis=(1, 2)) - images[..., 2].astype(float).mean(axis=(1, 2))
        judged = self.judge.judge(torch.from_numpy(images).permute(0, 3, 1, 2).contiguous())
        return judged.log_probabilities.numpy()[np.arange(len(images)), numbers]


def main(options: Options) -> None:
    """Compare, and print a table."""
    model = AMGAN.from_pretrained(options.model)
    world = World(options, model)
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(options.seeds):
        for name, scores in _round(options, model, world, seed):
            rows.setdefault(name, []).append(scores)
            print(
                f"seed {seed}  {name:14}  kept {scores[0]:.3f}  class {scores[1]:.3f}  distance {scores[2]:.2f}",
                flush=True,
            )
    print("\n| way | kept by the rule | of the class asked, by the judge | Frechet distance |\n|---|---|---|---|")
    for name, found in rows.items():
        cells = [
            f"{np.mean(column):.3f}" + (f" ± {np.std(column):.3f}" if len(found) > 1 else "") for column in zip(*found)
        ]
        print(f"| {name} | {' | '.join(cells)} |")


def _round(options: Options, model: AMGAN, world: World, seed: int) -> Iterator[tuple[str, tuple[float, float, float]]]:
    images, numbers = _draw(model, options.shown, seed * options.shown)
    merit = world.merit(images, numbers)
    middle = np.array([np.median(merit[numbers == number]) for number in range(len(world.names))])
    voters = np.random.default_rng(seed)
    right = merit > middle[numbers]
    kept = (right ^ (voters.random((VOTERS, len(right))) < WRONG)).sum(axis=0) * 2 > VOTERS
    line = liking_of(world.features(images), [world.names[number] for number in numbers], kept)
    assert line is not None
    print(
        f"seed {seed}  {kept.sum()} of {len(kept)} kept, {np.mean(kept == right):.3f} as by the rule; "
        f"the line tells {line.known:.3f}",
        flush=True,
    )

    def scores(trained: AMGAN, choose: Liking | None = None) -> tuple[float, float, float]:
        return _scores(options, trained, world, middle, choose)

    yield "as it was", scores(model)
    yield "chosen", scores(model, line)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        photos = [file for name in world.names for file in _some(options.data / name, options.each, seed)]
        _link(folder / "photos", photos)
        for number, image in enumerate(images[kept]):
            label = world.names[numbers[kept][number]]
            (folder / "kept" / label).mkdir(parents=True, exist_ok=True)
            (folder / "kept" / label / f"{number}.png").write_bytes(encode_png(image))
        own = [file.parent.name for file in photos]
        liked = line.of(world.features(np.stack([_pixels(file, model.config.image_size) for file in photos])), own)
        best = liked > np.array([np.median(liked[np.array(own) == name]) for name in own])
        _link(folder / "liked", [file for file, yes in zip(photos, best) if yes])
        _link(folder / "others", [file for file, yes in zip(photos, best) if not yes])
        ways: list[tuple[str, tuple[str, ...], tuple[float, ...]]] = [("photos", ("photos",), ())]
        ways += [(f"kept {weight:g}", ("photos", "kept"), (1, weight)) for weight in options.weights]
        ways += [("liked photos", ("liked", "others"), (1.6, 0.4))]
        for name, sources, weights in ways:
            config = TrainConfig(
                data=tuple(str(folder / source) for source in sources), data_weights=weights,
                out=folder / f"run of {name}", image_size=model.config.image_size,
                start_from=str(options.model), steps=options.steps,
                batch_size=options.batch_size, augment="all", lr_decay_from=options.steps // 2,
                lr_decay_steps=options.steps - options.steps // 2, ema_decay=0.95, seed=seed,
                discriminator_first=0, precision="fp32", sheet_every=options.steps, checkpoint_every=options.steps,
                index_seeds=0, hold_out=0.0,
            )  # fmt: skip
            trained = AMGAN.from_pretrained(train(config, Console(quiet=True)))
            yield name, scores(trained)
            if name == "photos":
                yield "photos, chosen", scores(trained, line)


def _scores(
    options: Options, model: AMGAN, world: World, middle: np.ndarray, choose: Liking | None
) -> tuple[float, float, float]:
    images, numbers = _draw(model, options.fresh * (1 if choose is None else TIMES), FRESH)
    if choose is not None:
        liked = choose.of(world.features(images), [world.names[number] for number in numbers])
        rows = [np.flatnonzero(numbers == number) for number in range(len(world.names))]
        best = np.concatenate([own[np.argsort(-liked[own])[: options.fresh]] for own in rows])
        images, numbers = images[best], numbers[best]
    merit = world.merit(images, numbers)
    judged = world.judge.judge(torch.from_numpy(images).permute(0, 3, 1, 2).contiguous())
    right = judged.classes.numpy() == numbers
    frechet = FrechetDistance(world.judge.num_features)
    frechet.set_real_sums(world.reference.sums)
    frechet.add(judged.features, real=False)
    return float(np.mean(merit > middle[numbers])), float(right.mean()), frechet.compute()


def _draw(model: AMGAN, each: int, first: int) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.repeat(np.arange(len(model.class_names)), each)
    seeds = [first + number for _ in model.class_names for number in range(each)]
    parts = [slice(start, start + 100) for start in range(0, len(seeds), 100)]
    return np.concatenate([model.sample(numbers[part].tolist(), seeds[part]) for part in parts]), numbers


def _pixels(file: Path, side: int) -> np.ndarray:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB").resize((side, side)))


def _some(folder: Path, count: int, seed: int) -> list[Path]:
    files = sorted(files_below(folder))
    return random.Random(seed).sample(files, min(count, len(files)))


def _link(folder: Path, photos: Sequence[Path]) -> None:
    for file in photos:
        (folder / file.parent.name).mkdir(parents=True, exist_ok=True)
        (folder / file.parent.name / file.name).symlink_to(file.resolve())


if __name__ == "__main__":
    main(tyro.cli(Options))
