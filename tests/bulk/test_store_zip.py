"""The zip writer, read back by `zipfile` and by unzip where that is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amgan.bulk.store_zip import StoreZip, entries_of, local_header, stored_entry
from amgan.errors import RequestError

# zipfile itself ends a name at NUL.
FILE_NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)
FILES = st.dictionaries(FILE_NAMES, st.binary(max_size=200), max_size=12)


def zipped(files: dict[str, bytes], in_runs: int = 1) -> bytes:
    out, directory = io.BytesIO(), io.BytesIO()
    archive = StoreZip(out, directory)
    entries = [stored_entry(name, content) for name, content in files.items()]
    for start in range(0, len(entries), in_runs):
        archive.append(b"".join(entries[start : start + in_runs]))
    archive.close()
    return out.getvalue()


@given(FILES, st.integers(1, 5))
@example({"Ähre/🙂.png": b"x" * 1000, "plain.png": b"", "a" * 60_000: b"1"}, 2)
def test_zipfile_reads_what_was_written(files, in_runs):
    content = zipped(files, in_runs)
    assert content == zipped(files)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(files)
        assert {info.orig_filename: archive.read(info) for info in archive.infolist()} == files
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in archive.infolist())
        assert all(info.external_attr >> 16 == 0o100644 for info in archive.infolist())


@given(FILES)
def test_a_run_tells_its_entries(files):
    run = b"".join(stored_entry(name, content) for name, content in files.items())
    found = list(entries_of(run))
    assert {entry.name.decode(): run[entry.start : entry.end] for entry in found} == files
    assert [entry.offset for entry in found] == [0, *(entry.end for entry in found)][: len(found)]
    assert all(entry.crc == zlib.crc32(run[entry.start : entry.end]) for entry in found)


@given(st.binary(min_size=1, max_size=300))
def test_other_bytes_are_no_run(content):
    with pytest.raises(ValueError, match="header|entry"):
        list(entries_of(content))


def test_a_run_cut_off_anywhere_is_noticed():
    run = stored_entry("a", b"12345") + stored_entry("b", b"678")
    whole = {0, len(stored_entry("a", b"12345"))}
    for end in set(range(len(run))) - whole:
        with pytest.raises(ValueError, match="header|entry"):
            list(entries_of(run[:end]))


def test_a_file_of_its_own_is_read_from_its_start():
    out, content = io.BytesIO(), io.BytesIO(b"rows")
    content.seek(0, io.SEEK_END)
    archive = StoreZip(out, io.BytesIO())
    archive.add("a", b"1")
    archive.add_file("m", content, 4, zlib.crc32(b"rows"))
    archive.close()
    with zipfile.ZipFile(out) as opened:
        assert opened.testzip() is None
        assert opened.read("m") == b"rows"


def test_more_entries_than_16_bits_count():
    count = 0x10000 + 5
    content = zipped({str(number): b"" for number in range(count)}, in_runs=1000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [str(number) for number in range(count)]


def test_exactly_as_many_entries_as_mark_zip64():
    content = zipped({str(number): b"" for number in range(0xFFFF)}, in_runs=1000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 0xFFFF


def test_places_beyond_4_gib():
    # A hole takes no disk; what stands before a zip is the reader's to skip.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as directory:
        out.seek(5 << 30)
        archive = StoreZip(out, directory)
        archive.add("a", b"first")
        archive.add("b", b"second")
        archive.close()
        with zipfile.ZipFile(out) as opened:
            assert opened.testzip() is None
            assert opened.read("b") == b"second"
            assert opened.getinfo("a").header_offset == 5 << 30


def test_a_file_beyond_4_gib():
    size = 5 << 30
    header = local_header(b"large", 7, size)
    assert header[18:26] == b"\xff" * 8
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as directory:
        archive = StoreZip(out, directory)
        archive.add_file("large", io.BytesIO(), size, 7)
        out.seek(len(header) + size)  # its content is a hole, which takes no disk
        archive.add("after", b"it")
        archive.close()
        with zipfile.ZipFile(out) as opened:
            large = opened.getinfo("large")
            assert (large.file_size, large.compress_size, large.CRC) == (size, size, 7)
            assert opened.read("after") == b"it"
            with opened.open("large") as content:
                assert content.read(10) == bytes(10)


@pytest.mark.parametrize("name", ["", "a" * 0x10000])
def test_a_name_that_no_zip_can_hold(name):
    with pytest.raises(RequestError, match="1 to 65535 bytes"):
        stored_entry(name, b"")


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_agrees(tmp_path):
    (tmp_path / "x.zip").write_bytes(zipped({"a/b.png": b"123", "a/c.png": bytes(5000), "Ähre": b"1"}))
    done = subprocess.run(["unzip", "-t", tmp_path / "x.zip"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "No errors detected" in done.stdout
