"""With a torch-fidelity that cannot be imported, what needs no torchmetrics works; the rest says why in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def run(tmp_path):
    """Python with a torch-fidelity as pip sees one, whose import wants a torchvision that is not there."""
    package, facts = tmp_path / "torch_fidelity", tmp_path / "torch_fidelity-0.4.0.dist-info"
    package.mkdir()
    facts.mkdir()
    (package / "__init__.py").write_text("import torchvision_that_is_not_here\n")
    (package / "feature_extractor_inceptionv3.py").write_text("")
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: torch-fidelity\nVersion: 0.4.0\n")

    def call(code: str) -> str:
        whole = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n{code}"
        done = subprocess.run(
            [sys.executable, "-c", whole],
            check=False,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


def test_the_command_line_works_without_it(run):
    code = (
        "from amgan.cli import main\ntry: main(['evaluate', '--help'])\nexcept SystemExit as end: assert not end.code"
    )
    assert "Measure a model" in run(code)


def test_what_needs_it_says_why_in_one_line(run):
    code = """
from amgan.errors import JudgeError
from amgan.metrics.feature_distance import FrechetDistance, kernel_distance
from amgan.reviews.statistics.threshold import Opinion, predict
for need in (
    lambda: predict([Opinion(0.5, True, "Bag", 0, "a"), Opinion(0.6, False, "Bag", 1, "a")], None),
    lambda: FrechetDistance(3),
    lambda: kernel_distance(None, None),
):
    try:
        need()
    except JudgeError as error:
        print(error)
"""
    lines = run(code).splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.startswith("torchmetrics cannot be imported (No module named 'torchvision_that_is_not_here')")
        assert line.endswith("install that, or remove torch-fidelity")
