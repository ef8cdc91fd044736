"""What people said, keys and ids are their owner's alone, whatever the umask, and what an older version left too."""

from __future__ import annotations

import os
import stat

import pytest

from amgan.bulk.job_records import LOCK_FILE
from amgan.private_files import make_private_folder, tighten
from amgan.reviews.copying.log import VoteLog
from amgan.reviews.copying.read_back import Copied
from amgan.reviews.store.store import ReviewStore
from amgan.server.tokens import Tokens
from amgan.whole_files import write_whole
from tests.bulk.jobs import StandIn
from tests.bulk.shop import Shop, spec
from tests.reviews.random_reviews import review_of
from tests.reviews.store.store_parts import vote

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no modes of files")


@pytest.fixture(params=[0, 0o022], ids=["umask 0", "umask 022"], autouse=True)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def opened_to_all(*paths):
    for path in paths:
        path.chmod(0o777 if path.is_dir() else 0o666)


def modes_below(folder):
    return {
        str(path.relative_to(folder)): mode(path) for path in (folder, *folder.rglob("*")) if path.name != LOCK_FILE
    }


def test_a_written_file_and_the_folders_made_for_it(tmp_path):
    before = mode(tmp_path)
    file = tmp_path / "a" / "b" / "votes.csv"
    write_whole(file, b"1", private=True)
    assert (mode(tmp_path), mode(tmp_path / "a"), mode(file.parent), mode(file)) == (before, 0o700, 0o700, 0o600)
    opened_to_all(file, file.parent)
    write_whole(file, b"2", private=True)
    assert (file.read_bytes(), mode(file), mode(file.parent)) == (b"2", 0o600, 0o777)


def test_what_is_everyones_on_purpose_stays_so(tmp_path):
    shared, pipe = tmp_path / "shared", tmp_path / "pipe"
    shared.mkdir()
    shared.chmod(0o1777)
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    for path in (shared, pipe, tmp_path / "missing"):
        tighten(path)
    assert (mode(shared), mode(pipe)) == (0o1777, 0o666)


def test_a_mode_that_cannot_be_changed_is_one_line(tmp_path, monkeypatch, caplog):
    file = tmp_path / "of another user"
    file.touch()
    opened_to_all(file)

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    tighten(file)
    assert [record.getMessage() for record in caplog.records] == [
        f"{file} is open to other users of this machine, and stays so (Operation not permitted)"
    ]


def test_a_file_in_place_of_a_folder_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError):
            make_private_folder(folder)


def test_reviews_with_what_sqlite_puts_beside_them(tmp_path):
    file = tmp_path / "new" / "r.sqlite"
    store = ReviewStore(file)
    store.add(store.create(review_of(1)).id, [vote(1)])
    beside = [file, *(file.with_name(f"r.sqlite{ending}") for ending in ("-wal", "-shm"))]
    assert [mode(path) for path in beside] == [0o600] * 3
    assert mode(file.parent) == 0o700
    # As an older version has them open, in a folder with other things.
    opened_to_all(file.parent, *beside)
    ReviewStore(file).close()
    assert [mode(path) for path in beside] == [0o600] * 3
    assert mode(file.parent) == 0o777
    store.close()


def test_what_turns_out_not_to_be_a_file_of_reviews_is_not_touched(tmp_path):
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG" + b"x" * 4000)
    opened_to_all(picture)
    with pytest.raises(ValueError):
        ReviewStore(picture)
    assert mode(picture) == 0o666


def test_votes_that_wait_to_be_pushed(tmp_path):
    store = ReviewStore(":memory:")
    store.add(store.create(review_of(1)).id, [vote(1)])
    assert VoteLog(store, tmp_path, Copied()).append_new()
    assert [mode(path) for path in tmp_path.iterdir()] == [0o600]


def finished(folder):
    """The id of a job that a server has done there."""
    shop = Shop(folder, StandIn())
    shop.store.start()
    job = shop.until(shop.store.submit(spec()), "done")
    shop.store.close()
    return job.id


def test_jobs_by_whose_ids_results_are_fetched(tmp_path, caplog):
    folder = tmp_path / "jobs"
    job = finished(folder)
    assert [modes_below(folder)[name] for name in (".", job, f"{job}/job.json")] == [0o700, 0o700, 0o600]
    # As an older version left them.
    opened_to_all(folder, folder / job, folder / job / "job.json")
    finished(folder)
    assert [modes_below(folder)[name] for name in (".", job, f"{job}/job.json")] == [0o700, 0o700, 0o600]
    assert not caplog.records


def test_a_folder_of_jobs_that_holds_other_things_is_left_as_it_is(tmp_path, caplog):
    (tmp_path / "thesis.txt").touch()
    opened_to_all(tmp_path)
    job = finished(tmp_path)
    assert mode(tmp_path) == 0o777
    assert mode(tmp_path / job) == 0o700
    (line,) = [record.getMessage() for record in caplog.records]
    assert "name a folder for jobs alone" in line


def test_a_file_of_tokens_that_others_can_read_is_one_line(tmp_path, caplog):
    file = tmp_path / "tokens"
    write_whole(file, b"a-token-of-the-lab\n", private=True)
    Tokens.read(file)
    assert not caplog.records
    opened_to_all(file)
    assert Tokens.read(file)
    (line,) = [record.getMessage() for record in caplog.records]
    assert f"{file} is open to other users" in line
    assert "a-token" not in line
