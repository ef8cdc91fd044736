"""The files of the page for reviewers."""

from __future__ import annotations

from pathlib import Path

from amgan.languages.reading import DEFAULT
from amgan.server.page_files import BY_SPACES, PageFiles

_FOLDER = Path(__file__).parent / "page"


class ReviewPageFiles(PageFiles):
    """Page, script and style for reviewers."""

    def __init__(self, language: str = DEFAULT) -> None:
        """Read the files of this package's folder `page`; `language` is spoken to who asks for none."""
        super().__init__(_FOLDER, "reviewer.js", "vote", BY_SPACES, language)

    def page(self, title: str, question: str, lang: str) -> str:
        """The page of a review.

        Args:
            title: Of the review, as it was typed.
            question: Likewise.
            lang: Code of the language.
        """
        return self.render("page.html", lang, title=title, question=question)

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
        words = self.words(lang)
        whole = f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}."
        shown = [words[f"{heading}_more"].replace("{sentence}", whole)]
        if reload_seconds is not None:
            shown.append(words["reloads"])
        return self.render(
            "message.html", lang, root=root, heading=words[heading], sentence=" ".join(shown),
            reload_seconds=reload_seconds,
        )  # fmt: skip
