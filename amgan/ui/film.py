"""How a model learnt to draw, as HTML: a slider through the sheets of its training."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

from PIL import Image

from amgan.errors import ReleaseError
from amgan.release.folder import FILM_FILE
from amgan.release.training_film import read_film
from amgan.sampling.marking import XMP
from amgan.ui.parts import part
from amgan.ui.pictures import data_uri
from amgan.ui.words import Words

logger = logging.getLogger(__name__)

QUALITY = 80


def film_html(folder: Path, metrics: dict[str, Any], words: Words) -> str:
    """The slider; empty where a release has no such film, or one that is not as it should be.

    Args:
        folder: The release folder.
        metrics: Its metrics.json.
        words: In the reader's language.
    """
    training = metrics.get("training")
    steps = training.get("sheets") if isinstance(training, dict) else None
    try:
        sheets = read_film(folder / FILM_FILE, steps)
    except (ReleaseError, OSError) as error:
        logger.warning("%s", error)  # the model draws all the same
        return ""
    shown = [
        {"src": data_uri(_webp(sheet), "image/webp"), "said": words.film_step.format(step=f"{step:,}")}
        for sheet, step in zip(sheets, steps or ())
    ]
    return part("film", words, shown) if shown else ""


def _webp(sheet: Image.Image) -> bytes:
    buffer = io.BytesIO()
    sheet.save(buffer, "WEBP", quality=QUALITY, method=2, xmp=XMP)
    return buffer.getvalue()
