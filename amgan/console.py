"""How a command speaks: whole lines, in which nothing that a stranger named is taken for markup."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from amgan.errors import some_of

MOST_CLASSES = 6
"""So many are named before the rest are counted."""


def flag(name: str) -> str:
    """The flag that a field of a command's options is."""
    return "--" + name.replace("_", "-")


def say(console: Console, line: str) -> None:
    """Print a line, or several, as they are; the terminal breaks what is too long for it."""
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def pictures_named(count: int, classes: Sequence[str], seeds: Sequence[object], revision: str) -> str:
    """So many pictures, as a command tells of them by the parts of their names."""
    pictures = "1 picture" if count == 1 else f"{count} pictures"
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    return f"{pictures} of {some_of(classes, MOST_CLASSES, english=True)}, {named}, revision {revision[:8]}"
