"""The words of the page for reviewers: all are used, and the page is in the reader's language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import amgan.server.reviews as package
from amgan.languages.reading import LANGUAGES, section
from amgan.server.reviews.page_files import ReviewPageFiles

PAGE = Path(package.__file__).parent / "page"
WORDS = {lang: section(lang, "vote") for lang in LANGUAGES}


def test_every_word_is_used_and_every_word_that_is_used_is_there():
    scripts = "".join(file.read_text(encoding="utf-8") for file in PAGE.glob("*.js"))
    pages = "".join(file.read_text(encoding="utf-8") for file in PAGE.glob("*.html"))
    used = set(re.findall(r"words\.(\w+)", pages)) | set(re.findall(r'"([a-z_]+)"', scripts))
    assert set(re.findall(r'\bsay\("(\w+)"', scripts)) <= WORDS["en"].keys()
    of_server = {"link_is_broken", "one_moment", "cannot_be_shown", "reloads"}
    of_sides = {"left_side", "right_side"}
    unused = WORDS["en"].keys() - used - of_server - of_sides
    assert {name.removesuffix("_more") for name in unused} <= of_server


def test_a_page_names_its_language_and_the_others_and_escapes_what_people_typed():
    page = ReviewPageFiles().page("</script><b>", "猫は", "ja")
    assert '<html lang="ja"' in page
    assert "はじめる" in page
    assert '<a href="?lang=en" hreflang="en" lang="en">English</a>' in page
    assert "<b>" not in page
    (block,) = re.findall(r'<script type="application/json" id="words">(.*?)</script>', page)
    assert json.loads(block) == WORDS["ja"]
