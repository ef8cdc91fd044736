"""The files of the languages: the same words in each, with the same values to be filled in."""

from __future__ import annotations

import json
import re
import string

import pytest

from amgan.languages.reading import DEFAULT, FOLDER, LANGUAGES, Texts, section

PACKAGE = FOLDER.parent

PLURALS = {"zero", "one", "two", "few", "many", "other"}
"""The forms of a word that goes with a number, by Unicode's names; languages differ in which they have."""


def words(tree, path=()):
    """All words of a file by their place in it, each as a list of its forms."""
    if isinstance(tree, str):
        return {path: [tree]}
    if tree.keys() <= PLURALS:
        return {path: list(tree.values())}
    return {place: forms for name, part in tree.items() for place, forms in words(part, (*path, name)).items()}


def read(lang):
    return words(json.loads((FOLDER / f"{lang}.json").read_text(encoding="utf-8")))


def filled_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_are_languages_that_say_their_own_names():
    assert LANGUAGES == {"en": "English", "ja": "日本語"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_has_all_words_with_the_same_values(lang):
    own, english = read(lang), read(DEFAULT)
    assert own.keys() == english.keys()
    for place, forms in own.items():
        assert all(form.strip() == form.strip(" ") and form.strip() for form in forms), place
        usual = {name for form in english[place] for name in filled_in(form)}
        for form in forms:
            assert filled_in(form) <= usual, place
            # A sentence that the server says in English may be told in own words; "a minute" is a number.
            assert usual - filled_in(form) <= ({"sentence"} if len(forms) == 1 else {"count"}), place


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_word_that_goes_with_a_number_has_a_form_for_any(lang):
    def look(tree):
        if isinstance(tree, str):
            return
        if tree.keys() <= PLURALS:
            assert "other" in tree
            return
        for part in tree.values():
            look(part)

    look(json.loads((FOLDER / f"{lang}.json").read_text(encoding="utf-8")))


def test_a_line_does_not_end_between_a_number_and_what_it_counts():
    assert Texts("en", "results")("percent", number=41) == "41\N{NO-BREAK SPACE}%"
    assert Texts("ja", "vote")("takes", count=3).startswith("約\N{NO-BREAK SPACE}3\N{NO-BREAK SPACE}分かかります")
    assert section("ja", "guess")["again"] == "もう 10\N{NO-BREAK SPACE}枚"
    assert Texts("en", "vote")("place", number=1, count=12) == "1 of 12"


def test_japanese_is_written_with_its_own_marks():
    for place, forms in read("ja").items():
        for form in forms:
            bare = "".join(text for text, _, _, _ in string.Formatter().parse(form))
            assert not set(bare) & set(",;!?“”()"), place


def test_every_reason_that_is_given_has_words_and_every_word_is_given():
    code = "".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    known = section(DEFAULT, "reasons").keys()
    assert set(re.findall(r'\bReason\(\s*"(\w+)"', code)) <= known
    assert {kind for kind in known if f'"{kind}"' not in code} == set()


def test_the_page_that_makes_models_has_every_word_that_it_says():
    scripts = (PACKAGE / "server" / "projects" / "page").glob("*.js")
    said = {name for file in scripts for name in re.findall(r'\bsay\("(\w+)"', file.read_text(encoding="utf-8"))}
    assert len(said) > 50
    assert said <= section(DEFAULT, "create").keys()
