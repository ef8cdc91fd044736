"""Which directions a model is released with, and what each is called: by what D says, or a picture measures, of it.

A slider has two ends. Of a dynamic model an end is called by the class that D sees more of there; where it sees none,
and in a predefined model, whose pictures keep their class, by what grows most of a few plain measures. What does
neither gets no name but "one way" and "other way".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from amgan.release.directions import MOST_CLASSES, NAMELESS, Directions, Word
from amgan.release.seed_index import NOT_FOUND, SeedIndex
from amgan.sampling.arc import as_far, slerp
from amgan.sampling.latents import LatentStream
from amgan.sampling.principal_directions import classes_in_turn, principal_directions
from amgan.sampling.rendering import Renderer

CANDIDATES = 8
SLIDERS = 4
MOVED = 40
"""Pictures that are moved along each candidate, to see what changes."""
PERCENT = 20
"""How far they are moved, of the arc."""
SEED = 1
CLEAR_CLASS = 0.1
"""By how much D's mean probability of a class must rise for an end to be called by it."""
CLEAR_MEASURE = 0.8
"""By how many deviations over pictures a measure must differ between two ends that are called by it."""
FOREGROUND = 0.15
"""By how much, from 0 to 1, a pixel differs from the picture's border where it counts as what the picture shows."""
INDEXED = 1000
"""Of so many seeds of the index, those pictures are taken together that D names a class."""
LEAST_PICTURES = 20
"""A class of which the index knows fewer has no direction."""

MEASURES: dict[str, tuple[str, str]] = {
    "light": ("lighter", "darker"), "warmth": ("warmer", "colder"), "size": ("larger", "smaller"),
}  # fmt: skip


def find_directions(generator: nn.Module, renderer: Renderer, index: SeedIndex | None) -> Directions:
    """Find the directions that a model is released with.

    Args:
        generator: G, in eval mode and fp32.
        renderer: Draws its pictures, and asks D about them.
        index: A dynamic model's seed index; without it there are no ways to classes.
    """
    config = renderer.config
    axes = principal_directions(generator, config, min(CANDIDATES, config.latent_dim))
    changes = _changes(renderer, axes)
    chosen, words = _named(changes)
    ends = torch.stack([axes[chosen], -axes[chosen]], dim=1)
    class_means, classes = _class_means(index, config.latent_dim)
    return Directions(ends, words, class_means, classes)


@dataclass(frozen=True)
class _Change:
    """What happens to pictures along an axis.

    Attributes:
        strength: How much they differ between its ends.
        rises: For each end, by how much D's mean probability of each class rises, (2, K); None if that says nothing.
        measures: By how many deviations each measure is larger at the first end than at the other.
    """

    strength: float
    rises: np.ndarray | None
    measures: dict[str, float]


def _changes(renderer: Renderer, axes: Tensor) -> list[_Change]:
    config = renderer.config
    latents = torch.randn(MOVED, config.latent_dim, generator=torch.Generator().manual_seed(SEED))
    before = _Seen(renderer, latents)
    part = torch.tensor([PERCENT / 100], dtype=torch.float64)
    changes = []
    for axis in axes:
        first, other = (
            _Seen(renderer, torch.cat([slerp(latent, as_far(latent, end), part) for latent in latents]))
            for end in (axis, -axis)
        )
        rises = None
        if config.judges_classes and not config.is_predefined:
            rises = np.stack([(end.classes - before.classes).mean(axis=0) for end in (first, other)])
        measures = {
            name: float((first.measures[name] - other.measures[name]).mean() / max(values.std(), 1e-3))
            for name, values in before.measures.items()
        }
        strength = float(np.abs(first.pictures - other.pictures).mean())
        changes.append(_Change(strength, rises, measures))
    return changes


class _Seen:
    """Pictures of latents (N, latent_dim), a class after the other where G takes them, and what is seen of them.

    Attributes:
        pictures: float64 (N, H, W, C), 0 to 1.
        classes: D's probabilities of the classes, (N, K).
        measures: Each of `MEASURES` that such pictures have, (N,).
    """

    def __init__(self, renderer: Renderer, latents: Tensor) -> None:
        drawn = renderer.render(latents, classes_in_turn(renderer.config, len(latents)), "fp32")
        self.classes = renderer.judge(drawn).class_probabilities.cpu().numpy()
        self.pictures = drawn.cpu().numpy() / 255
        self.measures = measures_of(self.pictures)


def measures_of(pictures: np.ndarray) -> dict[str, np.ndarray]:
    """Each of `MEASURES` that pictures (N, H, W, C), from 0 to 1, have: (N,). Grey ones have no warmth."""
    measured = {"light": pictures.mean(axis=(1, 2, 3))}
    if pictures.shape[3] == 3:
        measured["warmth"] = (pictures[..., 0] - pictures[..., 2]).mean(axis=(1, 2))
    sides = (pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1])
    border = np.median(np.concatenate(sides, axis=1), axis=1)
    measured["size"] = (np.abs(pictures - border[:, None, None]).max(axis=3) > FOREGROUND).mean(axis=(1, 2))
    return measured


def _named(changes: list[_Change]) -> tuple[list[int], list[tuple[Word, Word]]]:
    """The axes that are taken, the strongest first, and what their ends are called: of the same names, one only."""
    words: list[tuple[Word, Word]] = []
    order = sorted(range(len(changes)), key=lambda row: -changes[row].strength)[:SLIDERS]
    for row in order:
        words.append(_words(changes[row], words))
    return order, words


def _words(change: _Change, taken: list[tuple[Word, Word]]) -> tuple[Word, Word]:
    used = {word for pair in taken for word in pair}
    if change.rises is not None:
        first, other = (int(rise.argmax()) for rise in change.rises)
        is_clear = change.rises.max(axis=1).min() >= CLEAR_CLASS
        if first != other and is_clear and {first, other} not in [set(pair) for pair in taken]:
            return first, other
    for name, size in sorted(change.measures.items(), key=lambda measure: -abs(measure[1])):
        first_word, other_word = MEASURES[name] if size > 0 else MEASURES[name][::-1]
        if abs(size) >= CLEAR_MEASURE and first_word not in used:
            return first_word, other_word
    return NAMELESS


def _class_means(index: SeedIndex | None, latent_dim: int) -> tuple[Tensor, list[int]]:
    """Towards the mean of the latents that D names each class of, and the classes: (C, latent_dim), C numbers."""
    if index is None:
        return torch.empty(0, latent_dim), []
    draws = index.draws[:INDEXED]
    classes = ((draws != NOT_FOUND).sum(dim=0) >= LEAST_PICTURES).nonzero().flatten()[:MOST_CLASSES].tolist()
    sums = torch.zeros(len(classes), latent_dim, dtype=torch.float64)
    for seed, found in enumerate(draws[:, classes].tolist()):
        latents = LatentStream(seed, latent_dim).take(max(found, default=NOT_FOUND) + 1).double()
        for row, draw in enumerate(found):
            if draw != NOT_FOUND:
                sums[row] += latents[draw]
    return F.normalize(sums, dim=1).float(), classes
