"""A seal under a published card: it tells a card that is as it was published from one that was edited since.

The seal is a comment, which no page shows, with a digest of the text above it. Whoever edits the text breaks it.
"""

from __future__ import annotations

import hashlib
import re

SEAL = re.compile(r"\n*<!-- amgan card [0-9a-f]{64}; edit it as you like: what was edited is kept -->\n*\Z")


def sealed(card: str) -> str:
    """A card with a seal under it, in place of one that is there."""
    text = SEAL.sub("", card).rstrip("\n")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text}\n\n<!-- amgan card {digest}; edit it as you like: what was edited is kept -->\n"


def is_sealed(card: bytes) -> bool:
    """Whether a card is, to the byte, as `sealed` gave it."""
    try:
        text = card.decode()
    except UnicodeDecodeError:
        return False
    return text == sealed(text)
