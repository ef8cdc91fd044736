"""The files of the page for reviewers, as they are sent: their address holds their digest, so caches may keep them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from amgan.languages.reading import DEFAULT, LANGUAGES, section
from amgan.templates import html_template

HTML_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self' https://huggingface.co",
    "Vary": "Accept-Language",
}
"""Of every page: nothing but this server's own files, and no script or style within the page."""

_FOLDER = Path(__file__).parent / "page"
_MAIN = "reviewer.js"
"""The module that the page runs."""
_WORDS = "vote"
"""The section of the files of the languages."""
_MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class ReviewPageFiles:
    """Page, script and style for reviewers."""

    def __init__(self) -> None:
        """Read the files of this package's folder `page`."""
        self._files: dict[str, tuple[bytes, str]] = {}
        for file in _FOLDER.iterdir():
            media_type = _MEDIA_TYPES.get(file.suffix)
            if media_type is not None:
                self._files[file.name] = (file.read_bytes(), media_type)
        digest = hashlib.sha256()
        for name in sorted(self._files):
            digest.update(name.encode() + b"\0" + self._files[name][0])
        self.version = digest.hexdigest()[:16]
        # All at once: a browser finds what a module imports only when that module has come.
        self._modules = [name for name in sorted(self._files) if name.endswith(".js") and name != _MAIN]

    def page(self, title: str, question: str, lang: str) -> str:
        """The page of a review.

        Args:
            title: Of the review, as it was typed.
            question: Likewise.
            lang: Code of the language.
        """
        return html_template(_FOLDER / "page.html").render(
            version=self.version, modules=self._modules, title=title, question=question,
            lang=lang, words=section(lang, _WORDS), languages=LANGUAGES,
        )  # fmt: skip

    def message(
        self, heading: str, sentence: str, root: str = "", reload_seconds: str | None = None, lang: str = DEFAULT
    ) -> str:
        """A page of one sentence.

        Args:
            heading: What it comes down to, by name of one of the page's words.
            sentence: In English, which stands where the language has no words for it. May begin with a small letter
                and end without a stop.
            root: Leads from the page's address to /review/.
            reload_seconds: After so many the page asks again by itself; None for one that stays.
            lang: Code of the language.
        """
        words = section(lang, _WORDS)
        whole = f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}."
        shown = [words[f"{heading}_more"].replace("{sentence}", whole)]
        if reload_seconds is not None:
            shown.append(words["reloads"])
        return html_template(_FOLDER / "message.html").render(
            root=root, version=self.version, heading=words[heading], sentence=" ".join(shown),
            reload_seconds=reload_seconds, lang=lang, words=words,
        )  # fmt: skip

    def file(self, version: str, name: str) -> tuple[bytes, str] | None:
        """Content and media type of a script or style; None if there is none of that name and version."""
        return self._files.get(name) if version == self.version else None
