"""What stands between photos and a good model: shown, with what to do about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from amgan.data.labelled_images import FEW_OF_CLASS, LabelledImages
from amgan.data.repeats import repeats
from amgan.networks.objectives import UNLABELLED
from amgan.projects.grouping import Guess
from amgan.projects.labels import Labels
from amgan.projects.looks import THUMB, Looks

UNEVEN = 5
"""So many times as many photos in the largest class as in the smallest are named."""

ALIKE = 0.25
"""Two classes cannot be told apart where this part of their photos looks like the other one."""

FAR = 4.0
"""So many robust standard deviations from the median are far out."""

LESS_SHARP = 0.7
"""In a blurred photo the part of what varies that varies from pixel to pixel is half of the usual or less (ln 2)."""


@dataclass(frozen=True)
class Problem:
    """A problem.

    Attributes:
        kind: What it is; `ProjectWords.problem` says it to people.
        photos: Which photos have it, the worst first; none if it is one of classes.
        classes: Which classes have it; of uneven ones the largest and the smallest.
    """

    kind: str
    photos: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


def problems_of(labels: Labels, looks: Looks, second: Sequence[Guess]) -> list[Problem]:
    """All that is found.

    Args:
        labels: The labels as they stand.
        looks: What is known of the photos that are part of the project, in their order.
        second: `second_looks` of them.
    """
    return [*_of_classes(labels, looks, second), *_repeated(labels, looks), *_single(labels, looks)]


def doubtful(labels: Labels, looks: Looks, second: Sequence[Guess]) -> list[Guess]:
    """The second looks at which nobody has looked yet, the most doubtful first."""
    return [guess for guess in second if looks.names[guess.row] not in labels.looked]


def _of_classes(labels: Labels, looks: Looks, second: Sequence[Guess]) -> list[Problem]:
    counts, found = labels.counts, []
    if few := tuple(name for name, photos in counts.items() if photos < FEW_OF_CLASS):
        found.append(Problem("few", classes=few))
    if counts and max(counts.values()) > UNEVEN * min(counts.values()):
        large, small = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
        found.append(Problem("uneven", classes=(large, small)))
    confused = Counter(
        tuple(sorted((own, guess.label)))
        for guess in second
        if (own := labels.classes[looks.names[guess.row]]) != guess.label
    )
    for (one, other), mistaken in confused.most_common():
        if mistaken > ALIKE * (counts[one] + counts[other]):
            found.append(Problem("alike", classes=(one, other)))
    strange = [
        photo
        for guess in doubtful(labels, looks, second)
        if guess.label != labels.classes[photo := looks.names[guess.row]]
    ]
    return found + _of_photos("doubtful", strange)


def _repeated(labels: Labels, looks: Looks) -> list[Problem]:
    numbers = {name: number for number, name in enumerate(labels.counts)}
    of_photos = [numbers.get(labels.classes.get(name, ""), UNLABELLED) for name in looks.names]
    data = LabelledImages(looks.thumbs, torch.tensor(of_photos), tuple(numbers), "", "crop", {}, names=looks.names)
    torn, surplus = [], []
    for group in repeats(data):
        if len({of_photos[row] for row in group} - {UNLABELLED}) > 1:
            torn += [looks.names[row] for row in group]
        else:
            surplus += [looks.names[row] for row in group[1:]]
    return [
        *_of_photos("torn", torn),
        *_of_photos("repeated", surplus),
    ]


def _single(labels: Labels, looks: Looks) -> list[Problem]:
    shorter = looks.sizes.min(dim=1).values.numpy()
    sharpness = np.log(looks.sharpness.numpy() + 1e-6)
    features, far, blur = looks.features.numpy(), np.zeros(len(looks.names)), np.zeros(len(looks.names))
    large = {name for name, photos in labels.counts.items() if photos >= FEW_OF_CLASS}
    classes = [labels.classes.get(photo, "") for photo in looks.names]
    for name in {*large, None}:
        rows = [row for row, own in enumerate(classes) if own == name or (name is None and own not in large)]
        usual = np.median(sharpness[rows]) if rows else 0.0
        blur[rows] = np.minimum(_robust(sharpness[rows]), 0) * (usual - sharpness[rows] > LESS_SHARP)
        if name is not None:
            far[rows] = _robust(np.linalg.norm(features[rows] - features[rows].mean(axis=0), axis=1))
    looked = np.array([photo in labels.looked for photo in looks.names], dtype=bool)
    tiny = _worst(looks, shorter < THUMB, shorter)
    blurred = _worst(looks, (blur < -FAR) & (shorter >= THUMB), sharpness)
    outlier = _worst(looks, (far > FAR) & ~looked, -far)
    return [
        *_of_photos("tiny", tiny),
        *_of_photos("blurred", blurred),
        *_of_photos("outlier", outlier),
    ]


def _of_photos(kind: str, photos: Sequence[str]) -> list[Problem]:
    return [Problem(kind, tuple(photos))] if photos else []


def _robust(values: np.ndarray) -> np.ndarray:
    """Values in standard deviations from their median, both from the middle half."""
    if not len(values):
        return values
    away = values - np.median(values)
    deviations: np.ndarray = away / max(1.4826 * float(np.median(np.abs(away))), 1e-6)
    return deviations


def _worst(looks: Looks, which: np.ndarray, by: np.ndarray) -> list[str]:
    rows = np.flatnonzero(which)
    return [looks.names[row] for row in rows[np.argsort(by[rows], kind="stable")]]
