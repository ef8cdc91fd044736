"""``review`` of two revisions of a model on the Hub, each fetched when it is wanted."""

from __future__ import annotations

import contextlib

from amgan.reviews.store.store import ReviewStore
from tests.hub.test_push_command import run
from tests.models import saved


def test_two_revisions_blind_and_their_report_elsewhere(hub, release, tmp_path):
    old = hub.add("user/boots", release).sha
    hub.repositories["user/boots"].tags["v1"] = old
    new = hub.add("user/boots", saved(tmp_path / "other", seed=1, index_seeds=2)).sha
    hub.repositories["user/boots"].tags["v2"] = new
    file = tmp_path / "reviews.sqlite"
    made = run(hub, tmp_path, "review", "create", "--model", "user/boots@v1", "--against", "user/boots@v2", "--title",
               "Old or new", "--n", 3, "--reviews", file)  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert [line.split(",")[0] for line in made.stderr.splitlines()] == [
        f"fetching user/boots at {old[:8]}", f"fetching user/boots at {new[:8]}",
    ]  # fmt: skip
    with contextlib.closing(ReviewStore(file)) as store:
        (review,) = store.reviews()
    assert {(item.a.revision, item.b.revision) for item in review.spec.items} == {(old, new)}
    # Another machine, which has neither yet.
    written = run(hub, tmp_path / "elsewhere", "review", "report", review.id, "--reviews", file, "--out",
                  tmp_path / "report.html")  # fmt: skip
    assert written.returncode == 0, written.stderr
    assert len(written.stderr.splitlines()) == 2
    assert written.stdout.startswith("Nobody has voted yet. 0 votes ->")
    assert "cannot be drawn" not in written.stdout
