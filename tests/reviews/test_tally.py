"""Which votes count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.tally import counted
from amgan.reviews.vote import Vote
from tests.reviews.random_reviews import review_of, votes_on

SPEC = review_of(4)
logs = st.lists(votes_on(SPEC), max_size=40)


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
