"""A file or folder takes its place whole; one that was not finished leaves nothing and what was there."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from amgan.whole_files import replacing, replacing_folder, write_whole


def test_a_file_that_is_not_finished_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_whole(file, b"before")

    def break_off() -> None:
        with replacing(file) as writing:
            writing.write(b"half")
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"):
        break_off()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert file.read_bytes() == b"before"
    (tmp_path / ".a.txt.writing").write_bytes(b"what a kill left, longer than what is written now")
    write_whole(file, b"after")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert file.read_bytes() == b"after"


@pytest.mark.parametrize("stop", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_a_folder_that_is_not_finished_leaves_what_was_there(tmp_path: Path, stop: BaseException) -> None:
    place = tmp_path / "release"

    def write(content: str, error: BaseException | None = None) -> None:
        with replacing_folder(place) as writing:
            writing.mkdir()
            (writing / "config.json").write_text(content)
            if error is not None:
                raise error

    write("before")
    with pytest.raises(type(stop)):
        write("half", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["release"]
    assert (place / "config.json").read_text() == "before"
    write("after")
    assert [path.name for path in tmp_path.iterdir()] == ["release"]
    assert (place / "config.json").read_text() == "after"
