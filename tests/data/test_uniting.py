"""Several sets as one: every picture keeps its class by name, whatever numbers the classes had."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amgan.data.class_folders import alike, composed, natural_order
from amgan.data.labelled_images import LabelledImages
from amgan.data.uniting import unite
from amgan.errors import DataError
from amgan.networks.config import is_class_name
from amgan.networks.objectives import UNLABELLED

names = st.text(min_size=1, max_size=6).map(composed).filter(is_class_name)
sources = st.lists(st.lists(names, min_size=1, max_size=5, unique_by=alike), min_size=2, max_size=4)


def pictures(classes, labels, source="photos", channels=1, **facts):
    images = torch.arange(len(labels), dtype=torch.uint8)[:, None, None, None].expand(-1, channels, 8, 8)
    return LabelledImages(
        images, torch.tensor(labels), tuple(classes), source, facts.pop("fit", "none"), {(8, 8): len(labels)}, **facts
    )


@given(sources)
def test_classes_are_one_by_name_and_in_the_order_of_the_first(listed):
    parts = [pictures(own, [*range(len(own)), UNLABELLED], source=f"s{n}") for n, own in enumerate(listed)]
    first = {alike(name): name for own in listed for name in own}
    if any(first[alike(name)] != name for own in listed for name in own):
        with pytest.raises(DataError, match="differ in capitals or spaces only"):
            unite(parts)
        return
    if len(first) < 2:
        with pytest.raises(DataError, match="only one class"):
            unite(parts)
        return
    whole = unite(parts)
    assert whole.class_names[: len(listed[0])] == tuple(listed[0])
    rest = whole.class_names[len(listed[0]) :]
    assert list(rest) == sorted({*first.values()} - {*listed[0]}, key=natural_order)
    named = [None if label == UNLABELLED else whole.class_names[label] for label in whole.labels.tolist()]
    assert named == [name for own in listed for name in [*own, None]]


def test_what_is_known_of_the_parts_is_known_of_the_whole():
    grey = pictures(("a", "b"), [0, 1, 1], "photos", names=("1", "2", "3"), left_out="3 files", fit="pad", skipped=2)
    colour = pictures(("b", "mug"), [1, 1], "kept", channels=3, names=("1", "2"), skipped=1, ground="on white")
    whole = unite([grey, colour], (1.0, 0.5))
    assert whole.images.shape == (5, 3, 8, 8)
    assert torch.equal(whole.images[:, :, 0, 0], torch.tensor([[0, 1, 2, 0, 1]] * 3).T)
    assert (whole.labels.tolist(), whole.class_names) == ([0, 1, 1, 2, 2], ("a", "b", "mug"))
    assert (whole.fit, whole.skipped, whole.original_sizes) == ("pad", 3, {(8, 8): 5})
    assert whole.names == ("1 of photos", "2 of photos", "3 of photos", "1 of kept", "2 of kept")
    assert (whole.left_out, whole.ground) == ("photos: 3 files", "kept: on white")
    assert "Parts     photos 3, kept 2 drawn 0.5 times as often; not in photos: mug" in whole.summary()
    assert [rows.tolist() for rows in whole.rows_by_source] == [[0, 1, 2], [3, 4]]
    assert [rows.tolist() for rows in whole.only(whole.labels > 0).rows_by_source] == [[0, 1], [2, 3]]
    assert whole.draws == [3, 1]


def test_one_alone_is_as_it_is_and_must_be_complete():
    data = pictures(("a", "b"), [0, 1])
    assert unite([data]) is data
    for names, labels, words in ((("a",), [0], "only one class"), (("a", "b"), [1], "class 'a' is empty")):
        with pytest.raises(DataError, match=words):
            unite([pictures(names, labels)])


def test_names_that_one_source_tells_apart_are_two_classes():
    whole = unite([pictures(("Mug", "mug"), [0, 1]), pictures(("mug",), [0], "kept")])
    assert whole.labels.tolist() == [0, 1, 1]
