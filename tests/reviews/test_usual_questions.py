"""The usual questions: readers of each language are asked them in theirs, and anything else as it was written."""

from __future__ import annotations

from amgan.languages.reading import DEFAULT
from amgan.reviews.review_spec import DEFAULT_QUESTION
from amgan.reviews.usual_questions import question_in, usual_question


def test_what_nobody_wrote_is_asked_in_the_readers_language():
    assert usual_question(DEFAULT) == DEFAULT_QUESTION
    for pairs in (False, True):
        english, japanese = usual_question("en", pairs), usual_question("ja", pairs)
        assert question_in("ja", english) == japanese != english
        assert question_in("en", japanese) == english
        assert question_in("en", english) == english


def test_what_somebody_wrote_stays():
    assert question_in("ja", "Wear it?") == "Wear it?"
    assert question_in("en", "試作したいですか") == "試作したいですか"
