"""What votes tell of pictures nobody saw: a planted taste is found, within classes, and none where there is none."""

from __future__ import annotations

import numpy as np

from amgan.projects.liking import FEWEST, liking_of

LABELS = ["a"] * 60 + ["b"] * 60


def pictures(seed):
    """Features of 120 pictures of two classes that lie far apart; the third says what is liked."""
    features = np.random.default_rng(seed).normal(size=(120, 5))
    features[60:] += [9, 9, 4, 0, 0]
    return features, features[:, 2] > np.repeat([0, 4], 60)


def test_a_taste_is_told_from_votes_within_each_class():
    features, kept = pictures(0)
    liking = liking_of(features, LABELS, kept)
    assert liking.is_useful
    unseen, liked = pictures(1)
    scores = liking.of(unseen, LABELS)
    for rows in (slice(0, 60), slice(60, 120)):
        best = np.argsort(-scores[rows])[:15]
        assert liked[rows][best].mean() > 0.9


def test_that_one_class_is_liked_more_tells_nothing_of_a_picture_within_it():
    features, _ = pictures(0)
    kept = np.array(LABELS) == "a"
    assert not liking_of(features, LABELS, kept).is_useful


def test_chance_and_too_few_votes_tell_nothing():
    features, _ = pictures(0)
    assert not liking_of(features, LABELS, np.arange(120) % 2 == 0).is_useful
    assert liking_of(features, LABELS, np.arange(120) < FEWEST - 1) is None
    assert liking_of(features, LABELS, [True] * 120) is None
