"""Names of folders as a card may show them to everyone."""

from __future__ import annotations

from pathlib import Path


def public_place(place: str) -> str:
    """A Hub id, or a path from here, as it is; of any other path the last part.

    Where a folder lies on a machine is the trainer's own business.
    """
    path = Path(place)
    return path.resolve().name if path.is_absolute() or ".." in path.parts else place
