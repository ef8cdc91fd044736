"""``review create --names``, what its links say, and how reviews are ended from the command line."""

from __future__ import annotations

import contextlib
import json

import pytest

from amgan.reviews.store.store import ReviewStore
from tests.models import saved


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    saved(folder / "shoes")
    return folder


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("AMGAN_REVIEWS", str(tmp_path / "reviews.sqlite"))
    return tmp_path / "reviews.sqlite"


def only_review(file):
    with contextlib.closing(ReviewStore(file)) as store:
        (review,) = store.reviews()
        return review


def test_a_list_of_names_becomes_a_review(run, weights, file, tmp_path):
    run("sample", "--model", weights / "shoes", "--out", tmp_path / "a.zip", "--label", "Bag", "--n", 5, "--seed", 3)
    printed = run("review", "create", "--names", tmp_path / "a.zip", "--weights", weights, "--title", "t", "--n", 3)
    review = only_review(file)
    assert [(item.a.asked, item.a.seed) for item in review.spec.items] == [("Bag", 3), ("Bag", 4), ("Bag", 6)]
    assert f"review {review.id}, 3 pictures" in printed


def test_a_model_of_another_name_than_in_the_list_is_found_where_it_was_typed(run, fail, weights, file, tmp_path):
    run("sample", "--model", weights / "shoes", "--out", tmp_path / "a.zip", "--n", 2)
    saved(tmp_path / "elsewhere" / "renamed")
    said = fail("review", "create", "--names", tmp_path / "a.zip", "--weights", tmp_path / "elsewhere", "--title", "t")
    assert "no model 'shoes'" in said
    run(
        "review", "create", "--names", tmp_path / "a.zip", "--model", tmp_path / "elsewhere" / "renamed", "--title", "t"
    )
    assert [item.a.model for item in only_review(file).spec.items] == ["renamed"] * 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give --model, or --names"),
        (["--names", "{names}", "--label", "Bag"], "the names say class, seed and truncation"),
        (["--names", "{names}", "--n", "0"], "not 0"),
        (["--names", "nowhere.json"], "nowhere.json: it cannot be read"),
        (["--names", "{names}"], "revision '0123abcd' of shoes is not here"),
    ],
)
def test_what_cannot_be_made_of_names_is_one_line(fail, weights, file, tmp_path, arguments, words):
    names = tmp_path / "m.json"
    names.write_text(json.dumps([{"model": "shoes", "revision": "0123abcd", "seed": 1}]), encoding="utf-8")
    arguments = [argument.replace("{names}", str(names)) for argument in arguments]
    assert words in fail("review", "create", "--title", "t", "--weights", weights, *arguments)
    assert not file.exists()


def test_links_without_a_server_say_so_and_models_that_it_lacks_too(run, weights, file, monkeypatch):
    make = ("review", "create", "--model", weights / "shoes", "--title", "t", "--n", 3)
    printed = run(*make)
    review = only_review(file)
    assert f"to vote <server>/review/{review.id}" in printed
    assert "<server> stands for the address of the server" in printed
    assert f"a server draws these pictures only if it is started with --weights {weights}" in printed
    monkeypatch.setenv("AMGAN_WEIGHTS", str(weights))
    printed = run(*make, "--url", "http://host:1")
    assert "note" not in printed
    assert "<server>" not in printed


def test_reviews_are_closed_opened_again_and_deleted(run, fail, weights, file):
    run("review", "create", "--model", weights / "shoes", "--title", "Spring [b]", "--n", 3)
    review_id = only_review(file).id
    assert run("review", "close", review_id) == f"{review_id} is closed: Spring [b]"
    assert only_review(file).closed is not None
    assert run("review", "reopen", review_id) == f"{review_id} takes votes: Spring [b]"
    assert only_review(file).closed is None
    assert run("review", "delete", review_id) == f"{review_id} is deleted with 0 votes"
    assert run("review", "list") == ""
    for action in ("close", "reopen", "delete"):
        assert "there is no such review" in fail("review", action, review_id)
        assert "no reviews are kept there" in fail("review", action, review_id, "--reviews", file.with_name("none"))
