"""Sentences of one section of a language, put together by what runs on the server."""

from __future__ import annotations

from typing import Any

from amgan.languages.reading import section


class Texts:
    """The words of a section, by their names."""

    def __init__(self, lang: str, name: str) -> None:
        """Take them.

        Args:
            lang: One of `amgan.languages.reading.LANGUAGES`.
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
