"""Results in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.report.results import results_of
from amgan.reviews.report.words import ReportWords, state_of
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.reviews.statistics.outcome import State
from amgan.reviews.statistics.share import Share
from amgan.reviews.statistics.threshold import Opinion, Prediction, predict
from amgan.reviews.vote import VERDICTS, possible_verdicts
from tests.reviews.random_reviews import picture, review_of
from tests.reviews.said import dealt, said, stored

words = ReportWords()
# Where a line may not end is the business of the languages' tests.
words.say = lambda name, /, say=words.say, **values: say(name, **values).replace("\N{NO-BREAK SPACE}", " ")
SPLIT = "boots 0123abcd is ahead in {} pairs, shoes 0123abcd in {}"
FOR_B = " of the choices are for boots 0123abcd; "
NO_DIFFERENCE = "No difference can be told yet by 3 people"
MANY = "64 % (64 of 100) of the choices"
WINS = f" wins with 3 people: ahead in 64 of 100 pairs that differ (sign test, p = 0.00664), with {MANY}; "
TASTE = "Nothing is certain before 3 people voted, as it may be a matter of taste: "
CLASSES = (("Bag", 29), ("Boot", 40), ("Coat", 10), ("Hat", 1))


def of_classes(kept: dict[str, int], target: float | None = 0.6):
    """So many pictures of each class are kept, each judged by one of three people."""
    items = [Item(picture(seed, asked=label, label=label)) for label, count in CLASSES for seed in range(count)]
    text = "".join("k" * kept[label] + "r" * (count - kept[label]) for label, count in CLASSES if label in kept)
    spec = ReviewSpec("t", tuple(items), target=target)
    return spec, results_of(stored(spec), said(dealt(text)))


def pairs(text: str, target: float | None = None, people: int = 3):
    spec = ReviewSpec("t", tuple(Item(picture(n), picture(n, model="boots")) for n in range(len(text))), target=target)
    return spec, results_of(stored(spec), said(dealt(text, people)))


def test_numbers():
    assert words.of_votes(Share(12, 29)) == "41 % (12 of 29)"
    assert words.interval(Share(12, 29)) == "26 to 59 %"
    assert words.percent(40 / 67) == words.goal(0.6) == "60 %"
    assert words.of_votes(Share(40, 67), 0.6) == "59.7 % (40 of 67)"
    assert words.of_votes(Share(41, 67), 0.6) == "61 % (41 of 67)"
    assert words.of_votes(Share(11, 20), 0.55) == "55 % (11 of 20)"
    assert words.of_votes(Share(121, 200), 0.605) == "60.5 % (121 of 200)"
    assert words.goal(0.605) == "60.5 %"
    assert [words.minutes(seconds) for seconds in (0, 29, 61, 125)] == [
        "less than a minute", "less than a minute", "1 minute", "2 minutes",
    ]  # fmt: skip


def test_classes_are_called_as_the_reader_calls_them():
    spec, results = of_classes({"Bag": 12, "Boot": 38, "Coat": 7})
    japanese = ReportWords("ja", {"Bag": "バッグ", "Hat": "帽子"})
    said = " ".join(japanese.target_lines(spec, results) + japanese.next_lines(spec, results))
    assert [name in said for name in ("バッグ", "帽子", "Boot", "Coat", "Bag", "Hat")] == [True] * 4 + [False] * 2
    assert japanese.label(spec.items[0]) == "バッグ"


def test_people_without_a_name_are_numbered_in_the_readers_language():
    _, results = of_classes({"Bag": 12})
    for lang, called in (("en", "Reviewer {}"), ("ja", "回答者{}")):
        told = [ReportWords(lang).person(one) for one in results.reviewers]
        assert told == [called.format(number) for number in range(1, len(told) + 1)]


def test_a_target_in_every_class_is_told_class_by_class():
    spec, results = of_classes({"Bag": 12, "Boot": 38, "Coat": 7})
    assert state_of(spec, results) is State.NOT_MET
    assert words.headline(spec, results) == "At least 60 % kept in every class: not met, by the votes of 3 people."
    assert words.target_lines(spec, results) == [
        "Not met: Bag 41 % (12 of 29).",
        "Met so far, but more pictures or votes may change that: Coat 70 % (7 of 10).",
        "Met: Boot 95 % (38 of 40).",
        "No votes yet: Hat.",
    ]
    (more,) = words.next_lines(spec, results)
    assert more.startswith("More that would tell, if it goes on like this: Coat ")
    assert more.endswith(" pictures.")
    spec, results = of_classes({"Bag": 16, "Boot": 38})
    assert words.headline(spec, results).endswith(": not certain yet, by the votes of 3 people.")
    assert (
        words.target_lines(spec, results)[0]
        == "Not met so far, but more pictures or votes may change that: Bag 55 % (16 of 29)."
    )
    assert [words.outcome(group.outcome) for group in results.classes] == [
        "not met so far, not certain yet", "met", "no votes yet", "no votes yet",
    ]  # fmt: skip


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 100))
def test_no_share_is_rounded_to_the_target_s_other_side(hits, count, target):
    one = Share(min(hits, count), count)
    shown = float(words.percent(one.value, target / 100).removesuffix(" %"))
    assert (shown >= target) == (one.value >= target / 100)
    assert shown == pytest.approx(100 * one.value, abs=0.5)


def test_without_a_target_or_votes():
    spec, results = of_classes({"Bag": 12}, target=None)
    assert words.headline(spec, results) == "41 % (12 of 29) of the votes of 3 people are for keeping the picture."
    assert state_of(spec, results) is None
    assert words.target_lines(spec, results) == []
    spec, results = of_classes({})
    assert words.headline(spec, results) == "Nobody has voted yet."


def test_stars():
    spec = review_of(4, scale="stars", target=0.5)
    results = results_of(stored(spec), said({"reviewer-1": "5542"}))
    assert words.headline(spec, results) == (
        "At least 50 % given 4 stars or more in every class: not certain yet, by the votes of 1 person."
    )


@pytest.mark.parametrize(
    ("text", "said_so"),
    [
        ("b" * 64 + "a" * 36 + "=", f"boots 0123abcd{WINS}1 vote found both as good."),
        ("a" * 64 + "b" * 36, f"shoes 0123abcd{WINS}0 votes found both as good."),
        (
            "bbbb=",
            f"{NO_DIFFERENCE}: {SPLIT.format(4, 0)}; 100 % (4 of 4){FOR_B}1 vote found both as good.",
        ),
        (
            "b" * 6 + "=" * 7,
            f"No difference to most of 3 people: 7 votes found both as good, 6 chose one; {SPLIT.format(6, 0)}.",
        ),
        ("====", "Everybody finds both pictures as good so far, in 4 votes of 3 people."),
    ],
)  # fmt: skip
def test_who_wins(text, said_so):
    assert words.headline(*pairs(text)) == said_so


def test_who_is_ahead_with_two_people_does_not_win():
    spec, results = pairs("b" * 8 + "a", people=2)
    assert words.headline(spec, results) == (
        f"boots 0123abcd is ahead with 2 people, not for certain yet: {SPLIT.format(8, 1)}; 89 % (8 of 9){FOR_B}"
        "0 votes found both as good."
    )
    assert words.next_lines(spec, results) == [f"{TASTE}1 more is needed.".replace("voted", "chose")]


def test_of_one_or_two_people_it_is_said_who_is_missing():
    items = [Item(picture(seed, asked=label, label=label)) for label in ("Bag", "Hat") for seed in range(12)]
    spec = ReviewSpec("t", tuple(items), target=0.6)
    alone = results_of(stored(spec), said({"reviewer-1": "k" * 24}))
    assert words.headline(spec, alone) == (
        "At least 60 % kept in every class: not certain yet, by the votes of 1 person."
    )
    assert words.next_lines(spec, alone) == [f"{TASTE}2 more are needed."]
    some = results_of(stored(spec), said(dealt("k" * 12) | {"reviewer-0": "k" * 24}))
    assert [group.outcome.state for group in some.classes] == [State.MET, State.OPEN]
    assert words.next_lines(spec, some) == [f"{TASTE}2 more are needed for Hat."]


def test_the_target_of_pairs_and_how_many_choices_would_tell():
    assert words.target_lines(*pairs("b" * 9 + "a", 0.6)) == [
        "At least 60 % of the choices for boots 0123abcd: met so far, not certain yet."
    ]
    (line,) = words.next_lines(*pairs("b" * 6 + "a" * 4))
    assert line.startswith("If it goes on like this, about ")
    assert line.endswith(" more pairs would tell who wins.")
    assert words.next_lines(*pairs("bbbb=====")) == []
    assert words.next_lines(*pairs("abba")) == []


def test_sides_that_mix_models_have_no_model_s_name():
    mixed = ReviewSpec("t", (Item(picture(1), picture(1, model="x")), Item(picture(1, model="x"), picture(1))))
    assert words.sides(mixed) == ("the first pictures", "the second pictures")


@pytest.mark.parametrize(
    ("first", "second", "part"),
    [
        ("krkrkrkr", "krkrkrkr", "agree well (Krippendorff's alpha 1.00, on 8 items that two or more of 2 people"),
        ("krkrkrkr", "krkrkrkk", "agree fairly"),
        ("krkrkrkr", "krkrkkrr", "often disagree"),
        ("krkrkrkr", "rkrkrkrk", "no more than by chance"),
        ("krkrkrkr", "", "cannot be told: no picture was judged by two people yet."),
    ],
)
def test_agreement(first, second, part):
    results = results_of(stored(review_of(8)), said({"reviewer-1": first, "reviewer-2": second}))
    assert part in words.agreement_line(results)


def test_confidence_that_helps_and_that_does_not():
    votes = [Opinion(0.55, n < 2, "Bag", n, "abc"[n % 3]) for n in range(10)] + [
        Opinion(0.97, n < 19, "Bag" if n else "Coat", n + 10, "abc"[n % 3]) for n in range(20)
    ]
    found = predict(votes, 0.9)
    assert words.prediction_line(found).startswith("D's confidence predicts well what people keep: it is higher")
    assert words.recommendation_line(found, 0.9) == (
        "From a confidence of 0.6 on, 90 % are kept over all classes together so far, though not in each for certain: "
        "95 % (19 of 20) of the votes keep what is left, 67 % of the pictures; more pictures or votes may change that."
    )
    assert words.recommendation_line(predict(votes, 0.75), 0.75) == (
        "From a confidence of 0.6 on, 75 % are kept over all classes together, though not in each for certain: "
        "95 % (19 of 20) of the votes keep what is left, 67 % of the pictures."
    )
    assert "raises the share kept most" in words.recommendation_line(predict(votes, None), None)
    assert "nearest" in words.recommendation_line(predict(votes, 0.99), 0.99)
    assert "too few votes" in words.recommendation_line(Prediction(None, (), None), None)
    same = predict([Opinion(0.9, True, "Bag", n, "abc"[n % 3]) for n in range(20)], 0.6)
    assert words.prediction_line(same).startswith("All votes are the same")
    assert words.recommendation_line(same, 0.6) == "Without a least confidence, 60 % are kept in every class already."
    chance = predict([Opinion(0.55 + n % 2 * 0.4, n % 4 < 2, "Bag", n, "abc"[n % 3]) for n in range(40)], None)
    assert "does not predict" in words.prediction_line(chance)
    assert "leave it as it is" in words.recommendation_line(chance, None)


def test_a_recommendation_is_as_certain_as_the_verdicts():
    few = predict([Opinion(0.9, n < 8, "Bag", n, "abc"[n % 3]) for n in range(10)], 0.6)
    assert words.recommendation_line(few, 0.6) == (
        "Without a least confidence, 60 % are kept in every class so far; more pictures or votes may change that."
    )
    better = [Opinion(0.55, n < 6, "Bag", n, "abc"[n % 3]) for n in range(20)]
    better += [Opinion(0.97, n < 8, "Bag", 20 + n, "abc"[n % 3]) for n in range(10)]
    assert words.recommendation_line(predict(better, 0.7), 0.7) == (
        "From a confidence of 0.6 on, 70 % are kept in every class so far: 80 % (8 of 10) of the votes keep what is "
        "left, 33 % of the pictures; more pictures or votes may change that."
    )


@pytest.mark.parametrize(
    ("floors", "start", "first"),
    [
        ([0.0], "Without a least confidence", "none"),
        ([0.7], "At the confidence of 0.7 that they were drawn with", "0.7, as drawn"),
        (
            [0.7, 0.0],
            "As the pictures were drawn, some at a confidence of 0.7, the others without one",
            "as drawn",
        ),
        (
            [0.5, 0.9, 0.9],
            "As the pictures were drawn, some at a confidence of 0.9, the least at 0.5",
            "as drawn",
        ),
    ],
)
def test_what_was_drawn_with_a_confidence_says_nothing_of_none(floors, start, first):
    found = predict(
        [Opinion(0.75 + 0.2 * (n % 2), True, "Bag", n, "abc"[n % 3]) for n in range(40)], 0.6, floors=floors
    )
    assert words.recommendation_line(found, 0.6) == f"{start}, 60 % are kept in every class already."
    assert [words.step(found, step) for step in found.steps] == [first, "0.8"]


def test_every_verdict_has_words():
    for spec in (review_of(1), review_of(1, scale="stars"), ReviewSpec("t", (Item(picture(), picture(model="x")),))):
        told = [words.verdict(verdict, ("old", "new")) for verdict in (*possible_verdicts(spec), "skip")]
        assert len(set(told)) == len(told)
        assert not set(told) & set(VERDICTS)
