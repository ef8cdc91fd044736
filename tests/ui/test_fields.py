"""The field for the least confidence: what it shows is what it says, and only where a class is searched for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amgan.networks.config import ModelConfig
from amgan.ui.checks import value_of
from amgan.ui.fields import confidence_update, fit_confidence
from amgan.ui.state import BatchState
from amgan.ui.words import ENGLISH

SEARCHES = ModelConfig(class_names=("a", "b"), confidence=0.4)
GIVEN = ModelConfig(class_names=("a", "b"), labeling="predefined")


@given(st.none() | st.floats(0, 1, exclude_max=True))
def test_what_is_shown_is_read_again(value: float | None) -> None:
    update = confidence_update(value, SEARCHES, ENGLISH)
    assert update["visible"]
    assert "0.4" in update["info"]
    shown = fit_confidence(update["value"], SEARCHES)
    assert value_of(BatchState, "confidence", shown, ENGLISH) == value == fit_confidence(value, SEARCHES)


def test_a_model_that_is_given_the_class_has_no_such_field() -> None:
    update = confidence_update(0.9, GIVEN, ENGLISH)
    assert (update["visible"], update["value"]) == (False, "")
    assert fit_confidence(0.9, GIVEN) is None
    # Whatever is left in a field that is not to be seen.
    assert fit_confidence("nonsense", GIVEN) is None
    assert fit_confidence("nonsense", SEARCHES) == "nonsense"
