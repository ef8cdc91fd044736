"""Links: a state goes into a query string and comes back the same; what is no good is told."""

from __future__ import annotations

import string
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_ITEMS, MAX_JOB_PICTURES, MAX_SEED
from amgan.reviews.review_spec import MAX_QUESTION, MAX_TITLE
from amgan.ui.links import THROUGH, from_query, from_text, to_query
from amgan.ui.state import (
    COUNTS,
    MAX_FRAMES,
    MAX_MORPH_PICTURES,
    MIN_FRAMES,
    BatchState,
    EndState,
    MorphState,
    PageState,
    ReviewState,
    SampleState,
    VariationsState,
)

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
labels = st.none() | names
seeds = st.integers(0, MAX_SEED) | st.sampled_from(["7~12-3", f"{MAX_SEED}~100-{MAX_SEED}"])
truncations = st.floats(0, 2, exclude_min=True)
ends = st.builds(EndState, seeds, labels)
variations = st.none() | st.builds(VariationsState, seeds, st.sampled_from(["close", "near", "far"]), labels)


@st.composite
def sample_states(draw: st.DrawFn) -> SampleState:
    count = draw(st.sampled_from(COUNTS))
    seed = draw(st.integers(0, MAX_SEED + 1 - count))
    each = draw(st.sampled_from([0, 4])) if seed <= MAX_SEED - 3 else 0
    return SampleState(draw(labels), count, seed, draw(truncations), draw(variations), each)


walks = st.builds(
    MorphState, ends, ends, st.integers(MIN_FRAMES, MAX_FRAMES), truncations, st.sampled_from(["slerp", "lerp"]),
    st.booleans(), st.sampled_from(["steady", "resting"]), st.sampled_from(["slow", "normal", "fast"]),
)  # fmt: skip
morph_states = st.builds(MorphState.of, walks, st.lists(ends, min_size=2, max_size=MAX_MORPH_PICTURES))
class_lists = st.lists(names.filter(lambda name: "\n" not in name), unique=True, max_size=4).map(tuple)
batch_states = st.builds(
    BatchState, class_lists, st.integers(1, MAX_JOB_PICTURES), seeds, truncations,
    st.sampled_from(["zip", "parquet", "npz"]), st.none() | st.floats(0, 1, exclude_max=True),
)  # fmt: skip
revisions = st.none() | st.text("0123456789abcdef", min_size=4, max_size=8) | st.just("unsaved"[:8])


def lines(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=most).filter(str.strip)


review_states = st.builds(
    ReviewState, st.just("") | lines(MAX_TITLE), lines(MAX_QUESTION), class_lists, st.integers(1, MAX_ITEMS), seeds,
    truncations, st.sampled_from(["keep", "stars"]), st.none() | st.floats(0, 100), labels, revisions,
    st.none() | st.floats(0, 1, exclude_max=True),
)  # fmt: skip


@given(st.none() | names, revisions, sample_states())
def test_a_sheet_comes_back(model: str | None, revision: str | None, sample: SampleState) -> None:
    state = PageState(model, revision, "sample", sample)
    assert from_text(to_query(state)) == (state, [])


@given(st.none() | names, revisions, morph_states)
def test_a_morph_comes_back(model: str | None, revision: str | None, morph: MorphState) -> None:
    state = PageState(model, revision, "interpolate", morph=morph)
    assert from_text(to_query(state)) == (state, [])


@given(st.none() | names, revisions, batch_states)
def test_the_form_of_a_job_comes_back(model: str | None, revision: str | None, batch: BatchState) -> None:
    state = PageState(model, revision, "batch", batch=batch)
    assert from_text(to_query(state)) == (state, [])


@given(st.none() | names, revisions, review_states)
def test_the_form_of_a_review_comes_back(model: str | None, revision: str | None, review: ReviewState) -> None:
    state = PageState(model, revision, "review", review=review)
    assert from_text(to_query(state)) == (state, [])


def test_the_default_state_is_the_empty_link() -> None:
    assert from_text("") == (PageState(), [])
    assert to_query(PageState(tab="about")) == "?tab=about"


def test_a_link_is_no_longer_than_needed() -> None:
    state = PageState("fashion-mnist", "0123456789abcdef", "sample", SampleState("Sneaker", 16, 7))
    assert to_query(state) == "?model=fashion-mnist&rev=01234567&class=Sneaker&seed=7"


def test_a_morph_through_others_names_them_in_their_order() -> None:
    assert len(THROUGH) == MAX_MORPH_PICTURES - 2
    morph = MorphState().of([EndState(5), EndState(6, "Bag"), EndState(7), EndState(8)])
    query = "?tab=interpolate&from=5&via1=6&via1_class=Bag&via2=7&to=8"
    assert to_query(PageState(tab="interpolate", morph=morph)) == query
    # Those that are left move up.
    assert from_text(query.replace("via2", "via4"))[0].morph == morph


def test_variations_are_in_the_link_of_their_sheet() -> None:
    sheet = SampleState("Bag", seed=7, variations=VariationsState(9))
    assert to_query(PageState(sample=sheet)) == "?class=Bag&seed=7&like=9"
    sheet = SampleState("Bag", seed=7, variations=VariationsState(9, "far"))
    assert to_query(PageState(sample=sheet)) == "?class=Bag&seed=7&like=9&alike=far"
    # How alike to nothing is nothing.
    assert from_text("?seed=7&alike=far") == (PageState(sample=SampleState(seed=7)), [])


def test_only_what_is_not_usual_of_a_morph_is_in_its_link() -> None:
    assert to_query(PageState(tab="interpolate")) == "?tab=interpolate&from=0&to=1"
    morph = MorphState(easing="resting", speed="slow")
    assert (
        to_query(PageState(tab="interpolate", morph=morph)) == "?tab=interpolate&from=0&to=1&easing=resting&speed=slow"
    )


def test_a_commit_on_the_hub_is_named_by_all_of_its_digits() -> None:
    commit = "0123456789abcdef" * 2 + "01234567"
    query = to_query(PageState("user/shoes@v1", commit))
    assert query == f"?model=user/shoes@v1&rev={commit}&seed=0"
    assert from_text(query)[0].revision == commit


@given(st.dictionaries(st.text(string.ascii_lowercase, max_size=12), st.text(max_size=30)))
def test_any_query_opens_something(query: dict[str, str]) -> None:
    state, _ = from_query(query)
    again, problems = from_text(to_query(state))
    assert (again, problems) == (state, [])


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("seed=abc", ["seed"]),
        ("seed=1.5", ["seed"]),
        ("seed=-1", ["seed"]),
        (f"seed={2**40}", ["seed"]),
        (f"seed={MAX_SEED}&n=16", ["seed"]),
        ("n=0", ["n"]),
        ("n=10000", ["n"]),
        ("truncation=nan", ["truncation"]),
        ("truncation=0", ["truncation"]),
        ("like=-1", ["like"]),
        ("like=3&alike=same", ["alike"]),
        ("rev=<script>", ["rev"]),
        ("tab=secret", ["tab"]),
        ("tab=interpolate&frames=1&method=x&loop=maybe&from=²", ["from", "frames", "method", "loop"]),
        ("tab=interpolate&via1=2&via2=3&frames=3", ["frames"]),
        ("tab=interpolate&via1=x&frames=2", ["via1"]),
        ("tab=interpolate&easing=RESTING&speed=0", ["easing", "speed"]),
        (f"model={'x' * 301}", ["model"]),
        ("tab=batch&confidence=1", ["confidence"]),
        ("tab=batch&confidence=nan&n=0", ["n", "confidence"]),
        (f"tab=review&title={'x' * 121}&question=%20&n=2001", ["title", "question", "n"]),
        ("tab=review&confidence=1&n=2", ["confidence"]),
        ("tab=review&scale=thumbs&target=101&against_rev=x", ["scale", "target", "against_rev"]),
    ],
)
def test_what_is_no_good_is_told_and_the_default_taken(query: str, keys: list[str]) -> None:
    state, problems = from_text(query)
    assert [problem.key for problem in problems] == keys
    given_values = dict(parse_qsl(query))
    assert [problem.value for problem in problems] == [given_values[key] for key in keys]
    rest = "&".join(part for part in query.split("&") if part.split("=")[0] not in keys)
    assert from_text(rest) == (state, [])


@pytest.mark.parametrize("sent", [None, 1.5, True, [], ["?seed=1"]])
def test_what_is_no_link_says_nothing(sent: object) -> None:
    assert from_text(sent) == from_text("")
