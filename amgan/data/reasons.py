"""Why a file is not used as a picture: kept as what it is, so that people can be told in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from amgan.errors import DataError
from amgan.languages.reading import DEFAULT, Texts


@dataclass(frozen=True)
class Reason:
    """A reason; as text it is in English.

    Attributes:
        kind: Its name in the section "reasons" of the files of the languages.
        values: What is filled in there. A sentence is in English, or as a library gave it.
    """

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)

    def in_language(self, lang: str) -> str:
        """The reason in words.

        Args:
            lang: One of `amgan.languages.reading.LANGUAGES`.
        """
        return Texts(lang, "reasons")(self.kind, **self.values)

    def __str__(self) -> str:
        return self.in_language(DEFAULT)


class UnusableFileError(DataError):
    """A file cannot be used, for one of the reasons that are known.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason
