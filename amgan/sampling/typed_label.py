"""Classes as they are typed on a command line or in an address, where a number is text too."""

from __future__ import annotations

from collections.abc import Sequence

from amgan.sampling.sampler import Label


def typed_label(text: str, class_names: Sequence[str]) -> Label:
    """A class as typed: its name, or its number where no class has that name."""
    word = text.strip()
    if word.casefold() in {name.casefold() for name in class_names}:
        return text
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else text
