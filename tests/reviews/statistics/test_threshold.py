"""D's confidence against people's votes: the rank identity with ties, the table by hand, what is recommended."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.statistics.outcome import State, every, outcome
from amgan.reviews.statistics.threshold import LEAST_VOTES, STEPS, Opinion, predict

few = st.sampled_from([0.1, 0.5, 0.65, 0.9, 0.99])
opinions = st.lists(
    st.builds(
        Opinion, few, st.booleans(), st.sampled_from(["Bag", "Coat"]), st.integers(0, 30), st.sampled_from("abcde")
    ),
    max_size=60,
)


def some(confidence: float, kept: int, rejected: int, label: str = "Bag", first: int = 0) -> list[Opinion]:
    """Votes on pictures of their own, by three people in turns."""
    return [Opinion(confidence, n < kept, label, first + n, "abc"[n % 3]) for n in range(kept + rejected)]


@given(opinions)
def test_the_area_is_the_share_of_pairs_with_the_kept_one_surer(votes):
    kept = [one.confidence for one in votes if one.kept]
    rejected = [one.confidence for one in votes if not one.kept]
    found = predict(votes, None).auc
    if not kept or not rejected:
        assert found is None
        return
    wins = sum((k > r) + (k == r) / 2 for k in kept for r in rejected)
    assert found == pytest.approx(wins / (len(kept) * len(rejected)), abs=1e-6)


@given(opinions, st.none() | st.sampled_from([0.0, 0.4, 0.6, 0.9, 1.0]))
def test_every_step_is_a_plain_count(votes, target):
    found = predict(votes, target)
    assert bool(found.steps) == (len(votes) >= LEAST_VOTES)
    assert (found.recommendation is None) == (not found.steps)
    for step in found.steps:
        left = [one for one in votes if one.confidence >= step.confidence]
        assert step.confidence in (0.0, *STEPS)
        assert (step.kept.hits, step.kept.count) == (sum(one.kept for one in left), len(left))
        assert step.pictures_left == len({one.picture for one in left}) / len({one.picture for one in votes})
        assert sum(one.count for one in step.classes.values()) == step.kept.count
    if found.recommendation is not None and found.recommendation.reached in ("already", "every class"):
        assert all(one.value >= target for one in found.recommendation.step.classes.values())


@given(opinions, st.sampled_from([0.0, 0.4, 0.6, 0.9, 1.0]), st.booleans())
def test_it_says_the_same_as_the_verdicts_on_the_classes(votes, target, has_silent_class):
    """Without a least confidence the classes are those of the verdicts, so one is not met where the other is."""
    labels = {one.label for one in votes} | ({"Boot"} if has_silent_class else set())
    prediction = predict(votes, target, labels=labels)
    found = prediction.recommendation
    if found is None:
        return
    verdicts = {label: outcome(share, target) for label, share in prediction.steps[0].classes.items()}
    verdict = every([verdicts.get(label) for label in labels])
    so_far = all(one.so_far for one in verdicts.values())
    assert (found.reached == "already" and found.certain) == (verdict is State.MET)
    # What is met so far is met so far without one, unless there is one from which on it is certain.
    assert (found.reached == "already" or (found.reached == "every class" and found.certain)) >= so_far
    assert (found.reached == "already") <= so_far
    left = [outcome(share, target) for share in found.step.classes.values()]
    if found.reached in ("already", "every class"):
        assert found.certain == (every(left) is State.MET and not has_silent_class)
    elif found.reached == "on the whole":
        assert found.certain == outcome(found.step.kept, target).certain
    else:
        assert not found.certain


def test_the_least_confidence_that_meets_the_target_in_every_class():
    votes = [
        *some(0.55, 2, 8), *some(0.85, 9, 1, first=10), *some(0.97, 10, 0, first=20),
        *some(0.92, 8, 2, "Coat", first=30),
    ]  # fmt: skip
    found = predict(votes, 0.8).recommendation
    assert (found.reached, found.certain) == ("every class", False)
    # 0.6 and 0.7 leave the same votes, so the least of them is named.
    assert found.step.confidence == 0.6
    assert (found.step.kept.hits, found.step.kept.count) == (27, 30)
    assert found.step.pictures_left == 0.75


def test_what_is_certain_is_worth_a_higher_confidence():
    votes = [*some(0.55, 65, 35), *some(0.85, 12, 3, first=100), *some(0.97, 40, 0, first=200)]
    found = predict(votes, 0.6).recommendation
    assert (found.reached, found.step.confidence, found.certain) == ("already", 0.0, True)
    # 75 % so far, which might be less.
    found = predict(votes, 0.7).recommendation
    assert (found.reached, found.step.confidence, found.certain) == ("every class", 0.6, True)
    # All that is left would have to be kept, and that is seen of few.
    found = predict(votes[:-20], 0.99).recommendation
    assert (found.reached, found.step.confidence, found.certain) == ("every class", 0.9, False)


def test_one_person_s_taste_is_not_certain():
    alone = [replace(one, reviewer="a") for one in some(0.9, 40, 0)]
    found = predict(alone, 0.6).recommendation
    assert (found.reached, found.certain) == ("already", False)


def test_a_class_without_votes_leaves_it_open():
    votes = some(0.9, 40, 0)
    found = predict(votes, 0.6, labels=["Bag"]).recommendation
    assert (found.reached, found.certain) == ("already", True)
    found = predict(votes, 0.6, labels=["Bag", "Coat"]).recommendation
    assert (found.reached, found.certain) == ("already", False)


def test_a_picture_just_at_a_threshold_is_left():
    found = predict([*some(0.5, 10, 0), *some(0.9, 10, 0, first=10), *some(0.95, 0, 10, first=20)], None)
    assert [(step.confidence, step.kept.count) for step in found.steps] == [(0.0, 30), (0.6, 20), (0.95, 10)]


def test_votes_on_one_picture_count_once():
    votes = [Opinion(0.9, True, "Bag", n % 4, f"reviewer-{n // 4}") for n in range(40)]
    (step,) = predict(votes, None).steps
    assert (step.kept.count, step.kept.pictures) == (40, 4)
    assert step.kept.effective == pytest.approx(4)


def test_a_model_without_a_least_confidence_gets_none():
    votes = [*some(0.55, 2, 8), *some(0.97, 10, 0, first=10)]
    found = predict(votes, 0.8, settable=False)
    assert found.auc == predict(votes, 0.8).auc
    assert (found.steps, found.recommendation) == ((), None)


def test_met_already_met_on_the_whole_and_out_of_reach():
    good = [*some(0.55, 9, 1), *some(0.97, 10, 0, first=10)]
    found = predict(good, 0.7).recommendation
    assert (found.reached, found.certain) == ("already", True)
    one_bad_class = [*some(0.55, 10, 40), *some(0.97, 40, 0, first=50), *some(0.97, 1, 9, "Coat", first=100)]
    found = predict(one_bad_class, 0.6).recommendation
    assert (found.reached, found.step.confidence, found.certain) == ("on the whole", 0.6, True)
    found = predict(one_bad_class, 0.95).recommendation
    assert (found.reached, found.step.confidence) == ("nearest", 0.6)


def test_without_a_target_what_surely_keeps_more_or_nothing():
    better = [*some(0.55, 10, 40), *some(0.97, 40, 10, first=50)]
    found = predict(better, None).recommendation
    assert (found.reached, found.step.confidence) == ("best", 0.6)
    chance = [*some(0.55, 25, 25), *some(0.97, 27, 23, first=50)]
    found = predict(chance, None).recommendation
    assert (found.reached, found.step.confidence) == ("no gain", 0.0)


def test_a_confidence_that_leaves_nothing_of_a_class_is_not_recommended():
    votes = [*some(0.55, 2, 8, "Coat"), *some(0.85, 5, 5, first=10), *some(0.97, 20, 0, first=20)]
    for target in (None, 0.9):
        found = predict(votes, target)
        assert (found.recommendation.reached, found.recommendation.step) == ("no gain", found.steps[0])
        assert [step.confidence for step in found.steps] == [0.0, 0.6, 0.9]
