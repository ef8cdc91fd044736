"""The files of a page of our own, as they are sent: their address holds their digest, so caches may keep them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from amgan.languages.reading import DEFAULT, LANGUAGES, section
from amgan.server.language import language_of
from amgan.templates import html_template

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors {}"
)
"""Of every page: nothing but this server's own files, and no script or style within the page."""

BY_SPACES = "'self' https://huggingface.co"
"""Who may show a page within theirs that anybody may see: a Space is shown in the Hub's own page."""

PARTS = Path(__file__).parent / "page_parts"
"""Scripts, styles and parts of templates that several pages have."""
_IMPORT = re.compile(rb'from "\./([^"]+)"')
_MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class PageFiles:
    """Templates, scripts and styles of one page, and its words."""

    def __init__(self, folder: Path, main: str, words: str, framed_by: str = "'none'", language: str = DEFAULT) -> None:
        """Read them.

        Args:
            folder: Holds them.
            main: The module that the page runs.
            words: Their section in the files of the languages.
            framed_by: Sites that may show the page within theirs, as a policy says it.
            language: What is spoken to who asks for none of the languages.
        """
        self._folder = folder
        self._files = _read(folder)
        parts = _read(PARTS)
        self._files |= {name: part for name, part in parts.items() if not name.endswith(".js")}
        wanted = list(self._files)
        while wanted:
            for name in _IMPORT.findall(self._files[wanted.pop()][0]):
                if (imported := name.decode()) not in self._files:
                    self._files[imported] = parts[imported]
                    wanted.append(imported)
        self._section = words
        self._language = language
        digest = hashlib.sha256()
        for name in sorted(self._files):
            digest.update(name.encode() + b"\0" + self._files[name][0])
        self.version = digest.hexdigest()[:16]
        # All at once: a browser finds what a module imports only when that module has come.
        self._modules = [name for name in sorted(self._files) if name.endswith(".js") and name != main]
        # What several pages have first: a page's own styles win.
        self._styles = sorted(
            (name for name in self._files if name.endswith(".css")), key=lambda name: (folder / name).exists()
        )
        self._main = main
        self.html_headers = {
            "Content-Security-Policy": CONTENT_POLICY.format(framed_by),
            "Vary": "Accept-Language",
        }

    def language_of(self, request: Request) -> str:
        """The language of who asks, by its code."""
        return language_of(request, self._language)

    def words(self, lang: str) -> dict[str, Any]:
        """The words of the page in a language, by their names."""
        return section(lang, self._section)

    def render(self, template: str, lang: str, **values: object) -> str:
        """A page of the folder.

        Args:
            template: Name of its file.
            lang: Code of the language.
            values: What else the template names; all of it is escaped.
        """
        return html_template(self._folder / template, PARTS).render(
            version=self.version, main=self._main, modules=self._modules, styles=self._styles, lang=lang,
            words=self.words(lang), languages=LANGUAGES, **values,
        )  # fmt: skip

    def serve(self, router: FastAPI | APIRouter, path: str, template: str | None = None) -> None:
        """Add the route of the scripts and styles, below the page's path.

        Args:
            router: Gets it.
            path: The page's.
            template: Of a page that is the same for all who ask in a language, whose route is added as well.
        """
        if template is not None:

            @router.get(path, include_in_schema=False)
            async def show_page(request: Request) -> Response:
                return HTMLResponse(self.render(template, self.language_of(request)), headers=self.html_headers)

        @router.get(f"{path}/page/{{version}}/{{name}}", include_in_schema=False)
        async def show_file(version: str, name: str) -> Response:
            return self.answer(version, name)

    def answer(self, version: str, name: str) -> Response:
        """A script or style, which caches may keep for ever.

        Raises:
            HTTPException: there is none of that name and version.
        """
        found = self._files.get(name) if version == self.version else None
        if found is None:
            raise HTTPException(404, "there is no such file; reload the page")
        content, media_type = found
        return Response(content, media_type=media_type, headers={"Cache-Control": "max-age=31536000, immutable"})


def _read(folder: Path) -> dict[str, tuple[bytes, str]]:
    """The scripts and styles of a folder, with their media types."""
    return {
        file.name: (file.read_bytes(), _MEDIA_TYPES[file.suffix])
        for file in folder.iterdir()
        if file.suffix in _MEDIA_TYPES
    }
