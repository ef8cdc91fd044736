"""Votes on few pictures: closed forms, bounds, and how often an interval holds the truth where votes are alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.statistics.clustering import LEAST_ESTIMATED, clustering, effective
from amgan.reviews.statistics.outcome import outcome
from amgan.reviews.statistics.share import Share, pooled, wilson_interval

pictures = st.integers(1, 12).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
some = st.lists(pictures, min_size=1, max_size=40)


@given(st.lists(st.booleans(), min_size=1, max_size=100))
def test_one_vote_on_each_picture_is_plain(votes):
    found = pooled(Share(int(hit), 1) for hit in votes)
    assert found.effective == found.count == found.pictures == len(votes)
    assert found.interval == pytest.approx(wilson_interval(sum(votes), len(votes)))


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 50))
def test_votes_that_are_all_the_same_on_each_picture_count_once(pictures, people):
    found = pooled(Share(people * hit, people) for hit in pictures)
    assert found.effective == pytest.approx(len(pictures))
    assert found.interval == pytest.approx(wilson_interval(sum(pictures), len(pictures)))


@given(some)
def test_they_are_never_more_than_the_votes_and_never_fewer_than_one(votes):
    found = clustering(votes)
    count = sum(of for _, of in votes)
    assert 1 - 1e-9 <= found.effective <= count + 1e-9
    assert found.pictures == len(votes)
    assert found.likeness is None or 0 <= found.likeness <= 1
    # At worst, votes on a picture count as one vote with that picture's weight.
    assert found.effective >= effective(count, found.per_picture, 1) - 1e-9
    assert (found.likeness is None) == (sum(of > 1 for _, of in votes) < LEAST_ESTIMATED)


@given(some)
def test_those_for_and_those_against_are_as_alike(votes):
    turned = clustering([(of - hits, of) for hits, of in votes])
    assert clustering(votes).effective == pytest.approx(turned.effective)


def test_likeness_by_hand():
    # 8 pictures, 2 votes each: 3 both for, 3 both against, 2 divided; mean 1/2.
    votes = [(2, 2)] * 3 + [(0, 2)] * 3 + [(1, 2)] * 2
    between, within = 6 * 2 * 0.25 / 7, 2 * 0.5 / 8
    found = clustering(votes)
    assert found.likeness == pytest.approx((between - within) / (between + within))
    assert found.effective == pytest.approx(16 / (1 + found.likeness))
    # Divided on each picture alike: no more alike than any.
    assert clustering([(1, 2)] * 10).effective == 20


def test_too_few_pictures_count_as_one_vote_each():
    assert clustering([(15, 20), (12, 20), (9, 20), (12, 20)]).effective == pytest.approx(4)
    # One picture with most of the votes decides nearly alone.
    assert clustering([(50, 100), (1, 1), (0, 1)]).effective < 1.1


@pytest.mark.parametrize(("count", "people", "least"), [(10, 10, 0.88), (4, 20, 0.95), (20, 3, 0.9)])
@pytest.mark.parametrize("truth", [0.6, 0.8])
def test_the_interval_holds_the_truth_where_votes_are_alike(count, people, least, truth):
    random = np.random.default_rng(5)
    # Beta-distributed shares with this mean have an intra-class correlation of one half.
    kept = random.binomial(people, random.beta(truth, 1 - truth, (500, count)))
    found = [pooled(Share(int(hits), people) for hits in row) for row in kept]
    right = np.mean([one.low <= truth <= one.high for one in found])
    plain = np.mean([low <= truth <= high for low, high in (wilson_interval(s.hits, s.count) for s in found)])
    assert right >= least
    assert right > plain + 0.05
    assert np.mean([outcome(one, truth).certain for one in found]) <= 1 - least
