"""The directions beside a model: they come back as they were, and whatever does not fit is refused in one line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save

from amgan.errors import ReleaseError, RequestError
from amgan.model import AMGAN
from amgan.release.directions import (
    MAX_DIRECTIONS_BYTES,
    MOST_CLASSES,
    MOST_SLIDERS,
    Directions,
    read_directions,
    write_directions,
)
from amgan.release.folder import DIRECTIONS_FILE
from tests.directions import some_directions
from tests.models import message, tiny_config, tiny_model

CONFIG = tiny_config()
GOOD = some_directions(CONFIG)
WORDS = {"ends": GOOD.words, "classes": GOOD.classes}


def tensors_of(directions):
    return {"ends": directions.ends.contiguous(), "class_means": directions.class_means.contiguous()}


def test_they_go_with_the_model(tmp_path):
    model = tiny_model()
    model.save_pretrained(tmp_path)
    assert AMGAN.from_pretrained(tmp_path).directions is None
    revision = AMGAN.from_pretrained(tmp_path).revision
    model.directions = GOOD
    model.save_pretrained(tmp_path)
    again = AMGAN.from_pretrained(tmp_path)
    assert again.revision == revision  # the names of pictures along them say which they are
    assert torch.equal(again.directions.ends, GOOD.ends)
    assert torch.equal(again.directions.class_means, GOOD.class_means)
    assert (again.directions.words, again.directions.classes) == (GOOD.words, GOOD.classes)
    assert again.directions.end_numbers == GOOD.end_numbers
    assert again.directions.class_numbers == GOOD.class_numbers
    again.directions = None
    again.save_pretrained(tmp_path)
    assert not (tmp_path / DIRECTIONS_FILE).exists()


def test_a_direction_is_known_by_its_number_and_by_no_other():
    for pair, numbers in zip(GOOD.ends, GOOD.end_numbers, strict=True):
        for vector, number in zip(pair, numbers, strict=True):
            assert torch.equal(GOOD[number], vector)
    for vector, number in zip(GOOD.class_means, GOOD.class_numbers, strict=True):
        assert torch.equal(GOOD[number], vector)
    with pytest.raises(RequestError, match="no direction of the number 17"):
        GOOD[17]


def test_the_last_bit_of_a_direction_makes_another_number():
    axis = torch.zeros(1, 1, 5)
    axis[..., 0] = 1
    other = torch.nextafter(axis, torch.tensor(2.0))
    one, two = (Directions(torch.cat([way, -way], dim=1), [[0, 1]], torch.empty(0, 5), []) for way in (axis, other))
    assert not set(one.end_numbers[0]) & set(two.end_numbers[0])
    # For ever the same: links hold them.
    assert one.end_numbers == [[576156513, 1926203991]]


def test_two_of_one_number_are_refused(monkeypatch):
    monkeypatch.setattr("amgan.release.directions._number", lambda vector: 17)
    with pytest.raises(ReleaseError, match="two directions have the number 17"):
        replace(GOOD).check(CONFIG)


@pytest.mark.parametrize(
    "change",
    [
        {"ends": GOOD.ends.double()},
        {"ends": GOOD.ends[:, :1]},
        {"ends": GOOD.ends[..., 1:]},
        {"ends": GOOD.ends[0]},
        {"ends": torch.tensor(1.0)},
        {"ends": GOOD.ends[:2]},
        {"ends": GOOD.ends * 1.01},
        {"ends": GOOD.ends * 0},
        {"ends": GOOD.ends * torch.nan},
        {"ends": GOOD.ends * torch.inf},
        {"ends": GOOD.ends.repeat(3, 1, 1), "words": GOOD.words * 3},
        {"class_means": GOOD.class_means.half()},
        {"class_means": GOOD.class_means[:, 1:]},
        {"class_means": GOOD.class_means * 2},
        {"class_means": GOOD.class_means[:1]},
        {"class_means": GOOD.class_means[:1].repeat(MOST_CLASSES + 1, 1)},
        {"words": None},
        {"words": GOOD.words[:2]},
        {"words": [*GOOD.words[:2], "larger"]},
        {"words": [*GOOD.words[:2], ["larger"]]},
        {"words": [*GOOD.words[:2], ["larger", "prettier"]]},
        {"words": [*GOOD.words[:2], ["larger", CONFIG.num_classes]]},
        {"words": [*GOOD.words[:2], ["larger", -1]]},
        {"words": [*GOOD.words[:2], ["larger", True]]},
        {"words": [*GOOD.words[:2], ["larger", 1.0]]},
        {"words": [*GOOD.words[:2], ["larger", None]]},
        {"words": [*GOOD.words[:2], ["larger", ["smaller"]]]},
        {"classes": [0, 1]},
        {"classes": [0, 1, 1]},
        {"classes": [0, 1, CONFIG.num_classes]},
        {"classes": [0, 1, "2"]},
        {"classes": {"0": 1}},
    ],
)
def test_what_does_not_fit_is_neither_written_nor_read(tmp_path, change):
    wrong = replace(GOOD, **change)
    file = tmp_path / DIRECTIONS_FILE
    with pytest.raises(ReleaseError):
        write_directions(file, wrong, CONFIG)
    assert not file.exists()
    words = {"ends": wrong.words, "classes": wrong.classes}
    file.write_bytes(save(tensors_of(wrong), {"words": json.dumps(words)}))
    refused(file)


@pytest.mark.parametrize(
    "header",
    [None, {}, {"words": ""}, {"words": "{"}, {"words": "[" * 5000}, {"words": "[]"}, {"words": '{"ends": []}'},
     {"words": json.dumps({**WORDS, "more": 1})}],
)  # fmt: skip
def test_a_file_says_what_they_are_called(tmp_path, header):
    file = tmp_path / DIRECTIONS_FILE
    file.write_bytes(save(tensors_of(GOOD), header))
    assert "its header must say the words" in refused(file)


def test_other_files_are_refused(tmp_path):
    file = tmp_path / DIRECTIONS_FILE
    header = {"words": json.dumps(WORDS)}
    for content in (
        b"", b"{}", b"\x00" * 100, save({"ends": GOOD.ends}, header),
        save({**tensors_of(GOOD), "more": torch.zeros(1)}, header),
    ):  # fmt: skip
        file.write_bytes(content)
        refused(file)
    with file.open("wb") as opened:
        opened.truncate(MAX_DIRECTIONS_BYTES + 1)
    assert "larger than" in refused(file)
    file.unlink()
    file.mkdir()
    refused(file)


def test_the_largest_that_there_may_be_can_be_written(tmp_path):
    config = tiny_config(latent_dim=4096, class_names=tuple(map(str, range(MOST_CLASSES))))
    rows = torch.nn.functional.normalize(torch.randn(2 * MOST_SLIDERS + MOST_CLASSES, 4096))
    ends, means = rows[: 2 * MOST_SLIDERS].unflatten(0, (-1, 2)), rows[2 * MOST_SLIDERS :]
    most = Directions(ends, [["larger", "smaller"]] * MOST_SLIDERS, means, list(range(MOST_CLASSES)))
    write_directions(tmp_path / DIRECTIONS_FILE, most, config)
    assert read_directions(tmp_path / DIRECTIONS_FILE, config).end_numbers == most.end_numbers


def refused(file):
    with pytest.raises(ReleaseError) as caught:
        read_directions(file, CONFIG)
    assert DIRECTIONS_FILE in message(caught.value)
    return str(caught.value)
