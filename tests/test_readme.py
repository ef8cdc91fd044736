"""The README promises nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amgan.cli.command_line import COMMANDS

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT))))
def test_every_link_and_picture_is_there(target):
    assert (ROOT / target).exists()


def test_every_command_is_there():
    commands = set(re.findall(r"python -m amgan (\w+)", TEXT))
    assert commands <= set(COMMANDS)


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`((?:amgan|benchmarks|weights)/[\w./-]+)`", TEXT))))
def test_every_file_that_is_named_is_there(file):
    assert file == "weights/mine" or (ROOT / file).exists()
