"""Files of lines made of a store, and a store made of them: together the store again, every vote once."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amgan.reviews.copying import log as vote_log
from amgan.reviews.copying.event_line import Cast, Closing, from_line, to_line
from amgan.reviews.copying.log import VoteLog
from amgan.reviews.copying.read_back import Copied, read_back
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote
from tests.reviews.random_reviews import review_of, specs, votes_on


def vote(number: int, **changes) -> Vote:
    return Vote(**{"id": f"vote-{number:04}", "item": 0, "reviewer": "reviewer-1", "verdict": "keep"} | changes)


def store_with(path, votes=3):
    store = ReviewStore(path)
    review = store.create(review_of(2))
    store.add(review.id, [vote(number) for number in range(votes)])
    return store, review


def everything(store):
    return [(review, store.votes(review.id)) for review in store.reviews()]


def events_in(folder):
    return [from_line(line) for file in sorted(folder.iterdir()) for line in file.read_bytes().splitlines()]


def votes_in(folder):
    return Counter(event.vote.id for event in events_in(folder) if isinstance(event, Cast))


@given(st.data(), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3000))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_copied_in_parts_and_read_back_it_is_the_same_store(tmp_path_factory, data, reviews, at_once, file_bytes):
    folder = tmp_path_factory.mktemp("log")
    store = ReviewStore(folder / "a.sqlite")
    (folder / "files").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vote_log, "_AT_ONCE", at_once)
        patch.setattr(vote_log, "FILE_BYTES", file_bytes)
        log = VoteLog(store, folder / "files", Copied())
        for _ in range(reviews):
            review = store.create(data.draw(specs))
            votes = data.draw(st.lists(votes_on(review.spec), max_size=5, unique_by=lambda vote: vote.id))
            store.add(review.id, votes)
            if data.draw(st.booleans()):
                assert log.append_new()
                store.close_review(review.id)
        log.append_new()
        assert not log.append_new()
    files = data.draw(st.permutations(sorted((folder / "files").iterdir())))
    other = ReviewStore(folder / "b.sqlite")
    copied = read_back([*files, *files[:1]], other)
    assert copied.skipped == 0
    assert everything(other) == everything(store)
    assert copied.reviews == {review.id for review in store.reviews()}
    assert copied.turnings == {
        Closing(review.id, review.closed) for review in store.reviews() if review.closed is not None
    }


def test_only_what_is_new_is_written(tmp_path):
    store, review = store_with(tmp_path / "a.sqlite")
    (tmp_path / "files").mkdir()
    log = VoteLog(store, tmp_path / "files", Copied())
    log.append_new()
    store.add(review.id, [vote(7)])
    store.close_review(review.id)
    assert log.append_new()
    assert not log.append_new()
    written = events_in(tmp_path / "files")
    assert [type(event) for event in written] == [Review, Cast, Cast, Cast, Closing, Cast]
    assert written[-1].vote.id == "vote-0007"


def test_what_the_copies_hold_is_not_written_again(tmp_path):
    store, review = store_with(tmp_path / "a.sqlite")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    VoteLog(store, tmp_path / "first", Copied()).append_new()
    store.add(review.id, [vote(7)])  # on this disk, and not yet copied
    copied = read_back(list((tmp_path / "first").iterdir()), store)
    log = VoteLog(store, tmp_path / "second", copied)
    assert log.append_new()
    store.add(review.id, [vote(8)])
    assert log.append_new()
    assert list(votes_in(tmp_path / "second")) == ["vote-0007", "vote-0008"]
    assert len(events_in(tmp_path / "second")) == 2


def test_a_file_that_is_large_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(vote_log, "FILE_BYTES", 1500)
    store, review = store_with(tmp_path / "a.sqlite")
    (tmp_path / "files").mkdir()
    log = VoteLog(store, tmp_path / "files", Copied())
    log.append_new()
    sizes = {}
    for number in range(10, 40):
        store.add(review.id, [vote(number)])
        log.append_new()
        now = {file.name: file.stat().st_size for file in (tmp_path / "files").iterdir()}
        assert all(now[name] == size for name, size in sizes.items() if size >= 1500)
        sizes = now
    assert len(sizes) > 3
    assert set(votes_in(tmp_path / "files").values()) == {1}


def test_very_much_is_written_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(vote_log, "APPEND_BYTES", 2000)
    monkeypatch.setattr(vote_log, "_AT_ONCE", 5)
    store, _ = store_with(tmp_path / "a.sqlite", votes=60)
    (tmp_path / "files").mkdir()
    log = VoteLog(store, tmp_path / "files", Copied())
    rounds = 0
    while log.append_new():
        rounds += 1
        assert len(votes_in(tmp_path / "files")) <= 20 * rounds
    assert rounds > 3
    assert votes_in(tmp_path / "files") == {f"vote-{number:04}": 1 for number in range(60)}


@pytest.mark.parametrize("fails", ["vote-0000", "vote-0001"])
def test_after_a_full_disk_nothing_lacks_and_no_line_is_glued_to_half_of_another(tmp_path, monkeypatch, fails):
    store, _ = store_with(tmp_path / "a.sqlite")
    (tmp_path / "files").mkdir()
    log = VoteLog(store, tmp_path / "files", Copied())

    class FullDisk(io.FileIO):
        def write(self, line):
            if fails.encode() in line:
                super().write(line[:50])
                raise OSError("no space left on device")
            return super().write(line)

    def opened(path, mode):
        return FullDisk(path, mode)

    monkeypatch.setattr(vote_log, "open_private", opened)
    with pytest.raises(OSError, match="no space"):
        log.append_new()
    monkeypatch.undo()
    assert log.append_new()
    other = ReviewStore(tmp_path / "b.sqlite")
    copied = read_back(sorted((tmp_path / "files").iterdir()), other)
    assert everything(other) == everything(store)
    assert copied.skipped == 1


def test_lines_that_do_not_fit_are_skipped_and_counted(tmp_path):
    store, review = store_with(tmp_path / "a.sqlite")
    (tmp_path / "files").mkdir()
    VoteLog(store, tmp_path / "files", Copied()).append_new()
    (file,) = (tmp_path / "files").iterdir()
    strange = [
        to_line(Cast("another-review", vote(20))),
        to_line(Closing("another-review", 5.0)),
        to_line(Cast(review.id, vote(21, item=2))),
        to_line(Cast(review.id, vote(22, verdict="5"))),
        to_line(Cast(review.id, vote(0, verdict="reject"))),  # the id of another vote: what is there stays
        b"\n", b"{}\n", b"\xff\xfe\n", b"[" * 5000 + b"\n", b'{"event": "drop table votes"}\n',
        to_line(replace(review, key="another-key-x")),
        to_line(Cast(review.id, vote(23)))[:-30],
    ]  # fmt: skip
    file.write_bytes(file.read_bytes() + b"".join(strange))
    other = ReviewStore(tmp_path / "b.sqlite")
    copied = read_back([file], other)
    assert everything(other) == everything(store)
    assert copied.skipped == 10
