"""What the page says of a model's news."""

from __future__ import annotations

import pytest

from amgan.engine.shelf_entry import News
from amgan.ui.newer_version import newer_text
from amgan.ui.words import ENGLISH

SHOWN, OTHER = "a" * 40, "b" * 40


@pytest.mark.parametrize("on_request", [False, True])
def test_a_newer_revision_and_a_hub_that_is_away_are_told(on_request: bool) -> None:
    assert "newer version of u/s" in newer_text("u/s", SHOWN, News(OTHER), ENGLISH, on_request)
    text = newer_text("u/s", SHOWN, News(problem="no answer"), ENGLISH, on_request)
    assert "no answer" in text
    assert "u/s" in text


@pytest.mark.parametrize("news", [News(), News(SHOWN)])
def test_nothing_new_is_told_only_to_who_asks(news: News) -> None:
    assert newer_text("u/s", SHOWN, news, ENGLISH, on_request=False) == ""
    assert newer_text("u/s", SHOWN, news, ENGLISH, on_request=True) == ENGLISH.is_newest.format(name="u/s")
