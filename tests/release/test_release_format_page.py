"""docs/release-format.md names every file of a release, every key of config.json, and what metrics.json may hold."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from amgan.networks.architecture import ImageSize, Labeling
from amgan.networks.architectures import ARCHITECTURES
from amgan.networks.config import FORMAT_VERSION
from amgan.networks.objectives import OBJECTIVES
from amgan.release.folder import RELEASE_FILES
from amgan.release.seed_index import MAX_DRAW, MAX_INDEX_BYTES, MAX_INDEX_SEEDS, TENSOR_NAME
from tests.documents import ROOT, table_rows, text_of
from tests.models import tiny_config

PAGE = text_of("docs/release-format.md")


def test_every_file_of_a_release_is_named():
    assert table_rows(PAGE, "The release folder").keys() == {*RELEASE_FILES}


def test_every_key_of_a_config_is_named_and_no_other():
    assert table_rows(PAGE, "config.json").keys() == tiny_config().to_json().keys()


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("format_version", range(1, FORMAT_VERSION + 1)),
        ("objective", OBJECTIVES),
        ("labeling", get_args(Labeling)),
        ("image_size", get_args(ImageSize)),
        ("architecture", ARCHITECTURES),
    ],
)
def test_choices_of_a_config_are_named(key, choices):
    allowed = table_rows(PAGE, "config.json")[key].split("|")[0]
    assert {choice.strip(" `") for choice in allowed.split(",")} == {*map(str, choices)}


def test_bounds_of_a_seed_index_are_said():
    assert f"`{TENSOR_NAME}`" in PAGE
    for bound in (MAX_DRAW, MAX_INDEX_BYTES, MAX_INDEX_SEEDS):
        assert f"{bound:,}" in PAGE


@pytest.mark.parametrize("model", ["fashion-mnist", "fashion-mnist-predefined", "cifar10"])
def test_every_key_of_metrics_is_named(model):
    metrics = json.loads((ROOT / "weights" / model / "metrics.json").read_text(encoding="utf-8"))
    evaluation = metrics["evaluation"]
    for part in (metrics, *metrics.values(), *(value for value in evaluation.values() if isinstance(value, dict))):
        for key in part:
            assert f"`{key}`" in PAGE, key


def test_every_key_of_a_judges_config_is_named():
    (folder,) = (ROOT / "weights" / "judges").glob("fashion-mnist")
    for key in json.loads((folder / "config.json").read_text(encoding="utf-8")):
        assert f"`{key}`" in PAGE.partition("## A judge")[2], key
