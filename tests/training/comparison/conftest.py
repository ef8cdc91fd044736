"""A small data set with its judge, and runs short enough for tests."""

from __future__ import annotations

import pytest

from tests.metrics.judges import tiny_judge
from tests.training.runs import CLASSES, forget_accelerator, make_pictures


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("comparison") / "shapes"
    make_pictures(root / "train", 48)
    make_pictures(root / "test", 24)
    return root


@pytest.fixture(scope="session")
def judge(tmp_path_factory):
    folder = tmp_path_factory.mktemp("comparison") / "shape-judge"
    tiny_judge(class_names=CLASSES).save(folder)
    return folder


@pytest.fixture(autouse=True)
def _small(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    forget_accelerator()
    yield
    forget_accelerator()
