"""Static pages of tiny models, and a host of files for them."""

from __future__ import annotations

import contextlib
import functools
import http.server
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from amgan.cli import main
from amgan.export.static_page import FILES
from amgan.model import AMGAN
from tests.models import saved


@dataclass(frozen=True)
class Exported:
    """A model, the page that the command wrote for it, and what the command said."""

    model: AMGAN
    folder: Path
    said: str

    @property
    def place(self) -> str:
        """Where the files are that the page loads, as a relative address."""
        (folder,) = (self.folder / FILES).iterdir()
        return f"{FILES}/{folder.name}"


def exported(scratch: Path, *flags: str, card: str = "", **settings: object) -> Exported:
    """The page of a tiny model, whose card may be another one, by the command."""
    release, page = saved(scratch / "shoes", **settings), scratch / "page"
    if card:
        (release / "README.md").write_text(card, encoding="utf-8")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main(["export", "--model", str(release), "--to", str(page), *flags])
    return Exported(AMGAN.from_pretrained(release, precision="fp32"), page, said.getvalue())


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a plain host of files."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
