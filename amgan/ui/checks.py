"""What a visitor or a program sends, checked and turned into plain values; nothing of it is trusted."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic import TypeAdapter, ValidationError

from amgan.bounds import MAX_SEED
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.variation_name import PictureSeed, picture_seeds
from amgan.ui.links import fields_of
from amgan.ui.state import MAX_FRAMES
from amgan.ui.words import Words

T = TypeVar("T")


def state_of(state: type[T], words: Words, **values: Any) -> T:
    """A state of the page from what was sent for its fields; what was not is as usual.

    Args:
        state: The state's class.
        words: For what is wrong.
        values: What was sent, by the names of the fields.

    Raises:
        RequestError: in the page's words.
    """
    made: Any = state(**{name: value_of(state, name, value, words) for name, value in values.items()})
    match getattr(made, "misfit", None):
        case "seed":
            check_seeds(made.seed, made.count, words)
        case "frames":
            least, value = len(made.pictures), shown(made.frames)
            raise RequestError(words.bad_frames.format(least=least, most=MAX_FRAMES, value=value))
    return cast("T", made)


def value_of(state: type, name: str, value: Any, words: Words) -> Any:
    """The value of one field of a state.

    Raises:
        RequestError: in the page's words.
    """
    field = next(field for field in fields_of(state) if field.name == name)
    return checked(field.kind, field.key.problem, value, words, field.adapter)


def checked(kind: Any, problem: str, value: Any, words: Words, adapter: TypeAdapter[Any] | None = None) -> Any:
    """A value of a type.

    Args:
        kind: The type.
        problem: Which of the words say that it is none.
        value: What was sent.
        words: The words.
        adapter: The type's adapter if there is one already.

    Raises:
        RequestError: in the page's words.
    """
    try:
        return (adapter or TypeAdapter(kind)).validate_python(value, strict=True)
    except ValidationError as error:
        limits = _limits(kind)
        limits.setdefault("allowed", f"{limits.get('least')} – {limits.get('most')}")
        sentence: str = getattr(words, problem) if problem else words.unexpected
        raise RequestError(sentence.format(value=shown(value), **limits)) from error


def check_seeds(first: PictureSeed, count: int, words: Words) -> None:
    """Check that there are so many seeds, or variations, from a first one on.

    Raises:
        RequestError: in the page's words.
    """
    try:
        picture_seeds(first, count)
    except RequestError as error:
        raise RequestError(words.bad_seed_range.format(count=count, seed=first, most=MAX_SEED)) from error


def text(value: Any) -> str:
    """A line of text, without blanks around it; empty if none is given."""
    return value.strip() if isinstance(value, str) else ""


def label(value: Any, model: AMGAN, name: str, words: Words) -> str | None:
    """The own name of the class of a model that is called so, or None where none (or a blank) is given: any class.

    Raises:
        RequestError: in the page's words.
    """
    if value is None or value == "":
        return None
    found = model.classes.meant(value) if model.config.knows_classes else []
    if len(found) == 1:
        return model.class_names[found[0]]
    raise RequestError(words.bad_class.format(model=name, value=shown(value)) + offered(value, model, words))


def offered(value: Any, model: AMGAN, words: Words) -> str:
    """What to write behind a sentence that there is no such class: those that may have been meant, if there are any."""
    near = model.classes.near(value) if model.config.knows_classes else []
    texts = model.class_texts_in(words.lang)
    names = words.comma.join(words.quoted.format(text=shown(texts[name])) for name in near[:4])
    return words.class_meant.format(names=names) if near else ""


def shown(value: Any) -> str:
    """A value as a message may quote it: one short line."""
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"


def _limits(kind: Any) -> dict[str, str]:
    """What a sentence may say of what a type allows."""
    if get_origin(kind) is Literal:
        return {"allowed": ", ".join(map(str, get_args(kind)))}
    limits: dict[str, str] = {}
    for part in get_args(kind):
        limits |= _limits(part)
    for rule in getattr(kind, "__metadata__", ()) if get_origin(kind) is Annotated else ():
        match rule:
            case Ge(ge=least):
                limits["least"] = str(least)
            case Le(le=most) | MaxLen(max_length=most):
                limits["most"] = f"{most:g}" if isinstance(most, float) else str(most)
    return limits


def remembered(mine: Any, most: int) -> list[Any]:
    """What a browser remembers, a list as JSON of fewer letters than `most`; empty for whatever else comes."""
    try:
        found = json.loads(mine) if isinstance(mine, str) and len(mine) < most else []
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []
