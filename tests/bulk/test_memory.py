"""Memory does not grow with the number of pictures."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from amgan.bulk.formats import FORMS


@pytest.fixture(scope="module")
def growths(tmp_path_factory):
    command = [sys.executable, "-m", "tests.bulk.memory_process", str(tmp_path_factory.mktemp("memory"))]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize("kind", FORMS)
def test_eight_times_the_pictures_in_the_same_memory(kind, growths):
    # `zipfile` would hold 7,000 more entries of more than 400 bytes each, some 3 MB.
    assert max(growths[kind]) < 500_000
