"""Text from strangers on a terminal."""

from __future__ import annotations

import unicodedata


def terminal_line(text: str) -> str:
    """The text as one line in which nothing is a command to a terminal: without line breaks, escapes and the like."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) == "Cc" else one for one in text)
