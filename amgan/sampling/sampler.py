"""From names to pictures: (seed, class if one is asked, truncation) is one picture of a model, for ever.

In place of a seed may stand the name of a variation of its picture; see `amgan.sampling.variation_name`.

The name does not hold the batch, the neighbours, the device or the number of processes, and neither do the pixels.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from amgan.bounds import check_confidence, check_truncation, check_whole
from amgan.errors import ClassSearchError, RequestError
from amgan.networks.config import ModelConfig
from amgan.release.directions import Directions
from amgan.release.seed_index import NOT_FOUND, SeedIndex
from amgan.sampling.arc import as_far, slerp
from amgan.sampling.class_names import ClassNames, Label
from amgan.sampling.class_search import find_draws, most_draws
from amgan.sampling.latents import class_of_seed, latent_at
from amgan.sampling.recipes import Points, Recipe, Rendered, follow
from amgan.sampling.rendering import Renderer
from amgan.sampling.variation_name import PictureSeed, Variation, check_picture_seed, root_seed


@dataclass(frozen=True)
class Sample:
    """What is known of one picture beside its pixels.

    Attributes:
        seed: Its seed.
        asked: Number of the class that was asked, or None for any.
        draw: Which latent of the seed's stream it is; (seed, draw, truncation) gives it again without a search.
        truncation: Scale of the latent.
        label: Number of the class that it is shown as: the one asked or, for any and for a variation, the one G was
            given (predefined) or D names (dynamic).
        class_probability: D's probability of `label` among the K classes, in fp32 on the finished picture.
        real_probability: D's probability that the picture is a real one, likewise.
        confidence: The confidence that was asked for, where a class was searched for; None for the model's own, and
            without a search: for any class, and where G is given the class.
        variation: The whole name of a variation, which begins with the seed; `asked`, `draw` and `confidence` are those
            of the picture that it comes from. None for the seed's own picture.
    """

    seed: int
    asked: int | None
    draw: int
    truncation: float
    label: int
    class_probability: float
    real_probability: float
    confidence: float | None = None
    variation: str | None = None

    @property
    def name(self) -> PictureSeed:
        """What stands for the seed in its name."""
        return self.seed if self.variation is None else self.variation


class Sampler:
    """Draws pictures of one model by name."""

    def __init__(
        self,
        config: ModelConfig,
        renderer: Renderer,
        seed_index: SeedIndex | None = None,
        directions: Directions | None = None,
        classes: ClassNames | None = None,
    ) -> None:
        self.config = config
        self.renderer = renderer
        self.seed_index = seed_index
        self.directions = directions
        self.classes = classes or ClassNames(config.class_names)

    def sample(
        self,
        seeds: Sequence[PictureSeed],
        labels: Sequence[Label | None],
        truncation: float = 1.0,
        confidence: float | None = None,
    ) -> tuple[np.ndarray, list[Sample]]:
        """Draw one picture for each pair of seed and label.

        Args:
            seeds: N seeds, 0 to 2**32 - 1, or names of variations.
            labels: N classes, by name, or by number whatever they are called, None for any.
            truncation: Scale of the latents, above 0, at most 2; below 1 pictures get more alike and more typical.
            confidence: Dynamic models: D's least probability of an asked class; None takes the model's own default.

        Returns:
            uint8 pictures (N, H, W, C), and what is known of each.

        Raises:
            RequestError: a seed, label, truncation or confidence that the model cannot serve.
            ClassSearchError: a class was not found among the seed's first draws.
        """
        return follow(self.sample_recipe(seeds, labels, truncation, confidence), self.renderer)

    def sample_recipe(
        self,
        seeds: Sequence[PictureSeed],
        labels: Sequence[Label | None],
        truncation: float = 1.0,
        confidence: float | None = None,
    ) -> Recipe[tuple[np.ndarray, list[Sample]]]:
        """`sample` as a recipe; it raises what `sample` raises."""
        names = [check_picture_seed(seed) for seed in seeds]
        roots = [root_seed(name) for name in names]
        asked = [self.label_number(label) if isinstance(label, str) else self._checked(label) for label in labels]
        if len(names) != len(asked):
            raise RequestError(f"{len(names)} seeds and {len(asked)} labels do not pair up")
        truncation, threshold = check_truncation(truncation), self.checked_confidence(confidence)
        draws = yield from self.draws_recipe(roots, asked, truncation, confidence)
        latents = self.latents(names, draws, truncation)
        given = self.given_classes(roots, asked)
        rendered = yield Points(latents, None if given is None else self.one_hot(given))
        if not self.config.is_predefined and self.renderer.precision != "fp32":
            # A variation is promised no class.
            kept = [label if isinstance(name, int) else None for name, label in zip(names, asked)]
            wrong = self._failing(rendered.class_probabilities, kept, threshold)
            if wrong:
                # Faster arithmetic moved these across the line: the draw was chosen in fp32, so fp32 keeps the promise.
                exact = yield Points(latents[wrong], precision="fp32")
                rendered = _replaced(rendered, wrong, exact)
        probabilities = rendered.class_probabilities
        shown = given if given is not None else probabilities.argmax(axis=1).tolist()
        chosen = probabilities[np.arange(len(shown)), shown].tolist()
        searched = None if self.config.is_predefined or confidence is None else threshold
        samples = [
            Sample(
                seed,
                label,
                draw,
                truncation,
                cls,
                probability,
                real,
                None if label is None else searched,
                name if isinstance(name, str) else None,
            )
            for seed, name, label, draw, cls, probability, real in zip(
                roots, names, asked, draws, shown, chosen, rendered.real_probability.tolist()
            )
        ]
        return rendered.pictures, samples

    def draws_recipe(
        self,
        seeds: Sequence[int],
        asked: Sequence[int | None],
        truncation: float,
        confidence: float | None,
    ) -> Recipe[list[int]]:
        """Which latent of each seed's stream is the picture: 0, unless a dynamic model is asked for a class.

        Raises:
            RequestError: the model's D never learnt classes.
            ClassSearchError: a class was not found among the seed's first draws.
        """
        if self.config.is_predefined or all(label is None for label in asked):
            return [0] * len(seeds)
        if not self.config.judges_classes:
            raise RequestError(f"a dynamic {self.config.objective} model knows no classes; ask for any class")
        threshold = self.checked_confidence(confidence)
        indexed = self.seed_index if truncation == 1 and threshold == self.config.confidence else None
        known, wanted = _looked_up(((s, label) for s, label in zip(seeds, asked) if label is not None), indexed)
        known.update((yield from find_draws(self.config, wanted, threshold, truncation, all_or_nothing=True)))
        return [0 if label is None else self._found(known, seed, label, threshold) for seed, label in zip(seeds, asked)]

    def find(self, cells: Sequence[tuple[int, int]], max_draws: int) -> dict[tuple[int, int], np.ndarray]:
        """Those pictures of (seed, label) pairs that are there, at truncation 1 and the model's own confidence.

        Args:
            cells: Pairs of seed and label number.
            max_draws: How far a dynamic model's streams are walked where the seed index does not help.

        Returns:
            uint8 (H, W, C) for each pair found. A young model may not know every class yet.
        """
        return follow(self.find_recipe(cells, max_draws), self.renderer)

    def find_recipe(
        self, cells: Sequence[tuple[int, int]], max_draws: int
    ) -> Recipe[dict[tuple[int, int], np.ndarray]]:
        """`find` as a recipe."""
        cells = list(dict.fromkeys(cells))
        if self.config.is_predefined:
            draws = dict.fromkeys(cells, 0)
        else:
            draws, wanted = _looked_up(cells, self.seed_index)
            draws |= yield from find_draws(self.config, wanted, self.config.confidence, max_draws=max_draws)
        found = [cell for cell in cells if draws.get(cell, NOT_FOUND) != NOT_FOUND]
        latents = self.latents([seed for seed, _ in found], [draws[cell] for cell in found])
        classes = self.one_hot([label for _, label in found]) if self.config.is_predefined else None
        rendered = yield Points(latents, classes, precision="fp32", judged=False)
        return dict(zip(found, rendered.pictures))

    def latents(self, seeds: Sequence[PictureSeed], draws: Sequence[int], truncation: float = 1.0) -> Tensor:
        """The latents of (seed, draw) pairs, fp32 (N, latent_dim); of a variation, the draw is its seed's picture's.

        Raises:
            RequestError: a variation goes along a direction that the model does not have.
        """
        ways: dict[tuple[Hashable, ...], Tensor] = {}  # Variations of one picture share all but the last step.
        rows = [self._latent(seed, draw, truncation, ways) for seed, draw in zip(seeds, draws)]
        return torch.stack(rows) if rows else torch.empty(0, self.config.latent_dim)

    def _latent(
        self, name: PictureSeed, draw: int, truncation: float, ways: dict[tuple[Hashable, ...], Tensor]
    ) -> Tensor:
        size = self.config.latent_dim
        if isinstance(name, int):
            return latent_at(name, draw, size) * truncation
        variation = Variation.named(name)
        latent = latent_at(variation.seed, draw, size) * truncation
        way: tuple[Hashable, ...] = (variation.seed, draw)
        for step, towards in zip(variation.steps, variation.towards(), strict=True):
            way = (*way, step)
            if way not in ways:
                part = torch.tensor([step.percent / 100], dtype=torch.float64)
                end = (
                    as_far(latent, self._direction(step.number))
                    if step.is_along
                    else latent_at(towards, 0, size) * truncation
                )
                ways[way] = slerp(latent, end, part)[0]
            latent = ways[way]
        return latent

    def _direction(self, number: int) -> Tensor:
        if self.directions is None:
            raise RequestError("this model has no directions; another version of it may")
        return self.directions[number]

    def given_classes(self, seeds: Sequence[PictureSeed], asked: Sequence[int | None]) -> list[int] | None:
        """The classes that G of a predefined model is given, or None for a dynamic one."""
        if not self.config.is_predefined:
            return None
        return [
            class_of_seed(root_seed(seed), self.config.num_classes) if label is None else label
            for seed, label in zip(seeds, asked)
        ]

    def one_hot(self, labels: Sequence[int]) -> Tensor:
        """Label numbers as the class weights that G of a predefined model takes, fp32 (N, K)."""
        return F.one_hot(torch.tensor(labels, dtype=torch.int64), self.config.num_classes).float()

    def label_number(self, label: Label | None) -> int | None:
        """The number of a class given by name or number; None stays None.

        Raises:
            RequestError: the model has no such class.
        """
        return None if label is None else self.classes.number(label)

    def _checked(self, number: int | None) -> int | None:
        # Who asks by number has looked it up, also where names are numbers.
        return None if number is None else check_whole(number, "class", 0, self.config.num_classes - 1)

    def checked_confidence(self, confidence: float | None) -> float:
        """The confidence to use, the model's own by default.

        Raises:
            RequestError: it is no number from 0 to below 1.
        """
        return self.config.confidence if confidence is None else check_confidence(confidence)

    def _found(self, known: dict[tuple[int, int], int], seed: int, label: int, confidence: float) -> int:
        draw = known.get((seed, label), NOT_FOUND)
        if draw == NOT_FOUND:
            name = self.config.class_names[label]
            error = ClassSearchError(
                f"no {name!r} from seed {seed} in {most_draws(self.config.num_classes)} tries: the model may be "
                "trained too little to know it yet, or is asked to be too sure of it (confidence "
                f"{confidence:g}); take another seed, a lower confidence, or truncation 1"
            )
            error.label = name
            raise error
        return draw

    @staticmethod
    def _failing(probabilities: np.ndarray, asked: Sequence[int | None], confidence: float) -> list[int]:
        kept = [
            label is None or (cls == label and probability >= confidence)
            for label, cls, probability in zip(
                asked, probabilities.argmax(axis=1).tolist(), probabilities.max(axis=1).tolist()
            )
        ]
        return [row for row, good in enumerate(kept) if not good]


def _replaced(rendered: Rendered, rows: list[int], exact: Rendered) -> Rendered:
    for all_rows, new in (
        (rendered.pictures, exact.pictures),
        (rendered.class_probabilities, exact.class_probabilities),
        (rendered.real_probability, exact.real_probability),
    ):
        all_rows[rows] = new
    return rendered


def _looked_up(
    cells: Iterable[tuple[int, int]], index: SeedIndex | None
) -> tuple[dict[tuple[int, int], int], dict[int, set[int]]]:
    """The draws of (seed, label) pairs that the index covers, and the labels still wanted of the other seeds."""
    known: dict[tuple[int, int], int] = {}
    wanted: dict[int, set[int]] = {}
    for seed, label in cells:
        if index is not None and seed < len(index):
            known[seed, label] = index.lookup(seed, label)
        else:
            wanted.setdefault(seed, set()).add(label)
    return known, wanted
