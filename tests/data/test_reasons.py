"""Why a file is not used, as what it is: one sentence in each language, in English where nobody asks for another."""

from __future__ import annotations

import pytest

from amgan.data.reasons import Reason, UnusableFileError
from amgan.errors import DataError
from amgan.languages.reading import LANGUAGES


def test_a_reason_is_told_in_the_language_asked_and_is_english_as_text():
    reason = Reason("large_zip", {"size": "1.5"})
    assert str(reason) == f"{reason}" == reason.in_language("en") == "1.5 GB is too large for a zip here"
    assert "1.5" in reason.in_language("ja")
    assert "too large" not in reason.in_language("ja")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_decoder_says_may_be_left_out(lang):
    told = Reason("damaged", {"sentence": "broken data stream"}).in_language(lang)
    assert ("broken data stream" in told) == (lang == "en")


def test_an_error_with_a_reason_is_one_of_the_data():
    error = UnusableFileError(Reason("long_name"))
    assert isinstance(error, DataError)
    assert (str(error), Reason.of(error).kind) == ("its name is too long; rename it", "long_name")
