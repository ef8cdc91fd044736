"""The query string of a page and back: every state is a link, by the keys of its fields; free of any model."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, cast, get_args, get_type_hints
from urllib.parse import parse_qsl, urlencode

from pydantic import TypeAdapter, ValidationError

from amgan.ui.state import MAX_MORPH_PICTURES, Key, PageState, Tab

MAX_FIELDS = 100
MAX_CHARACTERS = 60_000
"""Of a query string; no server takes a longer one."""
REVISION_DIGITS = 8
"""How much of a revision a link holds, unless it is a commit on the Hub, which is found by all of its digits only."""
THROUGH = tuple(f"via{number}" for number in range(1, MAX_MORPH_PICTURES - 1))
"""Keys of the pictures between the first and the last of a morph."""
PARTS: dict[Tab, str] = {
    "sample": "sample", "interpolate": "morph", "kept": "kept", "batch": "batch", "review": "review"
}  # fmt: skip
"""Which field of a page's state its tabs show."""

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


@dataclass(frozen=True)
class Field:
    """A field of a state that has a key.

    Attributes:
        name: Its name.
        key: How it is called elsewhere.
        kind: Its type.
        default: What it usually is; MISSING if it is always said.
        nested: The class of its picture or pictures, if it has any.
        adapter: Checks its values.
        linked: Checks its values in links.
    """

    name: str
    key: Key
    kind: Any
    default: Any
    nested: type | None
    adapter: TypeAdapter[Any]
    linked: TypeAdapter[Any]


def fields_of(state: type) -> tuple[Field, ...]:
    """The fields of a state's class that have a key, in their order."""
    return _fields_of(cast("Any", state))


@functools.cache
def _fields_of(state: Any) -> tuple[Field, ...]:
    hints, found = get_type_hints(state, include_extras=True), []
    for field in fields(state):
        kind = hints[field.name]
        key = next((part for part in getattr(kind, "__metadata__", ()) if isinstance(part, Key)), None)
        if key is not None:
            base = get_args(kind)[0]
            nested = next((part for part in (base, *get_args(base)) if is_dataclass(part)), None)
            adapters = TypeAdapter(kind), TypeAdapter(key.linked or kind)
            found.append(Field(field.name, key, kind, field.default, cast("type | None", nested), *adapters))
    return tuple(found)


def to_query(state: PageState) -> str:
    """The shortest query string that restores what the tab in front shows, beginning with "?"."""
    pairs = _pairs(replace(state, revision=linked_revision(state.model, state.revision)))
    if state.tab in PARTS:
        pairs += sorted(_pairs(getattr(state, PARTS[state.tab])), key=lambda pair: pair[0] == "truncation")
    return "?" + urlencode(pairs, safe="/@")


def linked_revision(model: str | None, revision: str | None) -> str | None:
    """What a link holds of the revision of a model."""
    on_hub = model is not None and "/" in model
    return revision if on_hub or revision is None else revision[:REVISION_DIGITS]


def from_text(query: object) -> tuple[PageState, list[LinkProblem]]:
    """`from_query` for a query string, and for whatever a program sent in its place, which says nothing."""
    return from_query(pairs_of(query))


def pairs_of(query: object) -> dict[str, str]:
    """What a query string says, by its keys; nothing if it is none."""
    text = query[:MAX_CHARACTERS] if isinstance(query, str) else ""
    try:
        return dict(parse_qsl(text.lstrip("?"), max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}


def from_query(query: Mapping[str, str]) -> tuple[PageState, list[LinkProblem]]:
    """The state that a query string names, and what of it cannot be used and is the default instead.

    Keys that are not ours are passed over. Whether the model and its classes exist is for the shelf to say.
    """
    problems: list[LinkProblem] = []
    state = _read(PageState, PageState(), query, problems)
    assert state is not None
    if state.tab in PARTS:
        usual = getattr(state, PARTS[state.tab])
        shown: Any = _read(type(usual), usual, query, problems)
        state = replace(state, **{PARTS[state.tab]: shown})
    return state, problems


def _pairs(state: Any, prefix: str = "") -> list[tuple[str, str]]:
    pairs = []
    for field in fields_of(type(state)):
        key, value = prefix + field.key.name, getattr(state, field.name)
        if field.nested is not None:
            several = zip(THROUGH, value) if isinstance(value, tuple) else [(key, value)] if value is not None else []
            pairs += [pair for own, picture in several for pair in _pairs(picture, own)]
        elif field.key.always or value != field.default:
            pairs.append((key, _text(value)))
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "\n".join(value)
    return value if isinstance(value, str) else "1" if value is True else repr(value)


def _read(
    state: type[T], usual: T | None, query: Mapping[str, str], problems: list[LinkProblem], prefix: str = ""
) -> T | None:
    """A state with what a link says, and else what is usual; None if nothing is, and what must be said is not."""
    values: dict[str, Any] = {}
    for field in fields_of(state):
        key = prefix + field.key.name
        default = field.default if usual is None else getattr(usual, field.name)
        if field.nested is not None and isinstance(default, tuple):
            several = (_read(field.nested, None, query, problems, own) for own in THROUGH)
            values[field.name] = tuple(picture for picture in several if picture is not None)
        elif field.nested is not None:
            values[field.name] = _read(field.nested, default, query, problems, key)
        else:
            values[field.name] = default
            if text := query.get(key, ""):
                try:
                    values[field.name] = field.linked.validate_python(text, strict=True)
                except ValidationError:
                    problems.append(LinkProblem(key, text, _instead(default)))
            if values[field.name] is MISSING:
                return None
    read: Any = state(**values)
    if misfit := getattr(read, "misfit", None):
        field = next(field for field in fields_of(state) if field.name == misfit)
        problems.append(LinkProblem(field.key.name, query.get(field.key.name, ""), _instead(field.default)))
        read = replace(read, **{misfit: field.default})
    return cast("T", read)


def _instead(default: Any) -> str:
    return "–" if default is None or default is MISSING else str(default)
