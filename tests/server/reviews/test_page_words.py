"""The words of the page for reviewers: the same ones in every language, and the page in the reader's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import amgan.server.reviews as package
from amgan.server.reviews.page_files import ReviewPageFiles

PAGE = Path(package.__file__).parent / "page"
WORDS = {
    file.stem.partition("-")[2]: json.loads(file.read_text(encoding="utf-8")) for file in PAGE.glob("words-*.json")
}


def forms(text):
    return [text] if isinstance(text, str) else list(text.values())


def fields(text):
    return {name for form in forms(text) for name in re.findall(r"\{(\w+)\}", form)}


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_each_language_has_all_words_with_the_same_values(lang):
    own, english = WORDS[lang], WORDS["en"]
    assert own.keys() == english.keys()
    for name, text in own.items():
        assert isinstance(text, str) == isinstance(english[name], str), name
        assert isinstance(text, str) or "other" in text, name
        assert all(form.strip() for form in forms(text)), name
        # A sentence of the server may be told in the language's own words.
        assert fields(text) <= fields(english[name]), name
        assert fields(english[name]) - fields(text) <= {"sentence"}, name


def test_every_word_is_used_and_every_word_that_is_used_is_there():
    scripts = "".join(file.read_text(encoding="utf-8") for file in PAGE.glob("*.js"))
    pages = "".join(file.read_text(encoding="utf-8") for file in PAGE.glob("*.html"))
    used = set(re.findall(r"words\.(\w+)", pages)) | set(re.findall(r'"([a-z_]+)"', scripts))
    assert set(re.findall(r'\bsay\("(\w+)"', scripts)) <= WORDS["en"].keys()
    of_server = {"language", "link_is_broken", "one_moment", "cannot_be_shown", "reloads"}
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
