"""How a command speaks: whole lines, in which nothing that a stranger named is taken for markup."""

from __future__ import annotations

from rich.console import Console


def flag(name: str) -> str:
    """The flag that a field of a command's options is."""
    return "--" + name.replace("_", "-")


def say(console: Console, line: str) -> None:
    """Print a line, or several, as they are; the terminal breaks what is too long for it."""
    console.print(line, highlight=False, markup=False, soft_wrap=True)
