"""What is held out is decided by content: the same pictures in any order, of each class about as many."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from amgan.data.held_out import split_held_out
from amgan.data.labelled_images import LabelledImages
from amgan.data.uniting import unite
from tests.metrics.judges import noise


def pictures(counts: list[int], seed: int = 0) -> LabelledImages:
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    names = tuple("abcdefgh"[: len(counts)])
    return LabelledImages(noise(len(labels), size=8, seed=seed), labels, names, "noise", "none", {})


def shuffled(data: LabelledImages) -> LabelledImages:
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(5))
    return dataclasses.replace(data, images=data.images[order], labels=data.labels[order])


def contents(data: LabelledImages) -> list[bytes]:
    return [image.numpy().tobytes() for image in data.images]


def test_the_same_pictures_in_any_order_and_others_of_another_seed():
    data = pictures([40, 60])
    training, held_out = split_held_out(data)
    again = split_held_out(shuffled(data))
    assert {*contents(held_out)} == {*contents(again[1])}
    assert {*contents(training)} == {*contents(again[0])}
    assert {*contents(held_out)} != {*contents(split_held_out(data, seed=1)[1])}


def test_every_picture_is_in_one_part_with_its_class_and_in_its_order():
    data = pictures([40, 60])
    parts = split_held_out(data, 0.25)
    place = {content: row for row, content in enumerate(contents(data))}
    rows = [[place[content] for content in contents(part)] for part in parts]
    assert sorted(rows[0] + rows[1]) == list(range(100))
    for part, own in zip(parts, rows):
        assert own == sorted(own)
        assert torch.equal(part.labels, data.labels[own])
        assert part.class_names == data.class_names


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_all_classes_give_about_the_same_share(share):
    counts = [200, 95, 37, 10]
    _, held_out = split_held_out(pictures(counts), share)
    assert len(held_out) == round(sum(counts) * share)
    for given, count in zip(held_out.class_counts.values(), counts):
        assert abs(given - count * share) < 2


def test_a_class_keeps_a_picture_and_one_at_least_is_held_out():
    training, held_out = split_held_out(pictures([1, 1, 2]), 0.9)
    assert list(training.class_counts.values()) == [1, 1, 1]
    assert list(held_out.class_counts.values()) == [0, 0, 1]
    assert len(split_held_out(pictures([2, 2]), 0.01)[1]) == 1


def test_others_beside_a_source_change_nothing_of_what_it_holds_out():
    photos, kept = pictures([30, 50]), dataclasses.replace(pictures([0, 40], seed=3), source="kept")
    for weights in ((), (1.0, 0.5)):
        held_out = split_held_out(unite([photos, kept], weights))[1]
        assert [len(rows) for rows in held_out.rows_by_source] == [8, 4]
        assert contents(held_out) == contents(split_held_out(photos)[1]) + contents(split_held_out(kept)[1])
