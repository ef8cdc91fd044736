"""``/review/{id}/results``: for who has the key, as page and as files; and the review is closed from there."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pyarrow.parquet as pq
import pytest

from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.store import ReviewStore
from amgan.ui.page import build_page
from tests.models import saved
from tests.server.reviewing import ANN, BOB, picture, send, singles, state, vote
from tests.server.running import empty_page, problem, running

NAME = "dynamic"
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = ReviewStore(tmp_path_factory.mktemp("reviews") / "reviews.sqlite")
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(weights, store):
    with running(weights, reviews=store, page_of=build_page) as client:
        yield client


@pytest.fixture
def review(client, store):
    """Six pictures, two of each class: Ann keeps all, Bob those of the first class."""
    spec = singles(client.shelf.model(NAME), NAME, 6, title=f"Spring {SCRIPT}", target=0.6)
    review = store.create(spec)
    send(client, review, *(vote(item, "keep", f"fine {SCRIPT}" if item == 0 else "") for item in range(6)))
    said = (vote(item, "keep" if item % 3 == 0 else "reject") for item in range(6))
    send(client, review, *said, reviewer=BOB, name=SCRIPT)
    return review


def get(client, review, path, key=None):
    return client.get(f"/review/{review.id}/{path}", params={"key": review.key if key is None else key})


def test_the_report_is_for_who_has_the_key(client, review):
    page = get(client, review, "results")
    assert page.status_code == 200
    # Of Sneaker, Bag and Ankle boot.
    plain = page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert [plain.count(f"{hits} of 4") >= times for hits, times in ((4, 1), (2, 2))] == [True, True]
    assert SCRIPT not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for key in ("", "x", review.key[:-1], review.id, "\u00e9"):
        refused = get(client, review, "results", key)
        assert refused.status_code == 404
        assert "ask who made it." in refused.text
        assert "Ann" not in refused.text
        for path in ("export.csv", "export.jsonl", "export.parquet", "kept.zip"):
            problem(get(client, review, path, key), 404)
        problem(client.post(f"/review/{review.id}/close", params={"key": key}), 404)
    assert state(client, review)["closed"] is False


def test_the_report_names_classes_for_its_reader_and_files_have_the_own_names(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("named")
    (saved(folder / NAME) / "README.md").write_text(
        "---\nclass_names: {ja: {Sneaker: スニーカー, Bag: バッグ}}\n---\n", encoding="utf-8"
    )
    with running(folder, reviews=store, page_of=empty_page) as served:
        review = store.create(singles(served.shelf.model(NAME), NAME, 3, target=0.5))
        send(served, review, *(vote(item, "keep", "fine" if item == 1 else "") for item in range(3)))
        page = served.get(f"/review/{review.id}/results", params={"key": review.key, "lang": "ja"}).text
        main = re.sub('(href|src)="[^"]*"', "", page.partition("<main>")[2])  # links have the own names
        assert main.count("バッグ") >= 5  # the table, the target, a picture and its text, a comment
        assert ("Bag" in main, "Ankle boot" in main) == (False, True)
        assert "バッグ" not in served.get(f"/review/{review.id}/results", params={"key": review.key, "lang": "en"}).text
        assert "バッグ" not in get(served, review, "export.csv").text
        with zipfile.ZipFile(io.BytesIO(get(served, review, "kept.zip").content)) as files:
            assert any(name.startswith("Bag/") for name in files.namelist())


def test_links_of_the_report_lead_somewhere(client, review):
    page = get(client, review, "results")
    links = [unescape(link) for link in re.findall(r'<a class="button" href="([^"]+)"', page.text)]
    assert len(links) >= 5
    for link in links:
        assert client.get(page.url.join(link)).status_code == 200, link


def test_votes_as_files(client, review):
    rows = list(csv.DictReader(io.StringIO(get(client, review, "export.csv").content.decode("utf-8-sig"))))
    assert len(rows) == 12
    assert sum(row["verdict"] == "keep" for row in rows) == 8
    lines = [json.loads(line) for line in get(client, review, "export.jsonl").text.splitlines()]
    table = pq.read_table(io.BytesIO(get(client, review, "export.parquet").content))
    assert [line["id"] for line in lines] == table["id"].to_pylist() == [row["id"] for row in rows]
    assert lines[0]["model"] == NAME
    for form in ("csv", "jsonl", "parquet"):
        disposition = get(client, review, f"export.{form}").headers["content-disposition"]
        assert disposition == f'attachment; filename="review-{review.id}.{form}"'
    problem(get(client, review, "export.xlsx"), 404)


def test_kept_pictures(client, review, store):
    with zipfile.ZipFile(io.BytesIO(get(client, review, "kept.zip").content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".png")]
        rows = json.loads(archive.read("manifest.json"))
    # More for than against: those that both kept.
    assert {row["seed"] for row in rows} == {0, 3}
    assert len(names) == 2
    none = store.create(review.spec)
    assert "no picture" in problem(get(client, none, "kept.zip"), 422)["msg"]
    assert "kept.zip" not in get(client, none, "results").text


def test_closed_and_opened_again_from_the_report(client, review):
    page = get(client, review, "results")
    (action,) = map(unescape, re.findall(r'action="([^"]+)"', page.text))
    # As a form does it: no JSON, no script.
    closed = client.post(page.url.join(action))
    assert closed.status_code == 303
    shown = client.get(closed.url.join(closed.headers["location"]))
    assert shown.status_code == 200
    assert state(client, review)["closed"] is True
    problem(send(client, review, vote(0, "reject")), 409)
    assert client.post(page.url.join(action)).status_code == 303  # again changes nothing
    (reopen,) = map(unescape, re.findall(r'action="([^"]+)"', shown.text))
    opened = client.post(shown.url.join(reopen))
    assert opened.status_code == 303
    assert client.get(opened.url.join(opened.headers["location"])).text == page.text
    assert send(client, review, vote(0, "reject")).status_code == 200


@pytest.mark.parametrize("is_loaded", [True, False])
def test_the_confidence_that_people_choose_leads_to_the_batch_tab(client, store, is_loaded, monkeypatch):
    """People keep what D is sure of, so a threshold is recommended; one click takes it to the form of a job."""
    model = client.shelf.model(NAME)
    bag, labels = 0.95, model.class_names
    items = tuple(
        Item(Picture(NAME, model.revision, seed, labels[1], labels[1], bag if seed % 2 else 0.5)) for seed in range(60)
    )
    review = store.create(ReviewSpec("Sure", items, target=0.9))
    for reviewer in (ANN, BOB):
        send(client, review, *(vote(i, "keep" if i % 2 else "reject") for i in range(60)), reviewer=reviewer)
    if not is_loaded:  # others took its room in memory since it was counted
        monkeypatch.setattr(client.shelf, "loaded", lambda name, revision=None: None)
    page = get(client, review, "results")
    link = unescape(re.search(r'href="([^"]*tab=batch[^"]*)"', page.text)[1])
    query = parse_qs(urlsplit(str(page.url.join(link))).query)
    assert urlsplit(str(page.url.join(link))).path == "/"
    assert query["model"] == [NAME]
    assert query["classes"] == [labels[1]]
    assert 0.5 < float(query["confidence"][0]) <= 0.95


def test_a_model_that_is_gone_is_a_sentence_in_the_report(client, store):
    there = picture(client.shelf.model(NAME), NAME)
    gone = Picture("vanished", "0123abcd", 0, None, "Bag", 0.9)
    review = store.create(ReviewSpec("Gone", (Item(there), Item(gone))))
    send(client, review, vote(0, "keep"), vote(1, "keep"))
    page = get(client, review, "results")
    assert page.status_code == 200
    assert "cannot be drawn any more" in page.text
    with zipfile.ZipFile(io.BytesIO(get(client, review, "kept.zip").content)) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 1


def test_without_a_page_the_report_leads_to_none(weights, store, review):
    with running(weights, reviews=store) as client:
        assert "tab=batch" not in get(client, review, "results").text
