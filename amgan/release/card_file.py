"""The card of a release, README.md, as text: it may be anyone's, so that no more than a bounded part of it is read."""

from __future__ import annotations

import re
from pathlib import Path

MAX_CARD_BYTES = 200_000
FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---(?:\n|\Z)", re.DOTALL)


def read_card(file: Path) -> str:
    """The text of a card, whatever ends its lines; empty if there is none."""
    try:
        if not file.is_file():  # what is no regular file may never end
            return ""
        with file.open("rb") as opened:
            text = opened.read(MAX_CARD_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n")
