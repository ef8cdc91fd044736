"""Text from templates: whatever is put in is escaped, and what a template names and nobody gives is an error."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup


@cache
def html_template(file: Path, *parts: Path) -> jinja2.Template:
    """The template of a file of HTML; others in its folder, and in those of parts, may be included."""
    return _environment(file, *parts).get_template(file.name)


@cache
def markdown_template(file: Path) -> jinja2.Template:
    """The template of a file of Markdown, which takes texts and no numbers, so that each is formatted on purpose.

    No Markdown, HTML or table syntax of a text gets through. Two filters are for what stands in code: `code` for a span
    in backticks, also within a table, `quoted` for a string of Python or JSON in a block.
    """
    environment = _environment(file)
    environment.finalize = _plain
    environment.filters |= {"plain": _plain, "code": _code, "quoted": _quoted}
    return environment.get_template(file.name)


def _environment(file: Path, *parts: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([file.parent, *parts]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _plain(text: Any) -> Markup:
    if isinstance(text, Markup):
        return text
    return Markup("".join(f"\\{char}" if char in r"\`*_{}[]()#+!|<>&~$" else char for char in " ".join(text.split())))


def _code(text: object) -> Markup:
    return Markup(" ".join(str(text).split()).replace("|", "\\|").replace("`", "'").replace("<", "&lt;"))


def _quoted(text: str) -> Markup:
    # A JSON string is a Python string too, in the double quotes that Python formatters want.
    return Markup(json.dumps(text, ensure_ascii=False))
