"""Why something cannot be used or done: kept as what it is, so that people can be told in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amgan.errors import DataError, one_line
from amgan.languages.reading import DEFAULT, Texts


@dataclass(frozen=True)
class Reason:
    """A reason; as text it is in English, so an error may be raised with one in place of a sentence.

    Attributes:
        kind: Its name in the section "reasons" of the files of the languages.
        values: What is filled in there: text, a number, or another reason. A sentence is in English, or as a library
            gave it.
    """

    kind: str
    values: Mapping[str, str | int | Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, error: BaseException, most: int | None = None) -> Reason:
        """Why an error was raised; where that is a sentence, it is in English, of `most` letters, and told as such."""
        first = error.args[0] if error.args else None
        return first if isinstance(first, cls) else cls("said", {"sentence": one_line(error)[:most]})

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Reason:
        """A reason that came as JSON, as `dataclasses.asdict` says it."""
        values = content["values"].items()
        return cls(content["kind"], {name: cls.read(one) if isinstance(one, Mapping) else one for name, one in values})

    def in_language(self, lang: str) -> str:
        """The reason in words.

        Args:
            lang: One of `amgan.languages.reading.LANGUAGES`.
        """
        told = {
            name: value.in_language(lang) if isinstance(value, Reason) else value for name, value in self.values.items()
        }
        return Texts(lang, "reasons")(self.kind, **told)

    def replace(self, old: str, new: str) -> Reason:
        """The reason with a text in place of another one wherever it is filled in, such as of a place nobody knows."""
        values = self.values.items()
        return Reason(self.kind, {name: one if isinstance(one, int) else one.replace(old, new) for name, one in values})

    def __str__(self) -> str:
        return self.in_language(DEFAULT)


def both(*reasons: Reason | None) -> Reason | None:
    """Several as one, in their order; None if there is none."""
    found = None
    for reason in filter(None, reasons):
        found = reason if found is None else Reason("both", {"one": found, "other": reason})
    return found


class UnusableFileError(DataError):
    """A file cannot be used, for one of the reasons that are known."""
