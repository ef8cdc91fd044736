"""Numbers of things in words."""

from __future__ import annotations

from amgan.reviews.text import count


def test_one_and_many():
    assert [count(1, "vote"), count(0, "vote"), count(2, "person"), count(1, "person")] == [
        "1 vote", "0 votes", "2 people", "1 person",
    ]  # fmt: skip
