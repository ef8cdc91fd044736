"""How far a store is with what was stored elsewhere and is read back into it."""

from __future__ import annotations

from enum import Enum


class Filling(Enum):
    """Whether a store holds all that it is going to hold from elsewhere."""

    BEGUN = "begun"
    """It is being read back for the first time."""
    FAILED = "failed"
    """It could not be read back so far, and is tried again."""
    DONE = "done"
    """It was read back once; what is not there is nowhere."""
