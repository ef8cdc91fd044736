"""``review create --names``, what its links say, and how reviews are ended from the command line."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest

from amgan import AMGAN
from amgan.bulk.formats import FORMS
from amgan.reviews.name_list import read_names
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from tests.models import NAMES, saved
from tests.server.running import running

ASKED = ("--seed", 5, "--label", "Bag", "Sneaker", "--truncation", 0.8, "--confidence", 0.9)
"""At this confidence other draws are taken than at the model's own."""


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


def check_reviewed(run, weights, file, names, seeds, labels):
    """A review of these names shows the pictures that were written."""
    run("review", "create", "--names", names, "--weights", weights, "--title", "t")
    pictures = [item.a for item in only_review(file).spec.items]
    model = AMGAN.from_pretrained(weights / "shoes")
    expected, known = model.sampler.sample(seeds, labels, 0.8, 0.9)
    assert [sample.draw for sample in known] != [s.draw for s in model.sampler.sample(seeds, labels, 0.8)[1]]
    assert [(one.seed, one.asked) for one in pictures] == list(zip(seeds, labels))
    assert [one.label for one in pictures] == [NAMES[sample.label] for sample in known]
    again = [model.sample(one.asked, one.seed, one.truncation, one.confidence)[0] for one in pictures]
    assert np.array_equal(np.stack(again), expected)


@pytest.mark.parametrize("out", ["a.zip", "a.npz", "folder", "folder/manifest.json"])
def test_what_sample_writes_is_reviewed(run, weights, file, tmp_path, out):
    run("sample", "--model", weights / "shoes", "--out", tmp_path / out.partition("/")[0], "--n", 4, *ASKED)
    check_reviewed(run, weights, file, tmp_path / out, [5, 6, 7, 8], ["Bag", "Sneaker"] * 2)


@pytest.mark.parametrize(
    ("form", "names"),
    [(form, ".") for form in FORMS]
    + [("png", "manifest.jsonl"), ("parquet", "pictures.parquet"), ("npz", "shards.zip")],
)
def test_what_generate_writes_is_reviewed(run, weights, file, tmp_path, form, names):
    run("generate", "--model", weights / "shoes", "--out", tmp_path / "job", "--n", 4, "--format", form, *ASKED)
    check_reviewed(run, weights, file, tmp_path / "job" / names, [5, 6, 5, 6], ["Sneaker", "Sneaker", "Bag", "Bag"])


@pytest.mark.parametrize("form", ["json", "npz"])
def test_what_the_server_answers_is_reviewed(run, weights, file, tmp_path, form):
    seeds, labels = [5, 6, 7, 8], ["Bag", None, "Sneaker", None]
    asked = {"seeds": seeds, "labels": labels, "truncation": 0.8, "confidence": 0.9, "format": form}
    with running(weights) as client:
        (tmp_path / f"a.{form}").write_bytes(client.post("/v1/images", json=asked).content)
    check_reviewed(run, weights, file, tmp_path / f"a.{form}", seeds, labels)


def test_what_reviews_export_is_reviewed(run, weights, file, tmp_path):
    models = ("--model", weights / "shoes", "--against", saved(weights / "boots", seed=1))
    for against in ((), models[2:]):
        run("review", "create", *models[:2], *against, "--title", "t", "--n", 4, *ASKED)
        review = only_review(file)
        verdict = "b" if against else "keep"
        votes = [Vote(f"vote-{r}-{n:05}", n, f"reviewer-{r}", verdict) for r in (1, 2) for n in range(4)]
        with contextlib.closing(ReviewStore(file)) as store:
            store.add(review.id, votes)
        for name in ("v.csv", "v.jsonl", "v.parquet"):
            run("review", "export", review.id, "--out", tmp_path / name)
        for name in ("kept.zip", f"kept{len(against)}"):
            run("review", "export", review.id, "--kept", tmp_path / name, "--weights", weights)
        every = {(one.model, one.seed, one.asked, one.truncation, one.confidence) for one in review.spec.pictures}
        for name in ("v.csv", "v.jsonl", "v.parquet", "kept.zip", f"kept{len(against)}"):
            names = read_names(tmp_path / name)
            found = [(one.model, one.seed, one.asked, one.truncation, one.confidence) for one in names]
            assert len(found) == len(set(found))
            assert set(found) == (
                {one for one in every if not against or one[0] == "boots"} if "kept" in name else every
            )
        run("review", "delete", review.id)
        run("review", "create", "--names", tmp_path / "v.csv", "--weights", weights, "--title", "t")
        assert set(only_review(file).spec.pictures) == set(review.spec.pictures)
        run("review", "delete", only_review(file).id)


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
