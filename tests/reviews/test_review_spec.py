"""What a review asks: it comes back from its JSON as it was, and what is none is a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_ITEMS
from amgan.errors import RequestError
from amgan.reviews.review_spec import MAX_JSON_BYTES, MAX_TITLE, Item, Picture, ReviewSpec
from tests.models import message
from tests.reviews.random_reviews import picture, review_of, specs


@given(specs)
def test_a_review_comes_back_from_its_text(spec):
    text = spec.to_json()
    assert ReviewSpec.from_json(text) == spec
    assert ReviewSpec.from_json(text.encode()) == spec
    assert "\n" not in text


@given(specs)
def test_fields_with_a_default_may_be_left_out(spec):
    content = json.loads(spec.to_json())
    short = {key: content[key] for key in ("title", "items")}
    assert ReviewSpec.from_json(json.dumps(short)) == ReviewSpec(spec.title, spec.items)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists) | st.binary().map(repr))
def test_anything_else_is_a_sentence(content):
    with pytest.raises(RequestError) as raised:
        ReviewSpec.from_json(json.dumps(content))
    message(raised.value)


@given(specs, st.data())
def test_a_review_with_one_thing_changed_is_a_review_or_a_sentence(spec, data):
    content = json.loads(spec.to_json())
    place = content
    while isinstance(place, (dict, list)) and place:
        holder, key = place, data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        place = holder[key]
    holder[key] = data.draw(st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.just({}))
    try:
        assert isinstance(ReviewSpec.from_json(json.dumps(content)), ReviewSpec)
    except RequestError as error:
        message(error)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "object"),
        ('{"title": "a"}', "items"),
        ('{"title": "a", "items": 3}', "items must be a list"),
        ('{"title": "a", "items": [], "colour": 1}', "no field 'colour'"),
        ('{"title": "a", "items": [{"b": null}]}', "an item needs the field 'a'"),
        ('{"title": "a", "items": [{"a": 1}]}', "a picture must be"),
        ('{"title": "a", "items": [{"a": {"model": "m"}}]}', "a picture needs the field 'revision'"),
        ("x" * (MAX_JSON_BYTES + 1), "at most"),
    ],
)
def test_what_is_no_review_says_why(text, part):
    with pytest.raises(RequestError) as raised:
        ReviewSpec.from_json(text)
    assert part in message(raised.value)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"title": ""}, "title"),
        ({"title": " \n"}, "title"),
        ({"title": "x" * (MAX_TITLE + 1)}, "title"),
        ({"title": "\ud800"}, "half a character"),
        ({"question": 3}, "question"),
        ({"scale": "thumbs"}, "scale must be one of keep, stars"),
        ({"target": 1.5}, "target"),
        ({"target": True}, "target"),
        ({"target": float("nan")}, "target"),
        ({"items": ()}, "1 to"),
        ({"items": (Item(picture()),) * (MAX_ITEMS + 1)}, "1 to"),
        ({"items": (Item(picture()), Item(picture(), picture(1)))}, "not both"),
    ],
)
def test_a_field_out_of_its_bounds_is_named(change, part):
    with pytest.raises(RequestError) as raised:
        ReviewSpec(**{"title": "Spring", "items": (Item(picture()),)} | change)
    assert part in message(raised.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [("model", ""), ("model", 3), ("label", None), ("asked", ""), ("seed", -1), ("seed", "7"), ("truncation", 0),
     ("truncation", 2.5), ("class_probability", 1.1), ("class_probability", None), ("confidence", -0.1)],
)  # fmt: skip
def test_a_pictures_field_out_of_its_bounds_is_named(field, value):
    with pytest.raises(RequestError) as raised:
        picture(**{field: value})
    assert field in message(raised.value)


def test_too_many_items_in_a_text_are_not_all_read():
    content = json.loads(review_of(1).to_json())
    content["items"] = content["items"] * (MAX_ITEMS + 5)
    with pytest.raises(RequestError, match=rf"1 to {MAX_ITEMS} pictures"):
        ReviewSpec.from_json(json.dumps(content))


def test_an_item_stands_for_the_class_asked_else_for_the_one_shown():
    bag, shoe = picture(label="Bag"), picture(label="Shoe")
    assert Item(picture(asked="Hat")).label == "Hat"
    assert Item(Picture("m", "r", 0, None, "Shoe", 0.5)).label == "Shoe"
    assert Item(bag, shoe).label == "Bag"  # both were asked for it
    free = [Picture("m", "r", 0, None, label, 0.5) for label in ("Bag", "Shoe")]
    assert Item(*free).label is None
    assert not review_of(2).is_pairs
    assert ReviewSpec("A", (Item(bag, shoe),)).is_pairs
