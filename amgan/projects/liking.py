"""What people would keep of pictures that they did not see, told from those that they did, by a line through features.

Classes are compared with themselves only: that one is liked more than another says nothing of a picture within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 8
"""Of kept pictures and of rejected ones; from fewer nothing is told."""

PARTS = 5
STRENGTH = 10.0
"""How closely the line follows the votes, scikit-learn's C."""

BETTER = 0.6
"""Where the line tells a kept picture that it did not know from a rejected one less often, it is of no use; guessing
comes to a half."""


@dataclass(frozen=True)
class Liking:
    """A line, and how good it is.

    Attributes:
        known: How often it puts a kept picture that it was not told of above a rejected one, 0 to 1.
        direction: Float64 (F,): the more of it a picture has, the sooner it is kept.
        centres: Of each class, float64 (F,).
        scale: Of each feature, float64 (F,).
    """

    known: float
    direction: np.ndarray
    centres: dict[str, np.ndarray]
    scale: np.ndarray

    @property
    def is_useful(self) -> bool:
        """Whether the votes tell anything of other pictures."""
        return self.known >= BETTER

    def of(self, features: np.ndarray, labels: Sequence[str]) -> np.ndarray:
        """How much pictures would be liked within their classes, float64 (N,), in units of nothing.

        Args:
            features: (N, F).
            labels: N classes, known ones.
        """
        centred = features - np.stack([self.centres[label] for label in labels])
        liked: np.ndarray = (centred / self.scale) @ self.direction
        return liked


def liking_of(features: np.ndarray, labels: Sequence[str], kept: Sequence[bool]) -> Liking | None:
    """Learn from pictures that were judged; None where fewer than `FEWEST` were kept, or rejected.

    Args:
        features: (N, F).
        labels: N classes.
        kept: Whether each was kept.
    """
    from sklearn.linear_model import LogisticRegression  # takes a second to import
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    said = np.array(kept, dtype=bool)
    if min(said.sum(), (~said).sum()) < FEWEST:
        return None
    own = np.array(labels)
    features = features.astype(np.float64)
    centres = {name: features[own == name].mean(axis=0) for name in dict.fromkeys(labels)}
    centred = features - np.stack([centres[name] for name in labels])
    scale = np.maximum(centred.std(axis=0), 1e-6) * np.sqrt(features.shape[1])
    line = LogisticRegression(C=STRENGTH, max_iter=500)
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=0)
    foretold = cross_val_predict(line, centred / scale, said, cv=parts, method="decision_function")
    line.fit(centred / scale, said)
    return Liking(float(roc_auc_score(said, foretold)), line.coef_[0], centres, scale)
