"""The query string of a page and back: every state is a link. Pure, and free of any model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, get_args
from urllib.parse import parse_qsl, urlencode

from amgan.bounds import MAX_ITEMS, MAX_SEED, MAX_TRUNCATION
from amgan.bounds import MAX_JOB_PICTURES as MAX_PICTURES
from amgan.reviews.review_spec import MAX_QUESTION, MAX_TITLE, Scale
from amgan.sampling.interpolation import Easing, Method
from amgan.ui.checks import real_number, whole_number
from amgan.ui.state import (
    COUNTS,
    MAX_FRAMES,
    Alikeness,
    BatchState,
    EndState,
    FileFormat,
    MorphState,
    PageState,
    ReviewState,
    SampleState,
    Speed,
    Tab,
    VariationsState,
)

REVISION_DIGITS = 8
"""How much of a revision a link holds, unless it is a commit on the Hub, which is found by all of its digits only."""
MAX_TEXT = 300
THROUGH = ("via1", "via2", "via3", "via4")
"""Keys of the pictures between the first and the last of a morph."""

T = TypeVar("T")


@dataclass(frozen=True)
class LinkProblem:
    """A value of a link that cannot be used.

    Attributes:
        key: Its key in the query string.
        value: What the link says.
        instead: What is shown instead.
    """

    key: str
    value: str
    instead: str


def to_query(state: PageState) -> str:
    """The shortest query string that restores what the tab in front shows, beginning with "?"."""
    pairs: list[tuple[str, str]] = []
    if state.model is not None:
        pairs.append(("model", state.model))
    if state.revision is not None:
        on_hub = state.model is not None and "/" in state.model
        pairs.append(("rev", state.revision if on_hub else state.revision[:REVISION_DIGITS]))
    if state.tab != "sample":
        pairs.append(("tab", state.tab))
    pairs += _PAIRS[state.tab](state)
    return "?" + urlencode(pairs, safe="/@")


def from_text(query: object) -> tuple[PageState, list[LinkProblem]]:
    """`from_query` for a query string, and for whatever a program sent in its place, which says nothing."""
    text = query[:10_000] if isinstance(query, str) else ""
    return from_query(dict(parse_qsl(text.lstrip("?"), max_num_fields=100)))


def from_query(query: Mapping[str, str]) -> tuple[PageState, list[LinkProblem]]:
    """The state that a query string names, and what of it cannot be used and is the default instead.

    Keys that are not ours are passed over. Whether the model and its classes exist is for the shelf to say.
    """
    read = _Reader(query)
    front: Tab = "sample"
    tab = read("tab", front, _one_of(get_args(Tab)))
    truncation = read("truncation", 1.0, _truncation)
    first, plain = MorphState(), SampleState()
    state = PageState(
        model=read("model", None, _text),
        revision=read("rev", None, _revision),
        tab=tab,
    )
    if tab == "interpolate":
        seeds = {key: read(key, None, _seed) for key in THROUGH}
        through = tuple(
            EndState(seed, read(f"{key}_class", None, _text)) for key, seed in seeds.items() if seed is not None
        )
        morph = MorphState(
            start=EndState(read("from", first.start.seed, _seed), read("from_class", None, _text)),
            end=EndState(read("to", first.end.seed, _seed), read("to_class", None, _text)),
            frames=read("frames", first.frames, lambda value: _frames(value, 2 + len(through))),
            truncation=truncation,
            method=read("method", first.method, _one_of(get_args(Method))),
            loop=read("loop", False, _flag),
            easing=read("easing", first.easing, _one_of(get_args(Easing))),
            speed=read("speed", first.speed, _one_of(get_args(Speed))),
            through=through,
        )
        state = PageState(state.model, state.revision, tab, plain, morph)
    elif tab == "sample":
        count = read("n", plain.count, _count)
        seed = read("seed", plain.seed, lambda value: _seed(value, MAX_SEED + 2 - count))
        sample = SampleState(read("class", None, _text), count, seed, truncation, _variations(read))
        state = PageState(state.model, state.revision, tab, sample, first)
    elif tab == "batch":
        form = BatchState()
        batch = BatchState(
            labels=read("classes", form.labels, _texts),
            count=read("n", form.count, _pictures),
            seed=read("seed", form.seed, _seed),
            truncation=truncation,
            format=read("format", form.format, _one_of(get_args(FileFormat))),
            confidence=read("confidence", form.confidence, _confidence),
        )
        state = PageState(state.model, state.revision, tab, batch=batch)
    elif tab == "review":
        empty = ReviewState()
        review = ReviewState(
            title=read("title", empty.title, _title),
            question=read("question", empty.question, _question),
            labels=read("classes", empty.labels, _texts),
            count=read("n", empty.count, _items),
            seed=read("seed", empty.seed, _seed),
            truncation=truncation,
            scale=read("scale", empty.scale, _one_of(get_args(Scale))),
            target=read("target", empty.target, _target),
            against=read("against", empty.against, _text),
            against_revision=read("against_rev", empty.against_revision, _revision),
            confidence=read("confidence", empty.confidence, _confidence),
        )
        state = PageState(state.model, state.revision, tab, review=review)
    return state, read.problems


def _no_pairs(state: PageState) -> list[tuple[str, str]]:
    return []


def _sample_pairs(state: PageState) -> list[tuple[str, str]]:
    sample, plain = state.sample, SampleState()
    pairs = [] if sample.label is None else [("class", sample.label)]
    if sample.count != plain.count:
        pairs.append(("n", str(sample.count)))
    pairs.append(("seed", str(sample.seed)))
    if sample.variations is not None:
        pairs.append(("like", str(sample.variations.seed)))
        if sample.variations.alikeness != VariationsState.alikeness:
            pairs.append(("alike", sample.variations.alikeness))
    return pairs + _truncation_pairs(sample.truncation)


def _morph_pairs(state: PageState) -> list[tuple[str, str]]:
    morph, plain = state.morph, MorphState()
    pairs = []
    for key, end in (("from", morph.start), *zip(THROUGH, morph.through), ("to", morph.end)):
        pairs.append((key, str(end.seed)))
        if end.label is not None:
            pairs.append((f"{key}_class", end.label))
    if morph.frames != plain.frames:
        pairs.append(("frames", str(morph.frames)))
    if morph.method != plain.method:
        pairs.append(("method", morph.method))
    if morph.loop:
        pairs.append(("loop", "1"))
    if morph.easing != plain.easing:
        pairs.append(("easing", morph.easing))
    if morph.speed != plain.speed:
        pairs.append(("speed", morph.speed))
    return pairs + _truncation_pairs(morph.truncation)


def _batch_pairs(state: PageState) -> list[tuple[str, str]]:
    batch, plain = state.batch, BatchState()
    # A line break is in no class name.
    pairs = [("classes", "\n".join(batch.labels))] if batch.labels else []
    if batch.count != plain.count:
        pairs.append(("n", str(batch.count)))
    if batch.seed != plain.seed:
        pairs.append(("seed", str(batch.seed)))
    if batch.format != plain.format:
        pairs.append(("format", batch.format))
    return pairs + _confidence_pairs(batch.confidence) + _truncation_pairs(batch.truncation)


def _review_pairs(state: PageState) -> list[tuple[str, str]]:
    review, plain = state.review, ReviewState()
    pairs = [] if review.title == plain.title else [("title", review.title)]
    if review.question != plain.question:
        pairs.append(("question", review.question))
    if review.labels:
        pairs.append(("classes", "\n".join(review.labels)))
    for key, value, usual in (("n", review.count, plain.count), ("seed", review.seed, plain.seed)):
        if value != usual:
            pairs.append((key, str(value)))
    if review.scale != plain.scale:
        pairs.append(("scale", review.scale))
    if review.target is not None:
        pairs.append(("target", f"{review.target!r}"))
    for key, name in (("against", review.against), ("against_rev", review.against_revision)):
        if name is not None:
            pairs.append((key, name))
    return pairs + _confidence_pairs(review.confidence) + _truncation_pairs(review.truncation)


def _confidence_pairs(confidence: float | None) -> list[tuple[str, str]]:
    return [] if confidence is None else [("confidence", repr(confidence))]


def _truncation_pairs(truncation: float) -> list[tuple[str, str]]:
    return [] if truncation == 1 else [("truncation", repr(truncation))]


_PAIRS: dict[Tab, Callable[[PageState], list[tuple[str, str]]]] = {
    "sample": _sample_pairs,
    "interpolate": _morph_pairs,
    "batch": _batch_pairs,
    "review": _review_pairs,
    "about": _no_pairs,
}


class _Reader:
    """Reads values of a query, and keeps a list of those that are no good."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._query = query
        self.problems: list[LinkProblem] = []

    def __call__(self, key: str, default: T, parse: Callable[[str], T | None]) -> T:
        text = self._query.get(key)
        if text is None or text == "":
            return default
        value = parse(text)
        if value is None:
            self.problems.append(LinkProblem(key, text, "–" if default is None else str(default)))
            return default
        return value


def _variations(read: _Reader) -> VariationsState | None:
    seed = read("like", None, _seed)
    return (
        None
        if seed is None
        else VariationsState(seed, read("alike", VariationsState.alikeness, _one_of(get_args(Alikeness))))
    )


def _text(value: str) -> str | None:
    return value if len(value) <= MAX_TEXT else None


def _texts(value: str) -> tuple[str, ...] | None:
    parts = tuple(dict.fromkeys(part for part in value.split("\n") if part))
    return parts if all(len(part) <= MAX_TEXT for part in parts) else None


def _revision(value: str) -> str | None:
    return value.lower() if re.fullmatch(r"[0-9a-fA-F]{4,40}|unsaved", value) else None


def _one_of(allowed: tuple[T, ...]) -> Callable[[str], T | None]:
    return lambda value: next((name for name in allowed if name == value), None)


def _seed(value: str, end: int = MAX_SEED + 1) -> int | None:
    number = whole_number(value)
    return number if number is not None and 0 <= number < end else None


def _count(value: str) -> int | None:
    number = whole_number(value)
    return number if number in COUNTS else None


def _pictures(value: str) -> int | None:
    number = whole_number(value)
    return number if number is not None and 1 <= number <= MAX_PICTURES else None


def _items(value: str) -> int | None:
    number = whole_number(value)
    return number if number is not None and 1 <= number <= MAX_ITEMS else None


def _title(value: str) -> str | None:
    return value if value.strip() and len(value) <= MAX_TITLE else None


def _question(value: str) -> str | None:
    return value if value.strip() and len(value) <= MAX_QUESTION else None


def _target(value: str) -> float | None:
    number = real_number(value)
    return number if number is not None and 0 <= number <= 100 else None


def _confidence(value: str) -> float | None:
    number = real_number(value)
    return number if number is not None and 0 <= number < 1 else None


def _frames(value: str, pictures: int) -> int | None:
    number = whole_number(value)
    return number if number is not None and pictures <= number <= MAX_FRAMES else None


def _truncation(value: str) -> float | None:
    number = real_number(value)
    return number if number is not None and 0 < number <= MAX_TRUNCATION else None


def _flag(value: str) -> bool | None:
    return {"1": True, "0": False}.get(value)
