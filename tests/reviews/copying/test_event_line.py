"""Lines of copies: what is written is read, and nothing else than a sound event ever comes out of one."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import RequestError
from amgan.reviews.copying import event_line
from amgan.reviews.copying.event_line import MAX_TIME, Cast, Closing, Deletion, Reopening, from_line, lines_of, to_line
from amgan.reviews.store.store import Review
from amgan.reviews.vote import Vote
from tests.models import message
from tests.mutations import ANY_JSON
from tests.reviews.random_reviews import review_of, specs, tokens, votes_on

times = st.floats(0, MAX_TIME)
events = st.one_of(
    st.builds(Review, tokens, tokens, times, st.none(), specs),
    st.builds(Closing, tokens, times),
    st.builds(Reopening, tokens, times),
    st.builds(Deletion, tokens, times),
    st.builds(Cast, tokens, specs.flatmap(votes_on)),
)
REVIEW = Review("review-01", "the-key-of-it", 1.5, None, review_of(2))
CAST = Cast("review-01", Vote("vote-0001", 1, "reviewer-1", "keep", "a\nb\u2028<i>", "Ann", 2.5))


@given(events)
def test_a_line_is_read_as_what_was_written(event):
    line = to_line(event)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert line.isascii()
    assert from_line(line) == event


@given(events, st.data())
def test_whatever_is_put_into_a_line_it_is_an_event_or_refused(event, data):
    content = json.loads(to_line(event))
    name = data.draw(st.sampled_from([*content, "other"]))
    content[name] = data.draw(ANY_JSON)
    line = data.draw(st.sampled_from([json.dumps(content), json.dumps(content[name])])).encode()
    try:
        read = from_line(line)
    except RequestError as error:
        message(error)  # it is one line
    else:
        assert from_line(to_line(read)) == read


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_refused_by_name(line):
    with pytest.raises(RequestError):
        from_line(line)


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        (CAST, "at", float("nan")), (CAST, "at", float("inf")), (CAST, "at", -1), (CAST, "at", 10**400),
        (CAST, "at", True), (CAST, "at", "1"), (CAST, "review", "../../x"), (CAST, "review", 7), (CAST, "item", -1),
        (CAST, "comment", "x" * 501), (CAST, "verdict", ["keep"]), (CAST, "event", "review"), (CAST, "event", ["vote"]),
        (REVIEW, "id", "short"), (REVIEW, "key", ""), (REVIEW, "created", None), (REVIEW, "spec", {}),
        (REVIEW, "spec", "{}"), (REVIEW, "spec", "[" * 100_000), (REVIEW, "closed", 3.0),
        (Closing("review-01", 3.0), "at", None),
    ],
)  # fmt: skip
def test_a_field_that_is_none_spoils_the_line(event, field, value):
    line = json.dumps(json.loads(to_line(event)) | {field: value}).encode()
    with pytest.raises(RequestError) as raised:
        from_line(line)
    assert message(raised.value)


def test_a_field_that_lacks_spoils_the_line():
    for event in (REVIEW, CAST, Closing("review-01", 3.0)):
        content = json.loads(to_line(event))
        for name in content:
            with pytest.raises(RequestError):
                from_line(json.dumps({key: value for key, value in content.items() if key != name}).encode())


def test_a_line_without_end_takes_no_memory_and_spoils_no_other(monkeypatch):
    monkeypatch.setattr(event_line, "MAX_LINE_BYTES", 8)
    file = io.BytesIO(b"first\n" + b"x" * 100 + b"\n1234567\n" + b"y" * 8 + b"\nlast")
    assert list(lines_of(file)) == [b"first\n", b"", b"1234567\n", b"", b"last"]
