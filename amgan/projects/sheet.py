"""Photos of a project as one HTML page that needs nothing else, for those who label in a terminal."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from amgan.projects.labels import SHORT, Labels
from amgan.projects.looks import Looks
from amgan.templates import html_template

QUALITY = 85


@dataclass(frozen=True)
class Section:
    """Some photos.

    Attributes:
        words: What they have in common.
        photos: Their names, with what stands below each.
    """

    words: str
    photos: Mapping[str, str]


def sheet_page(title: str, sections: Sequence[Section], labels: Labels, looks: Looks) -> str:
    """The page. All text in it that people wrote is escaped."""
    shown = {photo for section in sections for photo in section.photos}
    return html_template(Path(__file__).with_name("sheet.html")).render(
        title=title, sections=sections, pictures=pictures_of(looks, shown), names=labels.names, short=SHORT
    )


def pictures_of(looks: Looks, names: set[str]) -> dict[str, str]:
    """Small pictures of photos as addresses that hold them."""
    found = {}
    for name, pixels in zip(looks.names, looks.thumbs):
        if name in names:
            file = io.BytesIO()
            Image.fromarray(pixels.permute(1, 2, 0).numpy()).save(file, "JPEG", quality=QUALITY)
            found[name] = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
    return found
