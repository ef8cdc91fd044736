"""The documents as tests see them: their text, code blocks, anchors, and the tables below a heading."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"),
    *sorted(str(file.relative_to(ROOT)) for place in ("docs", "benchmarks") for file in (ROOT / place).glob("*.md")),
    *sorted(str(file.relative_to(ROOT)) for file in (ROOT / "results").rglob("*.md")),
]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text_of(name: str) -> str:
    """A document, by its path in the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """What is not in blocks of code."""
    return _BLOCK.sub("", text)


def code_blocks(text: str, language: str) -> list[str]:
    """The blocks of code in a language."""
    return [content for name, content in _BLOCK.findall(text) if name == language]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives the headings."""
    found: set[str] = set()
    for heading in _HEADING.findall(prose(text)):
        plain = anchor = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        number = 0
        while anchor in found:
            number += 1
            anchor = f"{plain}-{number}"
        found.add(anchor)
    return found


def table_rows(text: str, heading: str) -> dict[str, str]:
    """The rows of the tables between a heading and the next one, by what the first cell has in backticks."""
    (section,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^\| `([^`]+)`.*?\|(.*)\|$", section, re.MULTILINE))
