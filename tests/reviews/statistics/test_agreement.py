"""Agreement of reviewers: Krippendorff's own examples, and what cannot be told."""

from __future__ import annotations

import pytest

from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.reviews.statistics.agreement import agreement
from tests.reviews.random_reviews import picture, review_of
from tests.reviews.said import said


# K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, examples A and C.
def test_two_observers_of_two_values():
    votes = said({"observer-a": "rkrrrrrrkr", "observer-b": "kkkrrkrrrr"})
    found = agreement(review_of(10), votes)
    assert found.alpha == pytest.approx(0.095, abs=5e-4)
    assert (found.items, found.reviewers) == (10, 2)


def test_four_observers_of_ordered_values_with_gaps():
    votes = said(
        {
            "observer-a": "123321412",
            "observer-b": "1233224125 3",
            "observer-c": " 3332342251",
            "observer-d": "12332441251",
        }
    )
    found = agreement(review_of(12, scale="stars"), votes)
    assert found.alpha == pytest.approx(0.815, abs=5e-4)
    assert (found.items, found.reviewers) == (11, 4)


def test_the_same_and_the_opposite():
    assert agreement(review_of(4), said({"reviewer-1": "krkr", "reviewer-2": "krkr"})).alpha == 1
    assert agreement(review_of(4), said({"reviewer-1": "krkr", "reviewer-2": "rkrk"})).alpha < 0


def test_skips_say_nothing_and_pairs_are_names():
    votes = said({"reviewer-1": "k-rk", "reviewer-2": "krr-"})
    assert agreement(review_of(4), votes).items == 2
    pairs = ReviewSpec("t", tuple(Item(picture(n), picture(n, revision="other")) for n in range(4)))
    found = agreement(pairs, said({"reviewer-1": "ab=a", "reviewer-2": "ab=a"}))
    assert found.alpha == 1


@pytest.mark.parametrize(
    ("texts", "items"),
    [
        ({}, 0),
        ({"reviewer-1": "krkr"}, 0),
        ({"reviewer-1": "kr", "reviewer-2": "  kr"}, 0),
        ({"reviewer-1": "kk--", "reviewer-2": "kk--"}, 2),
    ],
)
def test_what_cannot_be_told_is_not(texts, items):
    found = agreement(review_of(4), said(texts))
    assert found.alpha is None
    assert found.items == items
