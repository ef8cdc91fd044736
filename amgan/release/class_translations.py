"""What a model's classes are called in other languages, as the front matter of its card says.

It is for people's eyes alone: files, links and programs go on with the model's own names. A card may be anyone's: what
is not as it must be is passed over, and never stands in the way of the model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from amgan.networks.config import is_class_name
from amgan.release.card_file import FRONT_MATTER, read_card

KEY = "class_names"
MAX_BYTES = 50_000
"""Of the part of a card that is read as YAML, which takes Python some seconds a MB."""
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# From the key to the next line that is not further in.
BLOCK = re.compile(rf"^{KEY}:.*\n(?:(?:[ #].*)?\n)*", re.MULTILINE)

ClassTranslations = Mapping[str, Mapping[str, str]]
"""By the code of a language: what is shown for a class of the model's own name."""


class _PlainLoader(yaml.BaseLoader):
    """Reads texts, lists and maps, and no other object; `no` and `12` are texts too, since classes may be called so."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node; one that stands for another one, by which few bytes become very many, is refused."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def read_class_translations(file: Path, class_names: Sequence[str]) -> ClassTranslations:
    """The translations in the card `file` that are sound: empty if there are none.

    A class that the model does not have and a text that could not be a class's name are left out. A language is, if
    two classes would be shown as the same text.
    """
    blocks = BLOCK.findall(_front_matter(read_card(file)))
    if len(blocks) != 1 or len(blocks[0].encode()) > MAX_BYTES:
        return {}
    try:
        given = yaml.load(blocks[0], _PlainLoader)[KEY]
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, KeyError):
        return {}
    found = {}
    for language, texts in given.items() if isinstance(given, dict) else ():
        if isinstance(texts, dict) and LANGUAGE.fullmatch(language):
            sound = {name: text for name in class_names if (text := _text(texts.get(name))) and text != name}
            shown = {unicodedata.normalize("NFC", sound.get(name, name)) for name in class_names}
            if sound and len(shown) == len({unicodedata.normalize("NFC", name) for name in class_names}):
                found[language] = sound
    return found


def without_class_translations(card: str) -> str:
    """A card as if nobody had put translations into it."""
    front = _front_matter(card)
    return card.replace(front, BLOCK.sub("", front), 1) if front else card


def _front_matter(card: str) -> str:
    found = FRONT_MATTER.match(card)
    return found[1] if found else ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) and is_class_name(value.strip()) else ""
