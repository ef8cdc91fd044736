"""Flags of commands by the fields of their classes."""

from __future__ import annotations

import re
from dataclasses import Field
from typing import Any


def flag_of(field: Field[Any]) -> str:
    """The flag of an option, which is called as its field unless its annotation names it."""
    named = re.search(r"name=['\"]([a-z-]+)", str(field.type))
    return f"--{named[1] if named else field.name.replace('_', '-')}"
