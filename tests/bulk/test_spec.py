"""A job's description: what is allowed, and the way through JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.bounds import MAX_JOB_PICTURES, MAX_SEED
from amgan.bulk.formats import FORMS
from amgan.bulk.spec import MAX_JSON_BYTES, JobSpec
from amgan.errors import RequestError
from tests.bulk.jobs import job
from tests.models import message

COUNTS = st.integers(1, 1000)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)


@given(
    st.sampled_from(list(FORMS)), st.one_of(COUNTS, st.dictionaries(TEXTS, COUNTS, min_size=1, max_size=4)),
    st.integers(0, MAX_SEED - 1000), st.floats(0.01, 2), st.none() | st.floats(0, 0.99), TEXTS,
)  # fmt: skip
def test_a_job_survives_json(kind, wanted, seed, truncation, confidence, model):
    asked = {"labels": wanted} if isinstance(wanted, dict) else {"n": wanted}
    spec = job(format=kind, seed=seed, truncation=truncation, confidence=confidence, model=model, **asked)
    assert JobSpec.from_json(json.dumps(spec.to_json())) == spec
    assert JobSpec.from_json(spec.to_json()) == spec
    assert spec.count == (sum(wanted.values()) if isinstance(wanted, dict) else wanted)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": ""}, "model must be a text"),
        ({"model": 3}, "model must be a text"),
        ({"revision": "x" * 2000}, "revision must be a text"),
        ({"model": "\ud800"}, "half a character"),
        ({"format": "tar"}, "format must be one of zip, parquet, npz, png, not 'tar'"),
        ({"format": ["zip"]}, "format must be one of"),
        ({"n": None}, "either n"),
        ({"n": 3, "labels": {"Bag": 3}}, "either n"),
        ({"n": 0}, "n must be a whole number from 1"),
        ({"n": 1.0}, "n must be"),
        ({"n": True}, "n must be"),
        ({"n": "5"}, "n must be"),
        ({"n": MAX_JOB_PICTURES + 1}, "n must be"),
        ({"n": 10**5000}, "many digits"),
        ({"labels": {}}, "labels must say"),
        ({"labels": ["Bag"]}, "labels must say"),
        ({"labels": {"Bag": -1}}, "labels['Bag'] must be"),
        ({"labels": {"": 1}}, "a class in labels must be"),
        ({"labels": {3: 1}}, "a class in labels must be"),
        ({"labels": {"a": MAX_JOB_PICTURES, "b": 1}}, "at most"),
        ({"seed": -1}, "a seed must be"),
        ({"seed": MAX_SEED, "n": 2}, "would pass the largest seed"),
        ({"seed": MAX_SEED - 1, "labels": {"a": 1, "b": 3}}, "would pass the largest seed"),
        ({"truncation": 0}, "truncation must be"),
        ({"truncation": float("nan")}, "truncation must be"),
        ({"confidence": 1}, "confidence must be"),
        ({"confidence": float("nan")}, "confidence must be"),
        ({"confidence": "0.5"}, "confidence must be"),
        ({"confidence": True}, "confidence must be"),
        ({"confidence": 10**400}, "confidence must be"),
        ({"truncation": 10**400}, "truncation must be"),
    ],
)
def test_what_is_refused(changes, words):
    with pytest.raises(RequestError) as caught:
        job(**changes)
    assert words in message(caught.value)


def test_the_largest_seed_can_be_asked_for():
    assert job(seed=MAX_SEED, n=1).seed == MAX_SEED
    assert job(seed=MAX_SEED - 1, labels={"a": 2, "b": 2}).count == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "must be JSON"),
        (b"\xff", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[]", "one JSON object"),
        ("null", "one JSON object"),
        ("{}", "needs the field 'model'"),
        ('{"model": "a", "revision": "b"}', "needs the field 'format'"),
        ('{"modle": "a"}', "no field 'modle'"),
        (" " * (MAX_JSON_BYTES + 1), "at most"),
    ],
)
def test_foreign_json_is_refused_in_one_line(content, words):
    with pytest.raises(RequestError) as caught:
        JobSpec.from_json(content)
    assert words in message(caught.value)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["model", "revision", "format", "n", "labels", "seed", "truncation", "confidence"]), inner
    ))))  # fmt: skip
def test_any_json_is_a_job_or_one_line(value):
    try:
        spec = JobSpec.from_json(value)
    except RequestError as error:
        message(error)
    else:
        assert spec.count >= 1
