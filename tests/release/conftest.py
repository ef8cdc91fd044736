"""A model, and a release folder of it for each test."""

from __future__ import annotations

import pytest

from tests.models import tiny_model


@pytest.fixture(scope="module")
def model():
    return tiny_model(index_seeds=3)


@pytest.fixture
def folder(model, tmp_path):
    model.save_pretrained(tmp_path)
    return tmp_path
