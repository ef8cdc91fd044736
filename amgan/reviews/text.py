"""Numbers of things in words."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """A number of things as "1 vote" or "2 votes"."""
    return f"{number} {noun}" if number == 1 else f"{number} {'people' if noun == 'person' else noun + 's'}"
