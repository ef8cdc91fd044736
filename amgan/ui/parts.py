"""The page's own HTML, from parts.html: every text that comes from a model or a visitor is escaped there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from amgan.templates import html_template

FILE = Path(__file__).with_name("parts.html")


def part(name: str, *values: Any) -> str:
    """What the macro of this name makes of its values."""
    return str(getattr(html_template(FILE).module, name)(*values))
