"""The comparison of servers: a rival that is not there costs its own rows and no others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from amgan.release.folder import read_config
from benchmarks import serving


def test_it_has_a_model_of_its_own(tmp_path: Path) -> None:
    serving.new_release(tmp_path / "bench")
    assert read_config(tmp_path / "bench").num_classes == 10


def test_a_rival_that_does_not_start_is_only_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def server(command: list[str], ready: str) -> Iterator[None]:
        if "benchmarks.serving_litserve" in command:
            raise serving.NotStartedError("no such module")
        yield

    monkeypatch.setattr(serving, "server", server)
    rows: list[str] = []
    missed: list[str] = []
    serving.rival_rows(serving.Options(), Path("model"), lambda row: rows.append(row.args[0]), missed.append)
    assert missed == ["LitServe"]
    assert set(rows) == {"Gradio, batch=True", "Gradio around nothing"}


def test_what_was_measured_is_shown_whatever_ends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Raw:
        def __init__(self, folder: Path) -> None:
            pass

        def __enter__(self) -> Raw:
            return self

        def __exit__(self, *rest: object) -> None:
            pass

        def rate(self, n: int) -> float:
            return 77.0

        png_rate = staticmethod(lambda: 88.0)

    monkeypatch.setattr(serving, "RawSampler", Raw)
    monkeypatch.setattr(serving, "server", lambda *rest: (_ for _ in ()).throw(serving.NotStartedError("no")))
    with pytest.raises(SystemExit):
        serving.run(serving.Options(), Path("weights"), Path("weights/bench"))
    assert "77" in capsys.readouterr().out
