"""What the tests of training share: pictures made once, and short releases."""

from __future__ import annotations

import pytest

from tests.training.runs import forget_accelerator, make_pictures, shorten_releases


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    return make_pictures(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(autouse=True, scope="module")
def _short_releases():
    with pytest.MonkeyPatch.context() as patch:  # not a test's own, which may be undone in the middle of it
        shorten_releases(patch.setattr)  # in which every run here ends
        yield


@pytest.fixture
def accelerator_factory():
    """Make accelerators of any precision in one process."""
    from accelerate import Accelerator

    def make(**options):
        forget_accelerator()
        return Accelerator(**options)

    yield make
    forget_accelerator()
