"""Votes as a table: the three forms hold the same, and text from strangers stays text."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from dataclasses import fields

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.reviews.report.export import EXPORTS, FORMULA_STARTS, export_votes
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.vote import Vote, counted
from tests.reviews.random_reviews import picture, review_of, specs, votes_on
from tests.reviews.said import said, stored


def read(content: bytes, form: str) -> list[dict]:
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    if form == "jsonl":
        return [json.loads(line) for line in content.decode().split("\n")[:-1]]
    return pq.read_table(io.BytesIO(content)).to_pylist()


@pytest.mark.parametrize("form", EXPORTS)
def test_one_row_for_each_vote_that_counts(form):
    review = stored(review_of(3))
    votes = said({"reviewer-1": "kr-", "reviewer-2": "ku "}, name="Jo")
    rows = read(export_votes(review, votes, form), form)
    assert [(int(row["item"]), row["verdict"], row["reviewer"]) for row in rows] == [
        (0, "keep", "reviewer-1"), (0, "keep", "reviewer-2"), (1, "reject", "reviewer-1"), (2, "skip", "reviewer-1"),
    ]  # fmt: skip
    assert [int(row["seed"]) for row in rows] == [0, 0, 1, 2]
    assert {(row["model"], row["revision"], row["label"], row["name"]) for row in rows} == {
        ("shoes", "0123abcd", "Bag", "Jo")
    }
    assert str(rows[0]["at"])[:19].replace(" ", "T") == "1970-01-01T00:16:40"
    assert EXPORTS[form].media_type


def test_what_is_not_there_is_empty_in_csv_and_null_elsewhere():
    review = stored(ReviewSpec("t", (Item(picture(asked=None)),)))
    votes = said({"reviewer-1": "-"})
    for form, nothing in (("csv", ""), ("jsonl", None), ("parquet", None)):
        (row,) = read(export_votes(review, votes, form), form)
        assert [row["asked"], row["confidence"], row["kept"]] == [nothing] * 3


def test_pairs_name_both_pictures():
    review = stored(ReviewSpec("t", (Item(picture(7), picture(7, revision="9876fedc")),)))
    for form in EXPORTS:
        (row,) = read(export_votes(review, said({"reviewer-1": "b"}), form), form)
        assert (row["a_revision"], row["b_revision"], row["verdict"]) == ("0123abcd", "9876fedc", "b")
        assert {f"{side}_{field.name}" for side in "ab" for field in fields(Picture)} <= set(row)


def test_no_votes_are_a_table_with_columns():
    review = stored(review_of(1))
    assert export_votes(review, [], "csv").decode("utf-8-sig").startswith("id,item,model,revision,seed,")
    assert export_votes(review, [], "jsonl") == b""
    assert "verdict" in pq.read_table(io.BytesIO(export_votes(review, [], "parquet"))).column_names


def test_a_spreadsheet_is_told_that_csv_is_utf_8():
    votes = said({"reviewer-1": "k"}, comment="schön")
    content = export_votes(stored(review_of(1)), votes, "csv")
    assert content.startswith(codecs.BOM_UTF8)
    assert content.count(codecs.BOM_UTF8) == 1
    assert "schön" in content.decode("utf-8-sig")
    assert not export_votes(stored(review_of(1)), votes, "jsonl").startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\ta"])
def test_a_spreadsheet_runs_no_comment(text):
    votes = [Vote("vote-0001", 0, "reviewer-1", "keep", text, name=text)]
    (row,) = read(export_votes(stored(review_of(1)), votes, "csv"), "csv")
    assert row["comment"] == row["name"] == "'" + text
    (row,) = read(export_votes(stored(review_of(1)), votes, "parquet"), "parquet")
    assert row["comment"] == text


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize(
    "text",
    [
        "nice;=cmd|'/c calc'!A1;x",
        "a;+1",
        "a; @SUM(A1)",
        "a\t-1",
        "a\r=1",
        "a\n=1",
        "; ;=1",
        'a,\n"=1',
        'a;"=1',
        "\uff1d1",
    ],
)
def test_no_part_of_a_comment_is_run_where_columns_are_not_split_at_commas(text, separator):
    votes = [Vote("vote-0001", 0, "reviewer-1", "keep", text)]
    content = export_votes(stored(review_of(1)), votes, "csv").decode("utf-8-sig")
    cells = re.split(rf"[{separator}\r\n]", content)
    assert not [cell for cell in cells if cell.strip(' "').startswith(tuple(FORMULA_STARTS))]
    (row,) = read(content.encode(), "csv")
    assert row["comment"].replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", ["good, -1 for the sole", "2+2=4", "a@b; c", "well - no", "line\nline"])
def test_what_is_no_formula_stays_as_it_was(text):
    (row,) = read(export_votes(stored(review_of(1)), said({"reviewer-1": "k"}, comment=text), "csv"), "csv")
    assert row["comment"] == text


@given(specs.flatmap(lambda spec: st.tuples(st.just(spec), st.lists(votes_on(spec), max_size=10))))
def test_any_text_comes_back_from_every_form(pair):
    spec, votes = pair
    review = stored(spec)
    standing = counted(votes)
    for form in EXPORTS:
        rows = read(export_votes(review, votes, form), form)
        assert [row["id"].removeprefix("'") for row in rows] == [vote.id for vote in standing]
        for row, vote in zip(rows, standing):
            if form == "csv":  # with ' where a formula could begin
                assert row["comment"].replace("'", "") == vote.comment.replace("'", "")
            else:
                assert row["comment"] == vote.comment
            assert float(row["a_class_probability" if spec.is_pairs else "class_probability"]) == (
                spec.items[vote.item].a.class_probability
            )
