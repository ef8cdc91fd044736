"""What D's confidence is good for, by the models themselves."""

from __future__ import annotations

from amgan.engine.shelf import Shelf
from amgan.reviews.report.confidence_use import NO_USE, ConfidenceUse, confidence_uses
from tests.models import saved
from tests.reviews.random_reviews import picture


def test_each_kind_of_model_and_one_that_is_gone(tmp_path):
    saved(tmp_path / "dynamic", labeling="dynamic")
    saved(tmp_path / "predefined", labeling="predefined")
    saved(tmp_path / "none", objective="gan", labeling="dynamic")
    shelf = Shelf(tmp_path)
    pictures = [
        picture(seed, model=entry.name, revision=shelf.model(entry.name).revision)
        for entry in shelf.entries
        for seed in range(2)
    ]
    gone = [picture(model="dynamic", revision="f" * 64), picture(model="away")]
    found = confidence_uses([*pictures, *gone], shelf)
    assert {name: use for (name, _), use in found.items()} == {
        "dynamic": ConfidenceUse(predicts=True, own=shelf.model("dynamic").config.confidence),
        "predefined": ConfidenceUse(predicts=True),
        "none": NO_USE,
    }
    assert set(found) == {(one.model, one.revision) for one in pictures}


def test_below_which_confidence_nobody_saw_a_picture():
    searched, given = ConfidenceUse(True, 0.7), ConfidenceUse(True)
    assert searched.floor(picture()) == 0.7
    assert searched.floor(picture(confidence=0.9)) == 0.9
    assert searched.floor(picture(asked=None)) == 0
    assert given.floor(picture(confidence=0.9)) == 0
