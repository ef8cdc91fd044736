"""Reviews and votes at random, for properties that hold of all of them."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from amgan.bounds import MAX_SEED
from amgan.reviews.review_spec import MAX_TITLE, SCALES, Item, Picture, ReviewSpec
from amgan.reviews.vote import MAX_COMMENT, Vote, possible_verdicts

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=MAX_TITLE).filter(str.strip)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=MAX_TITLE).filter(str.strip)
shares = st.floats(0, 1)
pictures = st.builds(
    Picture,
    model=texts, revision=texts, seed=st.integers(0, MAX_SEED), asked=st.none() | texts, label=texts,
    class_probability=shares, truncation=st.floats(0, 2, exclude_min=True),
    confidence=st.none() | st.floats(0, 1, exclude_max=True),
)  # fmt: skip
singles, pairs = st.builds(Item, pictures), st.builds(Item, pictures, pictures)
specs = st.builds(
    ReviewSpec,
    title=lines,
    items=st.one_of(st.lists(singles, min_size=1, max_size=5), st.lists(pairs, min_size=1, max_size=5)).map(tuple),
    question=lines,
    scale=st.sampled_from(SCALES),
    target=st.none() | shares,
)
tokens = st.text(string.ascii_letters + string.digits + "-_", min_size=8, max_size=64)


def picture(seed: int = 0, **changes: object) -> Picture:
    """A picture that is not drawn."""
    fields = {"model": "shoes", "revision": "0123abcd", "asked": "Bag", "label": "Bag", "class_probability": 0.9}
    return Picture(seed=seed, **{**fields, **changes})  # type: ignore[arg-type]


def review_of(count: int, title: str = "Spring", **changes: object) -> ReviewSpec:
    """A review of so many pictures."""
    return ReviewSpec(title, tuple(Item(picture(seed)) for seed in range(count)), **changes)  # type: ignore[arg-type]


def votes_on(spec: ReviewSpec) -> st.SearchStrategy[Vote]:
    """Votes that fit a review, of few reviewers, so that they meet."""
    return st.builds(
        Vote,
        id=tokens,
        item=st.integers(0, len(spec.items) - 1),
        reviewer=st.sampled_from(["reviewer-1", "reviewer-2", "reviewer-3"]),
        verdict=st.sampled_from([*possible_verdicts(spec), "skip", "undo"]),
        comment=st.text(st.characters(exclude_categories=["Cs"]), max_size=MAX_COMMENT).filter(
            lambda text: not text or text.strip()
        ),
    )
