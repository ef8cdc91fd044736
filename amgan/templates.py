"""HTML from templates: whatever is put in is escaped, and what a template names and nobody gives is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2


@cache
def html_template(file: Path) -> jinja2.Template:
    """The template of a file; others in its folder may be included."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(file.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(file.name)
