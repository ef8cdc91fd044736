"""Results against counts made by hand, on each scale, and what holds for any votes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.report.confidence_use import NO_USE, ConfidenceUse
from amgan.reviews.report.results import model_name, results_of
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.reviews.statistics.outcome import Outcome
from amgan.reviews.statistics.preference import Preference
from amgan.reviews.statistics.share import Share
from amgan.reviews.statistics.threshold import Prediction
from amgan.reviews.vote import counted, keeps
from tests.reviews.random_reviews import picture, review_of, specs, votes_on
from tests.reviews.said import SETTABLE, said, stored

BAGS = [picture(seed, class_probability=p) for seed, p in enumerate((0.5, 0.7, 0.9))]
COATS = [picture(seed, asked=None, label="Coat", class_probability=0.8) for seed in range(2)]


def two_classes(**changes):
    return stored(ReviewSpec("Spring", tuple(map(Item, BAGS + COATS)), **changes))


def test_keep_and_reject_by_hand():
    votes = said({"reviewer-1": "kkrkr", "reviewer-2": "krr-r", "reviewer-3": "k-k  "})
    found = results_of(two_classes(target=0.6), votes, uses=SETTABLE)
    assert [(group.name, group.liked, group.pictures) for group in found.classes] == [
        ("Bag", Share(5, 8), 3), ("Coat", Share(1, 3), 2),
    ]  # fmt: skip
    assert found.whole.liked == Share(6, 11)
    assert [group.outcome for group in found.classes] == [Outcome(True, False), Outcome(False, False)]
    assert found.classes[0].confidence == pytest.approx(0.7)
    assert [one.liked for one in found.items] == [Share(3, 3), Share(1, 2), Share(1, 3), Share(1, 1), Share(0, 2)]
    # One of two is not most of them.
    assert [one.number for _, one in found.kept] == [0, 3]
    assert [kept for kept, _ in found.kept] == [BAGS[0], COATS[0]]
    assert (found.votes, found.skips) == (11, 2)
    assert found.surer_wins is None
    assert list(found.predictions) == [group.name for group in found.models] == ["shoes 0123abcd"]


def test_stars_by_hand():
    votes = said({"reviewer-1": "4521 ", "reviewer-2": "3453 "})
    found = results_of(two_classes(scale="stars"), votes)
    assert [one.mean_stars for one in found.items] == [3.5, 4.5, 3.5, 2, None]
    assert [one.liked for one in found.items] == [Share(1, 2), Share(2, 2), Share(1, 2), Share(0, 2), None]
    assert [kept for kept, _ in found.kept] == [BAGS[1]]
    assert found.whole.outcome is None


def test_pairs_by_hand():
    items = tuple(
        Item(a, picture(a.seed, revision="9876fedc", label=a.label, class_probability=0.8)) for a in BAGS + COATS
    )
    review = stored(ReviewSpec("Old or new", items, target=0.5))
    votes = said({"reviewer-1": "bbab=", "reviewer-2": "b=a-b", "reviewer-3": "ba   "})
    found = results_of(review, votes)
    assert found.whole.liked == Share(6, 9)
    assert found.whole.same == 2
    assert [(group.name, group.liked, group.pictures) for group in found.models] == [
        ("shoes 0123abcd", Share(3, 9), 5), ("shoes 9876fedc", Share(6, 9), 5),
    ]  # fmt: skip
    assert [(group.name, group.liked, group.same) for group in found.classes] == [
        ("Bag", Share(4, 7), 1), ("different classes", Share(2, 2), 1),
    ]  # fmt: skip
    assert [kept.revision[0] for kept, _ in found.kept] == ["9", "0", "9", "9"]
    assert [one.number for _, one in found.kept] == [0, 2, 3, 4]
    # Choices of item 0, 1 for b, whose D is surer, of item 2 for a; those of items 3 and 4 are ties.
    assert found.surer_wins == Share(6, 7)
    assert found.surer_wins.pictures == 3
    assert found.preference == Preference(1, 3, 9, 2, 3)
    assert not found.predictions


def test_many_votes_on_few_pictures_are_not_certain():
    votes = said({f"reviewer-{n}": "kkkkk" if n % 5 else "kkkrr" for n in range(20)})
    found = results_of(two_classes(target=0.6), votes)
    assert [group.liked for group in found.classes] == [Share(60, 60), Share(32, 40)]
    assert [group.outcome for group in found.classes] == [Outcome(True, False)] * 2
    for group in (*found.classes, *found.models, found.whole):
        assert group.liked.effective == pytest.approx(group.pictures)


def test_a_confidence_that_means_nothing_predicts_nothing():
    review = two_classes(target=0.6)
    votes = said({"reviewer-1": "kkrkr", "reviewer-2": "krrkr", "reviewer-3": "kkkrr"})
    for uses in (
        None,
        {},
        {("shoes", "0123abcd"): NO_USE},
        {("shoes", "9876fedc"): ConfidenceUse(True, 0.0)},
    ):
        assert results_of(review, votes, uses=uses).predictions == {}
    settable = results_of(review, votes, uses=SETTABLE).predictions["shoes 0123abcd"]
    told = results_of(review, votes, uses={("shoes", "0123abcd"): ConfidenceUse(True)}).predictions["shoes 0123abcd"]
    assert told == Prediction(settable.auc, (), None, settable=False)
    assert settable.auc is not None
    assert settable.steps
    assert settable.recommendation


def test_thresholds_begin_at_the_confidence_that_pictures_were_drawn_with():
    """Nobody saw what lies below it."""
    own, given = picture(asked="Bag"), picture(asked="Bag", confidence=0.8)
    free = picture(asked=None)
    for mine, floors, first in (
        ([own], (0.7,), 0.7), ([given], (0.8,), 0.8), ([free], (0.0,), 0.0), ([free, own], (0.0, 0.7), 0.0),
    ):  # fmt: skip
        items = tuple(Item(replace(mine[n % len(mine)], seed=n)) for n in range(20))
        uses = {("shoes", "0123abcd"): ConfidenceUse(True, 0.7)}
        found = results_of(stored(ReviewSpec("t", items, target=0.6)), said({"reviewer-1": "k" * 20}), uses=uses)
        (prediction,) = found.predictions.values()
        assert prediction.floors == floors
        assert prediction.steps[0].confidence == first
        assert all(step.confidence > first for step in prediction.steps[1:])


def test_several_models_are_told_apart():
    names = [picture(1), picture(1, truncation=0.7), picture(1, confidence=0.9), picture(1, revision="f" * 40)]
    assert [model_name(one) for one in names] == [
        "shoes 0123abcd", "shoes 0123abcd, truncation 0.7", "shoes 0123abcd, confidence 0.9", "shoes ffffffff",
    ]  # fmt: skip
    found = results_of(stored(ReviewSpec("t", tuple(map(Item, names)))), said({"reviewer-1": "krk "}))
    assert [group.liked for group in found.models] == [Share(1, 1), Share(0, 1), Share(1, 1), None]


def test_a_judge_is_compared_with_what_was_asked_or_else_shown():
    judged = {BAGS[0]: "Bag", BAGS[1]: "Coat", COATS[0]: "Coat"}
    found = results_of(two_classes(), [], judged)
    assert [group.judged for group in found.classes] == [Share(1, 2), Share(1, 1)]
    assert found.whole.judged == Share(2, 3)
    assert results_of(two_classes(), []).whole.judged is None


def test_without_votes_nothing_is_claimed():
    found = results_of(two_classes(target=0.6), [], uses=SETTABLE)
    assert found.whole.liked is found.whole.outcome is found.agreement.alpha is None
    assert found.kept == []
    assert (found.votes, found.skips, found.seconds) == (0, 0, 0)
    assert found.predictions["shoes 0123abcd"].recommendation is None


@given(specs.flatmap(lambda spec: st.tuples(st.just(spec), st.lists(votes_on(spec), max_size=30))))
def test_groups_add_up_to_the_plain_count(pair):
    spec, votes = pair
    found = results_of(stored(spec), votes)
    standing = counted(votes)
    said_so = [vote for vote in standing if (vote.verdict in ("a", "b") if spec.is_pairs else keeps(vote) is not None)]
    hits = sum(vote.verdict == "b" if spec.is_pairs else bool(keeps(vote)) for vote in said_so)
    assert found.whole.liked == (Share(hits, len(said_so)) if said_so else None)
    for groups in (found.classes, found.items):
        assert sum(one.liked.count for one in groups if one.liked) == len(said_so)
        assert sum(one.liked.hits for one in groups if one.liked) == hits
    if not spec.is_pairs:
        assert sum(group.liked.count for group in found.models if group.liked) == len(said_so)
    assert sum(group.pictures for group in found.models) == sum(len(item.pictures) for item in spec.items)
    assert found.votes + found.skips == len(standing)


def test_a_vote_taken_back_or_changed_counts_as_it_stands():
    first = said({"reviewer-1": "kk"})
    later = [*first, *said({"reviewer-1": "ru"})]
    assert results_of(stored(review_of(2)), later).whole.liked == Share(0, 1)
