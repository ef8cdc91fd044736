"""What a review's classes are called to its reader: in any of its models' cards, and never two of them alike."""

from __future__ import annotations

import pytest

from amgan.engine.shelf import Shelf
from amgan.reviews.class_texts import class_texts
from tests.models import saved
from tests.reviews.random_reviews import picture

CARD = "---\nclass_names: {{ja: {}}}\n---\n"
TEXTS = {"shoes": "{Bag: バッグ, Sneaker: スニーカー}", "fruit": "{Bag: 袋, Ankle boot: スニーカー}"}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    for name, texts in TEXTS.items():
        (saved(folder / name) / "README.md").write_text(CARD.format(texts), encoding="utf-8")
    return Shelf(folder)


def test_the_classes_of_all_models_the_first_one_first_and_own_names_of_what_is_gone(shelf):
    pictures = [picture(1), picture(2, model="fruit"), picture(3, model="gone", asked=None, label="Hat")]
    assert class_texts(pictures, shelf, "ja") == {"Bag": "バッグ"}
    assert class_texts(pictures[::-1], shelf, "ja") == {"Bag": "袋"}
    assert class_texts(pictures, shelf, "en") == {}
    assert class_texts([], shelf, "ja") == {}


def test_two_classes_that_would_be_called_alike_have_their_own_names(shelf):
    of = [("shoes", "Sneaker"), ("fruit", "Ankle boot"), ("shoes", "Bag")]
    pictures = [picture(model=model, asked=None, label=label) for model, label in of]
    assert class_texts(pictures, shelf, "ja") == {"Bag": "バッグ"}
    assert class_texts([*pictures, picture(label="バッグ")], shelf, "ja") == {}
    assert class_texts(pictures[:1], shelf, "ja") == {"Sneaker": "スニーカー"}
