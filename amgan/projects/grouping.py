"""Photos in groups of alike ones, and what the labelled ones say of the others, from the features of a frozen net."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

MOST_PROPOSED = 60
WORTH = 3.0
"""A group is proposed in two as long as that explains as much as so many photos vary: two groups of one class cost a
name, two classes in one group a move for each photo. What was measured is in benchmarks/README.md."""

PARTS = 5
"""The labels of each of so many parts of the photos are predicted from those of the others."""

STRENGTH = 10.0
"""How closely the classifier follows its labels, scikit-learn's C."""


class Groups:
    """Every way to put photos into groups: of each finer one, some groups are parts of one of the coarser."""

    def __init__(self, features: np.ndarray) -> None:
        """Find them, by Ward's method.

        Args:
            features: (N, F), a row a photo.
        """
        from scipy.cluster.hierarchy import linkage  # with scikit-learn seconds, for which few commands have a use

        self._features = features
        self._tree = linkage(features, "ward") if len(features) > 1 else None

    @property
    def proposed(self) -> int:
        """A number of groups that keeps classes apart; more where the photos differ in more ways."""
        if self._tree is None:
            return 1
        explained = self._tree[:, 2] ** 2 / 2  # by parting what was joined: so much less do squared distances add up to
        return min(MOST_PROPOSED, 1 + int((explained >= WORTH).sum()))

    def of(self, number: int) -> np.ndarray:
        """The group of each photo, 0 and up, the largest first; fewer than `number` where photos are the same."""
        from scipy.cluster.hierarchy import fcluster

        if self._tree is None:
            return np.zeros(len(self._features), dtype=int)
        groups = fcluster(self._tree, number, "maxclust")
        _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
        ranked: np.ndarray = rank[group]
        return ranked


@dataclass(frozen=True)
class Guess:
    """What the other photos say of one.

    Attributes:
        row: Of the photo.
        label: The class it looks like.
        sure: How surely, 0 to 1.
        own: Of a labelled one, how surely it is of its own class.
    """

    row: int
    label: str
    sure: float
    own: float = 0.0


def proposals(features: np.ndarray, labels: list[str | None]) -> list[Guess]:
    """The classes of the photos without one, the least sure first; none as long as fewer than two have a photo.

    Args:
        features: (N, F), a row a photo.
        labels: N classes, None for none.
    """
    known = [row for row, label in enumerate(labels) if label is not None]
    others = [row for row, label in enumerate(labels) if label is None]
    if not others or len({labels[row] for row in known}) < 2:
        return []
    model = classifier().fit(features[known], [labels[row] for row in known])
    shares = model.predict_proba(features[others])
    found = [Guess(row, str(model.classes_[share.argmax()]), float(share.max())) for row, share in zip(others, shares)]
    return sorted(found, key=lambda guess: guess.sure)


def second_looks(features: np.ndarray, labels: list[str | None]) -> list[Guess]:
    """What each labelled photo looks like to a classifier that was not told its label, the most doubtful labels first.

    Args:
        features: (N, F), a row a photo.
        labels: N classes, None for none; photos of classes with a single one are left out.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    given = Counter(labels)
    known = [row for row, label in enumerate(labels) if label is not None and given[label] > 1]
    own = np.array([labels[row] for row in known])
    classes, counts = np.unique(own, return_counts=True)
    if len(classes) < 2:
        return []
    parts = StratifiedKFold(min(PARTS, int(counts.min())), shuffle=True, random_state=0)
    shares = cross_val_predict(classifier(), features[known], own, cv=parts, method="predict_proba")
    found = [
        Guess(row, str(classes[share.argmax()]), float(share.max()), float(share[number]))
        for row, share, number in zip(known, shares, np.searchsorted(classes, own))
    ]
    return sorted(found, key=lambda guess: guess.own)


def classifier() -> LogisticRegression:
    """What tells classes by features, not fitted yet."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=500)
