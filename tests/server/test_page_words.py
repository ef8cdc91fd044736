"""The words of our own pages: all are used, and the page is in the reader's language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import amgan.server as package
from amgan.languages.reading import LANGUAGES, section
from amgan.server.reviews.page_files import ReviewPageFiles

SERVER = Path(package.__file__).parent
PARTS = SERVER / "page_parts"
SECTIONS = {"reviews": "vote", "projects": "create"}
OF_SERVER = {
    "reviews": {
        "link_is_broken",
        "one_moment",
        "cannot_be_shown",
        "reloads",
        "left_side",
        "right_side",
        "usual_question",
        "usual_question_pairs",
    },
    "projects": {"title_of_run"},
}
"""Words by page that no script names as they are: those of the server, and those put together."""


def page(name):
    return SERVER / name / "page"


def words_of(name):
    return {lang: section(lang, SECTIONS[name]) for lang in LANGUAGES}


@pytest.mark.parametrize("name", OF_SERVER)
def test_every_word_is_used_and_every_word_that_is_used_is_there(name):
    words = words_of(name)["en"].keys()
    scripts = "".join(file.read_text(encoding="utf-8") for file in [*PARTS.glob("*.js"), *page(name).glob("*.js")])
    pages = "".join(file.read_text(encoding="utf-8") for file in page(name).glob("*.html"))
    used = set(re.findall(r"words\.(\w+)", pages)) | set(re.findall(r'"([a-z_]+)"', scripts))
    begun = tuple(re.findall(r"\bsay\(`(\w+_)\$\{", scripts))
    assert set(re.findall(r'\bsay\("(\w+)"', scripts)) <= words
    assert set(re.findall(r"words\.(\w+)", pages)) <= words
    unused = {word for word in words - used if not word.startswith(begun or " ")}
    assert {word.removesuffix("_more") for word in unused} <= OF_SERVER[name]


def test_a_page_names_its_language_and_the_others_and_escapes_what_people_typed():
    page = ReviewPageFiles().page("</script><b>", "猫は", "ja")
    assert '<html lang="ja"' in page
    assert "はじめる" in page
    assert '<a href="?lang=en" hreflang="en" lang="en">English</a>' in page
    assert "<b>" not in page
    (block,) = re.findall(r'<script type="application/json" id="words">(.*?)</script>', page)
    assert json.loads(block) == words_of("reviews")["ja"]
