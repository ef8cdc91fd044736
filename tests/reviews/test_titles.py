"""Readers are told of trainings in words, not by the names of folders."""

from __future__ import annotations

import pytest

from amgan.languages.reading import LANGUAGES
from amgan.projects.runs import MINUTES
from amgan.reviews.titles import model_in, run_in, title_in


def test_a_training_is_told_in_words():
    assert title_in("en", "Spring: bags: 1-first-look") == "Spring: bags (1: A first look)"
    wide = {code: code + 0xFEE0 for code in map(ord, "():")}  # as Japanese has them
    assert title_in("ja", "春のバッグ: 12-good") == "春のバッグ(12:良い画質)".translate(wide)
    for lang in LANGUAGES:
        for choice in MINUTES:
            assert choice not in title_in(lang, f"Bags: 3-{choice}")
            assert run_in(lang, f"3-{choice}") in title_in(lang, f"Bags: 3-{choice}")


@pytest.mark.parametrize("title", ["Autumn line", "Bags: 3-day", "1-first-look", "Bags: 1-first_look", "Bags: -good"])
def test_what_somebody_wrote_stays(title):
    assert title_in("ja", title) == title


def test_so_is_its_model():
    drawn = "a-1-b-1-first-look 0123abcd, truncation 0.7"
    assert model_in("en", "A: 2-good", drawn) == "1: A first look, truncation 0.7"
    assert model_in("ja", "A: 2-good", "a-2-good 0123abcd") == run_in("ja", "2-good")
    for title, name in (("A: 2-good", "groceries 0123abcd"), ("Autumn line", "a-2-good 0123abcd")):
        assert model_in("en", title, name) == name
