"""What the tests of training share: pictures made once, and one thread, as in the processes that they start."""

from __future__ import annotations

import pytest
import torch

from tests.training.runs import forget_accelerator, make_pictures, shorten_releases


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    return make_pictures(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(autouse=True)
def _one_thread():
    # Bit for bit holds for one number of threads: a sum in two parts rounds in another way.
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _short_releases(monkeypatch):
    shorten_releases(monkeypatch.setattr)  # in which every run here ends


@pytest.fixture
def accelerator_factory():
    """Make accelerators of any precision in one process."""
    from accelerate import Accelerator

    def make(**options):
        forget_accelerator()
        return Accelerator(**options)

    yield make
    forget_accelerator()
