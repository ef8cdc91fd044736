"""``review``: from a model to a review, from its votes to a report and files."""

from __future__ import annotations

import contextlib
import json
import os
import re
import zipfile

import pyarrow.parquet as pq
import pytest

from amgan import AMGAN
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote
from tests.models import NAMES, saved
from tests.reviews.random_reviews import review_of


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    saved(folder / "shoes")
    saved(folder / "boots", seed=1, labeling="predefined")
    return folder


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("AMGAN_REVIEWS", str(tmp_path / "kept" / "reviews.sqlite"))
    return tmp_path / "kept" / "reviews.sqlite"


def only_review(file):
    with contextlib.closing(ReviewStore(file)) as store:
        (review,) = store.reviews()
        return review


def vote(file, verdicts: str) -> None:
    """One reviewer's votes: k(eep), r(eject), b, one a picture."""
    words = {"k": "keep", "r": "reject", "b": "b"}
    with contextlib.closing(ReviewStore(file)) as store:
        (review,) = store.reviews()
        votes = [Vote(f"vote-{n:05}", n, "reviewer-1", words[v], "<i>fine</i>") for n, v in enumerate(verdicts)]
        store.add(review.id, votes)


def test_create_shares_the_pictures_out_and_prints_the_links(run, weights, file):
    printed = run("review", "create", "--model", weights / "shoes", "--title", "Spring", "--n", 7, "--seed", 5,
                  "--target", 0.6, "--url", "http://host:7860/")  # fmt: skip
    review = only_review(file)
    assert review.spec.title == "Spring"
    assert review.spec.target == 0.6
    pictures = [item.a for item in review.spec.items]
    assert [(one.asked, one.seed) for one in pictures] == [
        *((NAMES[0], seed) for seed in (5, 6, 7)), *((name, seed) for name in NAMES[1:] for seed in (5, 6)),
    ]  # fmt: skip
    assert {(one.model, one.revision) for one in pictures} == {
        ("shoes", AMGAN.from_pretrained(weights / "shoes").revision)
    }
    for part in (f"review {review.id}, 7 pictures", f"http://host:7860/review/{review.id}/results?key={review.key}"):
        assert part in printed


def test_create_of_some_classes_of_any_class_and_on_stars(run, weights, file):
    folder = ("--weights", weights)
    run("review", "create", "--model", "shoes", *folder, "--title", "t", "--label", "bag", "0", "--n", 4, "--scale",
        "stars", "--question", "Nice?")  # fmt: skip
    run("review", "create", "--model", "shoes", *folder, "--title", "t", "--any-class", "--n", 3)
    with contextlib.closing(ReviewStore(file)) as store:
        any_class, some = sorted((review.spec for review in store.reviews()), key=lambda spec: len(spec.items))
    assert [item.a.asked for item in some.items] == ["Bag", "Bag", "Sneaker", "Sneaker"]
    assert (some.scale, some.question) == ("stars", "Nice?")
    assert [item.a.asked for item in any_class.items] == [None] * 3
    assert any_class.question == "Is this one good enough?"


def test_list(run, weights, file):
    run("review", "create", "--model", weights / "shoes", "--title", "Spring [b]", "--n", 3)
    vote(file, "kr")
    review = only_review(file)
    line = run("review", "list")
    assert line.startswith(review.id)
    assert line.endswith("open 3 pictures 2 votes Spring [b]")
    assert review.key not in line
    assert review.key in run("review", "list", "--keys", "--reviews", file)


def test_report_and_export(run, weights, file, tmp_path):
    run("review", "create", "--model", weights / "shoes", "--title", "Spring", "--n", 6, "--target", 0.5)
    vote(file, "kkrkrr")
    review = only_review(file)
    folder = ("--weights", weights)
    printed = run("review", "report", review.id, "--out", tmp_path / "new" / "report.html", *folder)
    page = (tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert "At least 50 % kept in every class: not certain yet, by the votes of 1 person. 6 votes ->" in printed
    assert page.count("<img ") == 12  # best and worst, and each with its comment
    assert "&lt;i&gt;fine&lt;/i&gt;" in page
    assert review.key not in page
    card = weights / "shoes" / "README.md"
    before = card.read_text(encoding="utf-8")
    card.write_text("---\nclass_names: {ja: {Bag: バッグ}}\n---\n", encoding="utf-8")
    run("review", "report", review.id, "--out", tmp_path / "ja.html", "--lang", "ja", *folder)
    card.write_text(before, encoding="utf-8")
    page = re.sub('data:[^"]*', "", (tmp_path / "ja.html").read_text(encoding="utf-8"))
    assert '<html lang="ja">' in page
    assert page.count("バッグ") > 4
    assert "Bag" not in page

    printed = run("review", "export", review.id, "--out", tmp_path / "v.csv", "--kept", tmp_path / "kept.zip", *folder)
    assert "6 votes, skips among them ->" in printed
    assert "3 of 6 pictures kept ->" in printed
    run("review", "export", review.id, "--out", tmp_path / "v.jsonl")
    run("review", "export", review.id, "--out", tmp_path / "v.parquet", "--kept", tmp_path / "folder", *folder)
    rows = [json.loads(line) for line in (tmp_path / "v.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["kept"] for row in rows] == [True, True, False, True, False, False]
    assert len((tmp_path / "v.csv").read_text(encoding="utf-8").splitlines()) == 7
    assert pq.read_table(tmp_path / "v.parquet").column("verdict").to_pylist() == [row["verdict"] for row in rows]
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        kept = json.loads(archive.read("manifest.json"))
        assert all((tmp_path / "folder" / name).read_bytes() == archive.read(name) for name in archive.namelist())
    assert [(row["class"], row["seed"]) for row in kept] == [("Sneaker", 0), ("Sneaker", 1), ("Bag", 1)]
    if os.name == "posix":
        written = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert {path.stat().st_mode & 0o777 for path in written} == {0o600}  # names and comments are for their owner


def test_two_models_blind(run, weights, file, tmp_path):
    run("review", "create", "--model", weights / "shoes", "--against", weights / "boots", "--title", "Old or new",
        "--n", 6)  # fmt: skip
    vote(file, "bbbbbb")
    review = only_review(file)
    assert [(item.a.model, item.b.model) for item in review.spec.items] == [("shoes", "boots")] * 6
    assert review.spec.question == "Which one is better?"
    printed = run("review", "report", review.id, "--out", tmp_path / "r.html", "--weights", weights)
    assert printed.startswith("boots ")
    assert "is ahead with 1 person, not for certain yet" in printed
    assert "100 % (6 of 6) of the choices" in printed


def test_a_model_that_is_gone_leaves_a_report(run, fail, weights, file, tmp_path):
    run("review", "create", "--model", weights / "shoes", "--title", "t", "--n", 3)
    vote(file, "kkr")
    review = only_review(file)
    nothing = ("--weights", tmp_path / "nothing")
    printed = run("review", "report", review.id, "--out", tmp_path / "r.html", *nothing)
    assert "3 pictures of 3 cannot be drawn any more; the report says why" in printed
    assert "no model" in (tmp_path / "r.html").read_text(encoding="utf-8")
    said = fail("review", "export", review.id, "--kept", tmp_path / "k.zip", *nothing)
    assert "none of the kept pictures can be drawn: no model 'shoes'" in said
    assert not (tmp_path / "k.zip").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "nowhere"], "no model 'nowhere'; there is boots, shoes"),
        (["--model", "a/b/c"], "is no model on the Hub"),
        (["--model", "shoes", "--n", "2"], "n must be 3 or more, one for each class, not 2"),
        (["--model", "shoes", "--n", "5000"], "a review has 1 to 2000 pictures"),
        (["--model", "shoes", "--label", "Boat"], "no class 'Boat'"),
        (["--model", "shoes", "--label", "Bag", "--any-class"], "give --label or --any-class, not both"),
        (["--model", "shoes", "--against", "shoes"], "cannot be compared with itself"),
        (["--model", "shoes", "--target", "60"], "target must be a number from 0 to 1"),
        (["--model", "shoes", "--title", " "], "title must be"),
        (["--model", "shoes", "--seed", "-1"], "a seed must be"),
    ],
)
def test_what_cannot_be_made_is_one_line_and_nothing_is_kept(fail, weights, file, arguments, words):
    assert words in fail("review", "create", "--title", "t", "--weights", weights, *arguments)
    assert not file.exists()


def test_a_title_that_is_stored_commands_no_terminal(run, file):
    """Such as one of before it was refused, or of a copy."""
    spec = review_of(1, "Spring\x1b]0;owned\x07\n\x9b31mhidden")
    with contextlib.closing(ReviewStore(file)) as store:
        store.merge(Review("review-01", "the-key-of-it", 1.5, None, spec), [])
    printed = [
        run("review", name, *rest) for name, *rest in (["list"], ["close", "review-01"], ["reopen", "review-01"])
    ]
    for line in printed:
        assert "Spring\ufffd]0;owned\ufffd\ufffd\ufffd31mhidden" in line
        assert not set("\x1b\x07\x9b") & set(line)


def test_what_cannot_be_read_is_one_line(run, fail, weights, file, tmp_path):
    out = ("--out", tmp_path / "r.html")
    assert "no reviews are kept there" in fail("review", "list")
    assert "no reviews are kept there" in fail("review", "report", "some-review", *out)
    assert not file.exists()
    run("review", "create", "--model", weights / "shoes", "--title", "t", "--n", 3)
    review = only_review(file)
    assert "there is no such review" in fail("review", "report", "some-review", *out)
    assert "write the report to .html" in fail("review", "report", review.id, "--out", tmp_path / "r.pdf")
    assert "write the votes to .csv, .jsonl, .parquet" in fail("review", "export", review.id, "--out", "v.xls")
    assert "write the kept pictures to .zip, or a folder" in fail("review", "export", review.id, "--kept", "k.tar")
    assert "say what to write" in fail("review", "export", review.id)
    assert "no picture has most of its votes for it yet" in fail("review", "export", review.id, "--kept", "k.zip")
    assert list(tmp_path.iterdir()) == [file.parent]
