"""Files of pictures that version 0.1 wrote are read; whatever else stands in such a file is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.reviews.making import Source, named_items
from amgan.reviews.name_list import read_names
from amgan.reviews.report.export import _harmless, without_marks
from amgan.sampling.picture_row import NamedPicture
from tests.models import message, tiny_model

FOLDER = Path(__file__).parent / "version_0_1"
REVISION = "5dc227faf8284243ef44ada7b06b264d9642957a"
TURNS = [(5, "Bag"), (6, "Sneaker"), (7, "Bag"), (8, "Sneaker")]
EACH = [(5, "Sneaker"), (6, "Sneaker"), (5, "Bag"), (6, "Bag")]
VOTED = [(5, "Bag"), (6, "Bag"), (5, "Sneaker"), (6, "Sneaker")]
FILES = {
    "sample.zip": TURNS, "manifest.json": TURNS, "manifest.jsonl": EACH, "pictures.zip": EACH,
    "pictures.parquet": EACH, "shards.zip": EACH, "images.json": [(5, "Bag"), (6, None), (7, "Sneaker"), (8, None)],
    "gradio.json": [(seed, "Bag") for seed in (5, 6, 7, 8)], "kept.zip": VOTED, "votes.csv": VOTED,
    "votes.jsonl": VOTED, "votes.parquet": VOTED,
}  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_names_of_version_0_1(file: str) -> None:
    names = read_names(FOLDER / file)
    assert [(name.seed, name.asked) for name in names] == FILES[file]
    assert {(name.model, name.revision, name.truncation) for name in names} == {("shoes", REVISION, 0.8)}
    confidence = 0.6 if file.startswith(("votes", "kept")) else None
    assert {name.confidence for name in names} == {confidence}
    # Where the file does not say it, it can be said; where it does, that holds.
    assert {name.confidence for name in read_names(FOLDER / file, confidence=0.4)} == {confidence or 0.4}


@pytest.mark.parametrize(("file", "count"), [("images.npz", 4), ("any-class.parquet", 4)])
def test_tables_of_version_0_1_do_not_say_whether_a_class_was_asked_for(file: str, count: int) -> None:
    names = read_names(FOLDER / file)
    assert [name.seed for name in names] == [5, 6, 7, 8]
    assert not any(name.is_asked_known for name in names)


def test_a_first_draw_is_drawn_without_a_search_where_the_class_may_not_have_been_asked_for() -> None:
    """D may be too unsure of the class that it names for a search to take the draw."""
    for labeling, asked in (("dynamic", None), ("predefined", "Bag")):
        model = tiny_model(labeling=labeling, confidence=0.9999)
        name = NamedPicture("shoes", "r1", 5, "Bag", 1.0, None, 0, is_asked_known=False)
        (item,) = named_items({("shoes", "r1"): Source.of("shoes", model)}, [name])
        assert item.a.asked == asked


def test_arrays_of_version_0_1s_sample_say_nothing_of_the_model() -> None:
    with pytest.raises(RequestError) as raised:
        read_names(FOLDER / "sample.npz")
    assert "it needs the field 'model'" in message(raised.value)


@settings(max_examples=150)
@given(st.sampled_from([*FILES, "images.npz"]), st.floats(0, 1), st.binary(max_size=8), st.booleans())
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, file: str, part: float, bytes_: bytes, is_cut: bool
) -> None:
    content = (FOLDER / file).read_bytes()
    place = int(part * len(content))
    damaged = tmp_path_factory.mktemp("damaged") / file
    damaged.write_bytes(content[:place] + bytes_ + (b"" if is_cut else content[place + len(bytes_) :]))
    try:
        assert all(isinstance(name, NamedPicture) for name in read_names(damaged))
    except RequestError as error:
        message(error)


def test_a_folder_of_several_tables_is_asked_about(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes((FOLDER / "votes.csv").read_bytes())
    with pytest.raises(RequestError, match=r"name one of the files in it, such as a\.csv"):
        read_names(tmp_path)


def test_answers_without_rows_and_votes_that_are_none_are_one_line(tmp_path: Path) -> None:
    for name, content in (("a.json", {"model": "shoes"}), ("b.json", {"images": 7}), ("c.jsonl", ["verdict"])):
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(RequestError) as raised:
            read_names(tmp_path / name)
        message(raised.value)


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: "'" not in text))
def test_marks_against_formulas_are_taken_away_again(text: str) -> None:
    assert without_marks(str(_harmless(text))) == text
