"""What verdicts say."""

from __future__ import annotations

import pytest

from amgan.reviews.meaning import keeps, prefers_b, stars
from amgan.reviews.vote import VERDICTS, Vote


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict(verdict):
    vote = Vote("vote-0001", 0, "reviewer-1", verdict)
    expected = {"keep": True, "reject": False, "1": False, "2": False, "3": False, "4": True, "5": True}
    assert keeps(vote) is expected.get(verdict)
    assert stars(vote) == (int(verdict) if verdict in "12345" else None)
    assert prefers_b(vote) is {"a": False, "b": True}.get(verdict)
