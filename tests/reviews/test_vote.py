"""One vote: what it may say, on which scale.

Which votes count.

What verdicts say.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_ITEMS
from amgan.errors import RequestError
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.reviews.vote import (
    MAX_COMMENT,
    MAX_REVIEWER_NAME,
    VERDICTS,
    Vote,
    check_vote,
    counted,
    keeps,
    possible_verdicts,
    prefers_b,
    stars,
)
from tests.models import message
from tests.reviews.random_reviews import picture, review_of, specs, votes_on

SPEC = review_of(4)
logs = st.lists(votes_on(SPEC), max_size=40)


@given(specs.flatmap(lambda spec: st.tuples(st.just(spec), votes_on(spec))))
def test_what_fits_a_review_is_taken(both):
    spec, vote = both
    check_vote(vote, spec)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (review_of(1), {"keep", "reject"}),
        (review_of(1, scale="stars"), {"1", "2", "3", "4", "5"}),
        (ReviewSpec("A", (Item(picture(), picture(1)),), scale="stars"), {"a", "b", "same"}),
    ],
)
def test_each_scale_has_its_verdicts_and_no_others(spec, said):
    assert set(possible_verdicts(spec)) == said
    for verdict in VERDICTS:
        vote = Vote("vote-0001", 0, "reviewer", verdict)
        if verdict in said | {"skip", "undo"}:
            check_vote(vote, spec)
        else:
            with pytest.raises(RequestError) as raised:
                check_vote(vote, spec)
            assert all(name in message(raised.value) for name in said)


def test_there_must_be_such_an_item():
    with pytest.raises(RequestError) as raised:
        check_vote(Vote("vote-0001", 3, "reviewer", "keep"), review_of(3))
    assert "0 to 2, not 3" in message(raised.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "short"), ("id", "x" * 65), ("id", "vote 0001"), ("id", "vote-0001\n"), ("id", 12345678), ("id", None),
        ("reviewer", ""), ("reviewer", "ääääääää"), ("item", -1), ("item", MAX_ITEMS), ("item", True), ("item", "0"),
        ("item", 1.0), ("verdict", "love"), ("verdict", 5), ("verdict", ["keep"]), ("comment", "x" * (MAX_COMMENT + 1)),
        ("comment", " "), ("comment", None), ("comment", "\udc00"), ("name", "x" * (MAX_REVIEWER_NAME + 1)),
        ("name", {}),
    ],
)  # fmt: skip
def test_a_field_that_is_none_is_named(field, value):
    with pytest.raises(RequestError) as raised:
        Vote(**{"id": "vote-0001", "item": 0, "reviewer": "reviewer", "verdict": "keep"} | {field: value})
    assert field in message(raised.value)


def test_a_script_is_a_comment_like_any_other():
    text = "<script>alert(1)</script>\n' OR 1=1 --"
    assert Vote("vote-0001", 0, "reviewer", "keep", text).comment == text


@given(logs)
def test_of_each_reviewer_and_item_the_last_vote_unless_taken_back(votes):
    kept = counted(votes)
    places = [(vote.item, vote.reviewer) for vote in kept]
    assert places == sorted(set(places))
    for vote in kept:
        same = [other for other in votes if (other.item, other.reviewer) == (vote.item, vote.reviewer)]
        assert same[-1] is vote
    for vote in votes:
        if (vote.item, vote.reviewer) not in places:
            same = [other for other in votes if (other.item, other.reviewer) == (vote.item, vote.reviewer)]
            assert same[-1].verdict == "undo"


@given(logs)
def test_counting_what_counts_changes_nothing(votes):
    assert counted(counted(votes)) == counted(votes)


@given(logs, st.randoms())
def test_reviewers_do_not_disturb_each_other(votes, random):
    # Any order of arrival that keeps each reviewer's own one gives the same result.
    queues = {}
    for vote in votes:
        queues.setdefault(vote.reviewer, []).append(vote)
    mixed = []
    while any(queues.values()):
        mixed.append(queues[random.choice([name for name, queue in queues.items() if queue])].pop(0))
    assert counted(mixed) == counted(votes)


def test_a_mind_changed_and_a_vote_taken_back():
    def vote(verdict, item=0, reviewer="reviewer-1"):
        return Vote("vote-0001", item, reviewer, verdict)

    first, second = vote("keep"), vote("reject")
    assert counted([first, second]) == [second]
    assert counted([first, vote("undo")]) == []
    assert counted([first, vote("undo"), second]) == [second]
    other = vote("skip", reviewer="reviewer-0")
    assert counted([first, other, vote("keep", item=2), vote("undo", item=2)]) == [other, first]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict(verdict):
    vote = Vote("vote-0001", 0, "reviewer-1", verdict)
    expected = {"keep": True, "reject": False, "1": False, "2": False, "3": False, "4": True, "5": True}
    assert keeps(vote) is expected.get(verdict)
    assert stars(vote) == (int(verdict) if verdict in "12345" else None)
    assert prefers_b(vote) is {"a": False, "b": True}.get(verdict)
