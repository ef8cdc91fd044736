"""The words of a language, from its file: in sections, one for each page that people see."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from pydantic import TypeAdapter

FOLDER = Path(__file__).parent
DEFAULT = "en"

T = TypeVar("T")

_COUNTED = re.compile("(?<=[0-9}]) (?=[%\u3040-\u9fff])|(?<=約) (?=[0-9{])")
"""Beside a number, or its place: the spaces at which a line must not end, as in "41 %", "12 枚" and "約 3 分"."""


@cache
def _file(lang: str) -> dict[str, Any]:
    text = (FOLDER / f"{lang}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(_COUNTED.sub("\N{NO-BREAK SPACE}", text))
    return found


LANGUAGES: dict[str, str] = {
    lang: _file(lang)["language"] for lang in sorted(file.stem for file in FOLDER.glob("*.json"))
}
"""What each language calls itself, by its code (ISO 639-1), such as "ja"."""

if TYPE_CHECKING:
    LanguageCode: TypeAlias = str
else:
    LanguageCode = Literal[tuple(LANGUAGES)]
"""One of these codes, as the type of a flag."""


def section(lang: str, name: str) -> dict[str, Any]:
    """The words of one page, by their names.

    Args:
        lang: One of `LANGUAGES`.
        name: Of the section.
    """
    found: dict[str, Any] = _file(lang)[name]
    return found


@cache
def words_of(kind: type[T], lang: str, name: str) -> T:
    """The words of one page as a dataclass whose fields are their names; one that is missing is an error.

    Args:
        kind: The dataclass.
        lang: One of `LANGUAGES`.
        name: Of the section.
    """
    return TypeAdapter(kind).validate_python(section(lang, name))


class Texts:
    """The words of a section, by their names."""

    def __init__(self, lang: str, name: str) -> None:
        """Take them.

        Args:
            lang: One of `LANGUAGES`.
            name: Of the section.
        """
        self.lang = lang
        self._texts = section(lang, name)

    def __call__(self, name: str, /, **values: Any) -> str:
        """A text with its values filled in; one that has forms for numbers takes that of `count`."""
        text: str | dict[str, str] = self._texts[name]
        if isinstance(text, dict):
            text = text.get("one", text["other"]) if values["count"] == 1 else text["other"]
        return text.format(**values)
