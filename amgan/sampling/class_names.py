"""A class as people and programs name it: one rule for Python, the command line, HTTP, links and the page."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from amgan.bounds import whole_number
from amgan.errors import RequestError, some_of

Label = str | int
"""A class by name or by number, as an int or as text: both mean the same."""

MAX_DIGITS = 9


class ClassNames:
    """Finds classes by what they are called."""

    def __init__(self, names: Sequence[str], texts: Collection[Mapping[str, str]] = ()) -> None:
        """Keep them.

        Args:
            names: The model's own, in the order of their numbers.
            texts: What they are called elsewhere, such as in another language, by the own names. Whatever is an own
                name or a number means that first.
        """
        self.names = tuple(names)
        self._texts = texts

    def number(self, label: Label, by_number: bool = True) -> int:
        """The number of a class.

        Args:
            label: Its name as it is, or else in any case, in any form of Unicode and with spaces around it; or its
                number, as an int or as text, unless names of this model are numbers themselves: 3 is "3" then; or
                what it is called elsewhere, likewise in any case and form.
            by_number: Whether a text may be a number; not for a name that another model or a file has for its class.

        Raises:
            RequestError: there is no such class, or several are called so.
        """
        label = self._as_called(label)
        found = self.meant(label, by_number)
        if len(found) == 1:
            return found[0]
        near = self.near(label)
        if not near and (number := self._as_number(label, by_number)) is not None:
            shown = number if abs(number) < 10**12 else "of so many digits"
            raise RequestError(f"no class number {shown}; this model has 0 to {len(self.names) - 1}")
        if len(near) > 1:
            several = " or ".join(map(repr, near[:4]))
            raise RequestError(f"class {label!r:.60} may be {several}; write it as it is")
        hint = f"did you mean {near[0]!r}?" if near else f"this model has {some_of(self.names, 12, english=True)}"
        raise RequestError(f"no class {label!r:.60}; {hint}")

    def meant(self, label: Label, by_number: bool = True) -> list[int]:
        """The numbers of the classes that `number` has to choose from: one if all is well."""
        label = self._as_called(label)
        if isinstance(label, str):
            if (exact := self._exact.get(label)) is not None:
                return [exact]
            if found := self._folded.get(_folded(label), []):
                same = [number for number in found if _composed(self.names[number]) == _composed(label)]
                return same if len(same) == 1 else found
        number = self._as_number(label, by_number)
        if number is not None and 0 <= number < len(self.names):
            return [number]
        return self._elsewhere.get(_folded(label), []) if isinstance(label, str) else []

    def near(self, label: Label) -> list[str]:
        """Names to offer in place of one that is none, or that several have."""
        label = self._as_called(label)
        if not isinstance(label, str) or self._as_number(label, True) is not None:
            return []
        called = self._elsewhere | self._folded
        if found := called.get(_folded(label)):
            return [self.names[number] for number in found]
        close = difflib.get_close_matches(_folded(label[:60]), called, n=1)
        return [self.names[called[close[0]][0]]] if close else []

    def _as_called(self, label: Label) -> Label:
        number = whole_number(label)
        return str(number) if self._are_numbers and number is not None and abs(number) < 10**MAX_DIGITS else label

    def _as_number(self, label: object, by_number: bool) -> int | None:
        if not isinstance(label, str):
            return whole_number(label)
        word = label.strip()
        if not by_number or self._are_numbers or not (word.isascii() and word.isdigit() and len(word) <= MAX_DIGITS):
            return None
        return int(word)

    @cached_property
    def _exact(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        folded: dict[str, list[int]] = {}
        for number, name in enumerate(self.names):
            folded.setdefault(_folded(name), []).append(number)
        return folded

    @cached_property
    def _elsewhere(self) -> dict[str, list[int]]:
        called: dict[str, dict[int, None]] = {}
        for number, name in enumerate(self.names):
            for texts in self._texts:
                if name in texts:
                    called.setdefault(_folded(texts[name]), {})[number] = None
        return {text: list(numbers) for text, numbers in called.items()}

    @cached_property
    def _are_numbers(self) -> bool:
        # Where one class is called "7", "8" is not the eighth class but a name that is not there.
        return any(name.strip().isdecimal() for name in self.names)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _folded(text: str) -> str:
    # Unicode's canonical caseless match: folding may take apart what was composed.
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text.strip()).casefold())
