"""One tiny release of each labeling, and the command line with its output."""

from __future__ import annotations

import pytest

from amgan.cli import main
from tests.models import saved


@pytest.fixture(scope="session")
def release(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("commands") / "shoes", index_seeds=4)


@pytest.fixture(scope="session")
def predefined(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("commands") / "hats", labeling="predefined", channels=3)


@pytest.fixture
def run(capsys):
    """Run a command that must succeed; what it printed, with the line breaks of the console taken out."""

    def call(*arguments: object) -> str:
        main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert not printed.err
        return " ".join(printed.out.split())

    return call


@pytest.fixture
def fail(capsys):
    """Run a command that must fail with one line."""

    def call(*arguments: object) -> str:
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        assert caught.value.code == 1
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("error: ")
        return lines[0]

    return call
