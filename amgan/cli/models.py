"""The models a command works with; one line on stderr says what is fetched for them."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from amgan.engine.shelf import Shelf, models_folder
from amgan.hub import fetching
from amgan.hub.client import silence_hub_client
from amgan.model import AMGAN


def open_model(name: str, revision: str | None) -> AMGAN:
    """Load a release folder or a model repository of the Hub, as a command that was typed.

    Raises:
        ReleaseError: in one line, what is missing or wrong.
    """
    with fetching_told():
        return AMGAN.from_pretrained(name, revision=revision)


def open_shelf(names: Iterable[str] = (), weights: Path | None = None) -> Shelf:
    """The models that a command finds by name.

    Args:
        names: Those with a slash in them are taken for models of the Hub.
        weights: Folder with a release folder for each model, or one; see `models_folder` for None.

    Raises:
        ConfigError: a name is none of the Hub.
    """
    return Shelf(models_folder(weights), [name for name in dict.fromkeys(names) if "/" in name])


@contextlib.contextmanager
def fetching_told() -> Iterator[None]:
    """Meanwhile, a line on stderr for what is fetched, in place of the Hub client's bars and notices."""
    silence_hub_client()
    lines = logging.StreamHandler()
    fetching.logger.addHandler(lines)
    fetching.logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        fetching.logger.removeHandler(lines)
