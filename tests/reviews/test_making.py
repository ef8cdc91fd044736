"""From classes, pairs of models and jobs to items: the right names, each drawn once, and what D says of it."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.bounds import MAX_ITEMS, MAX_SEED
from amgan.bulk.runner import run_job
from amgan.bulk.spec import JobSpec
from amgan.errors import ClassSearchError, RequestError
from amgan.reviews.making import Source, class_items, job_items, pair_items
from amgan.reviews.review_spec import ReviewSpec
from amgan.sampling.sampler import Sample
from tests.models import NAMES, message, opinion, tiny_model


class CountingDraw:
    """Draws nothing: says what was asked, and that some seeds have no picture of a class."""

    def __init__(self, missing=lambda seed, label: False):
        self.calls = []
        self._missing = missing

    def __call__(self, seeds, labels, truncation, confidence):
        self.calls.append(list(zip(seeds, labels)))
        if any(label is not None and self._missing(seed, label) for seed, label in zip(seeds, labels)):
            raise ClassSearchError("no such picture")
        samples = [
            Sample(seed, label, 0, truncation, label or 0, 0.5, 0.5) for seed, label in zip(seeds, labels)
        ]  # fmt: skip
        return np.zeros((len(samples), 1, 1, 1), np.uint8), samples


def source_of(draw, name="shoes", revision="0123abcd", **config):
    model = tiny_model(**config) if config else MODEL
    return Source(name, revision, model.sampler, draw)


MODEL = tiny_model()


def picked(items):
    return [(item.a.asked, item.a.seed) for item in items]


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
def test_each_class_from_the_first_seed_with_what_d_says_of_it(labeling):
    model = tiny_model(labeling=labeling)
    items = class_items(Source.of("shoes", model), ["Bag", 0], 3, seed=7, truncation=0.8, confidence=None)
    assert picked(items) == [(name, seed) for name in ("Bag", "Sneaker") for seed in (7, 8, 9)]
    assert not ReviewSpec("A", items).is_pairs
    for item in items:
        picture = item.a
        assert (picture.model, picture.revision, picture.truncation) == ("shoes", model.revision, 0.8)
        assert picture.label == picture.asked
        drawn = model.sample([picture.asked], [picture.seed], truncation=0.8)
        assert picture.class_probability == pytest.approx(
            float(opinion(model, drawn)[0, NAMES.index(picture.label)]), abs=2e-3
        )


def test_any_class_is_shown_as_what_it_turned_out_to_be():
    items = class_items(Source.of("shoes", MODEL), [None], 12, confidence=0.4)
    assert picked(items) == [(None, seed) for seed in range(12)]
    probabilities = opinion(MODEL, MODEL.sample(None, list(range(12))))
    assert [item.a.label for item in items] == [NAMES[label] for label in probabilities.argmax(dim=1)]
    # It was not searched for, so no confidence is part of its name.
    assert {item.a.confidence for item in items} == {None}
    assert class_items(Source.of("shoes", MODEL), ["Bag"], 1, confidence=0.4)[0].a.confidence == 0.4


def test_a_confidence_is_no_part_of_the_name_of_a_picture_that_is_not_searched_for():
    given = Source.of("new", tiny_model(labeling="predefined"))
    (item,) = class_items(given, ["Bag"], 1, confidence=0.9)
    assert item.a.confidence is None
    (pair,) = pair_items(Source.of("old", MODEL), given, ["Bag"], 1, confidence=0.4)
    assert (pair.a.confidence, pair.b.confidence) == (0.4, None)


def test_a_model_without_classes_is_reviewed_too():
    source = Source.of("plain", tiny_model(objective="gan"))
    items = class_items(source, [None], 2)
    assert [item.a.asked for item in items] == [None, None]
    with pytest.raises(RequestError, match="plain knows no classes"):
        class_items(source, ["Bag"], 2)


@given(st.integers(1, MAX_ITEMS))
@settings(max_examples=20)
def test_every_picture_is_drawn_once_and_many_at_a_time(count):
    draw = CountingDraw()
    items = class_items(source_of(draw), [None], count)
    asked = [name for call in draw.calls for name in call]
    assert asked == [(seed, None) for seed in range(count)]
    assert len(items) == count
    assert len(draw.calls) <= 1 + count // 256


def test_a_class_named_twice_counts_once():
    assert picked(class_items(source_of(CountingDraw()), ["Bag", 1, "bag"], 1)) == [("Bag", 0)]


@pytest.mark.parametrize(
    ("labels", "count", "seed", "part"),
    [
        (["Hat"], 2, 0, "no class 'Hat'"),
        ([7], 2, 0, "no class number 7"),
        ([None], 0, 0, f"1 to {MAX_ITEMS} pictures, not 0"),
        ([None], -1, 0, "not -1"),
        ([], 5, 0, "not 0"),
        (list(NAMES), 10**15, 0, f"1 to {MAX_ITEMS}"),
        ([None], 2, -1, "seed"),
        ([None], 2, MAX_SEED, "pass the largest seed"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_nothing_is_drawn(labels, count, seed, part):
    draw = CountingDraw()
    with pytest.raises(RequestError) as raised:
        class_items(source_of(draw), labels, count, seed)
    assert part in message(raised.value)
    assert draw.calls == []


def test_a_class_that_is_not_found_is_said_so():
    draw = CountingDraw(missing=lambda seed, label: seed == 3)
    with pytest.raises(ClassSearchError):
        class_items(source_of(draw), ["Bag"], 5)


def test_pairs_are_the_same_names_of_two_models():
    names = ("Ankle boot", "Sneaker", "Bag")  # the same classes by other numbers
    first, second = tiny_model(), tiny_model(seed=1, labeling="predefined", class_names=names)
    items = pair_items(Source.of("old", first), Source.of("new", second), ["Bag", 0], 2, seed=5)
    assert [(item.a.asked, item.a.seed) for item in items] == [("Bag", 5), ("Bag", 6), ("Sneaker", 5), ("Sneaker", 6)]
    assert [(item.b.asked, item.b.seed) for item in items] == picked(items)
    assert {(item.a.model, item.b.model) for item in items} == {("old", "new")}
    assert ReviewSpec("A", items).is_pairs
    assert {item.label for item in items} == {"Bag", "Sneaker"}


def test_two_revisions_of_a_model_are_compared_but_not_one_with_itself():
    first, second = source_of(CountingDraw()), source_of(CountingDraw(), revision="4567cdef")
    (item,) = pair_items(first, second, [None], 1)
    assert (item.a.revision, item.b.revision) == ("0123abcd", "4567cdef")
    with pytest.raises(RequestError) as raised:
        pair_items(first, source_of(CountingDraw()), [None], 1)
    assert "with itself" in message(raised.value)


def test_a_class_that_the_other_model_does_not_have_is_said_so():
    other = source_of(CountingDraw(), "hats", class_names=("Hat", "Cap"))
    with pytest.raises(RequestError, match="Bag"):
        pair_items(source_of(CountingDraw()), other, ["Bag"], 1)


JOB_LABELS = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 400), min_size=1)


@settings(max_examples=30)
@given(JOB_LABELS, st.integers(1, 300), st.integers(0, 1000))
def test_a_job_larger_than_its_review_is_taken_evenly(labels, most, seed):
    spec = JobSpec("shoes", "0123abcd", "zip", labels=labels, seed=seed)
    items = job_items(source_of(CountingDraw()), spec, most)
    assert len(items) == min(most, spec.count)
    assert len(set(picked(items))) == len(items)
    taken = Counter(item.a.asked for item in items)
    for name, count in labels.items():
        seeds = [item.a.seed for item in items if item.a.asked == name]
        assert set(seeds) <= set(range(seed, seed + count))
        assert abs(taken[name] - len(items) * count / spec.count) < 1
        gaps = np.diff(seeds)
        assert len(gaps) == 0 or gaps.max() - gaps.min() <= 1
    assert list(taken) == [name for name in NAMES if name in taken]


def test_a_jobs_review_has_the_pictures_of_its_result(tmp_path):
    # Seed 2 has no Bag here, so the job took another one for it.
    draw = CountingDraw(missing=lambda seed, label: (seed, label) == (2, 1))
    spec = JobSpec("shoes", "0123abcd", "npz", labels={"Bag": 5, "Sneaker": 5})
    result = run_job(spec, draw, NAMES, tmp_path / "job")
    with zipfile.ZipFile(result) as archive:
        (shard,) = (np.load(io.BytesIO(archive.read(name))) for name in archive.namelist() if name.endswith(".npz"))
    written = [(NAMES[label], seed) for label, seed in zip(shard["labels"].tolist(), shard["seeds"].tolist())]
    assert picked(job_items(source_of(draw), spec, 100)) == written
    assert ("Bag", 7) in written
    assert picked(job_items(source_of(draw), spec, 5)) == written[::2]


def test_a_job_of_another_model_or_revision_is_refused():
    spec = JobSpec("shoes", "0123abcd", "zip", n=5, truncation=0.7)
    for source in (source_of(CountingDraw(), name="bags"), source_of(CountingDraw(), revision="4567cdef")):
        with pytest.raises(RequestError) as raised:
            job_items(source, spec, 5)
        assert "the job is of shoes" in message(raised.value)
    with pytest.raises(RequestError):
        job_items(source_of(CountingDraw()), spec, 0)
    items = job_items(source_of(CountingDraw()), spec, 2)
    assert [(item.a.seed, item.a.asked, item.a.truncation) for item in items] == [(0, None, 0.7), (2, None, 0.7)]
