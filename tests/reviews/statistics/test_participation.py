"""Who took part, how long it took, and what was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.statistics.participation import PAUSE_SECONDS, comments_of, reviewers_of
from amgan.reviews.vote import Vote, counted
from tests.reviews.random_reviews import specs, votes_on
from tests.reviews.said import said


def test_votes_skips_and_time_with_breaks():
    votes = [
        Vote("vote-0001", 0, "reviewer-1", "keep", at=100),
        Vote("vote-0002", 1, "reviewer-2", "keep", at=101, name="Jo"),
        Vote("vote-0003", 1, "reviewer-1", "skip", at=104),
        Vote("vote-0004", 2, "reviewer-1", "keep", at=9000),
        Vote("vote-0005", 2, "reviewer-1", "undo", at=9002),
        Vote("vote-0006", 0, "reviewer-1", "reject", at=9003, name=" Ana "),
    ]
    ana, jo = reviewers_of(votes).values()
    assert (ana.name, ana.votes, ana.skips, ana.seconds) == ("Ana", 1, 1, 4 + PAUSE_SECONDS + 2 + 1)
    assert (jo.name, jo.votes, jo.skips, jo.seconds) == ("Jo", 1, 0, 0)


def test_those_without_a_name_are_numbered_in_their_order():
    parts = reviewers_of(said({"reviewer-b": "k", "reviewer-a": "k"}))
    assert [(token, part.name) for token, part in parts.items()] == [
        ("reviewer-b", 1), ("reviewer-a", 2),
    ]  # fmt: skip


def test_comments_are_those_of_votes_that_count():
    votes = [
        Vote("vote-0001", 2, "reviewer-1", "keep", "fine"),
        Vote("vote-0002", 0, "reviewer-1", "keep", "first thought"),
        Vote("vote-0003", 0, "reviewer-1", "reject", "  second thought\n"),
        Vote("vote-0004", 1, "reviewer-1", "keep", "taken back"),
        Vote("vote-0005", 1, "reviewer-1", "undo"),
        Vote("vote-0006", 1, "reviewer-2", "skip", "cannot see it", name="Jo"),
    ]
    assert [(one.item, one.verdict, one.text, one.name) for one in comments_of(votes)] == [
        (0, "reject", "second thought", 1),
        (1, "skip", "cannot see it", "Jo"),
        (2, "keep", "fine", 1),
    ]


@given(specs.flatmap(lambda spec: st.lists(votes_on(spec), max_size=20)))
def test_each_vote_that_counts_is_one_persons(votes):
    parts = reviewers_of(votes)
    standing = counted(votes)
    assert sum(part.votes + part.skips for part in parts.values()) == len(standing)
    assert sum(part.skips for part in parts.values()) == sum(vote.verdict == "skip" for vote in standing)
