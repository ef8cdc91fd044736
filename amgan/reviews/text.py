"""Numbers of things in words, and text from strangers on a terminal."""

from __future__ import annotations

import unicodedata


def count(number: int, noun: str) -> str:
    """A number of things as "1 vote" or "2 votes"."""
    return f"{number} {noun}" if number == 1 else f"{number} {'people' if noun == 'person' else noun + 's'}"


def terminal_line(text: str) -> str:
    """The text as one line in which nothing is a command to a terminal: without line breaks, escapes and the like."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) == "Cc" else one for one in text)
