"""``export``: a model as a page without a server, for any host of files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.cli.models import open_model
from amgan.console import say
from amgan.export.nets import check_installed
from amgan.export.static_page import StaticPage, check_folder, write_static_page

LARGE = 1e6


@dataclass(frozen=True)
class ExportCommand:
    """Write a model as a page that draws in the visitor's browser: no server, for GitHub Pages or any host of files.

    The nets are written as ONNX and first checked against the model. It needs
    pip install "onnx>=1.22,<2" "onnxscript>=0.7,<0.8" "onnxruntime>=1.23.2,<2".

    Attributes:
        model: A release folder or a model repository of the Hub.
        to: The folder to write. A page there that came from this command is replaced, other files beside it stay.
        title: What the page is called; the model's name if not given.
        without_judge: Leave D out: a smaller page, which does not say how sure the model is of a class, and where a
            model that searches for classes knows those of its seed index only.
        url: The address that the page will have, so that a pasted link shows pictures.
        revision: Branch, tag or commit on the Hub.
    """

    model: str
    to: Path
    title: str | None = None
    without_judge: bool = False
    url: str | None = None
    revision: str | None = None


def run_export(command: ExportCommand, console: Console) -> None:
    """Write the page and say how near its pictures are to the model's.

    Raises:
        AmganError: no such model, or what `write_static_page` refuses.
    """
    check_installed()
    check_folder(command.to)
    page = export_model(command, console)
    say(console, f"{page.bytes / LARGE:.1f} MB -> {page.folder}; to look at it: python -m http.server -d {page.folder}")


def export_model(command: ExportCommand, console: Console) -> StaticPage:
    """Write the page of a model.

    Raises:
        AmganError: as `run_export`.
    """
    model = open_model(command.model, command.revision)
    say(console, "writing the nets as ONNX and checking them, which takes about a minute")
    page = write_static_page(
        model, name_of(command.model), command.to, title=command.title, judged=not command.without_judge,
        url=command.url,
    )  # fmt: skip
    say(console, page.agreement.sentence)
    return page


def name_of(model: str) -> str:
    """What pictures say of where they come from: a folder's name, or user/name on the Hub."""
    return Path(model).resolve().name if Path(model).is_dir() else model
