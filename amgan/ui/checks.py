"""What a visitor or a program sends, checked and turned into plain values; nothing of it is trusted."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any, TypeVar, get_args

from amgan.bounds import MAX_ITEMS, MAX_SEED, MAX_TRUNCATION
from amgan.bounds import MAX_JOB_PICTURES as MAX_PICTURES
from amgan.errors import RequestError
from amgan.networks.config import ModelConfig
from amgan.reviews.review_spec import Scale
from amgan.sampling.class_names import ClassNames
from amgan.sampling.interpolation import Easing, Method
from amgan.ui.state import MAX_FRAMES, MIN_FRAMES, Alikeness, FileFormat, Speed
from amgan.ui.words import Words

T = TypeVar("T")


def whole_number(value: Any) -> int | None:
    """The whole number that is meant, from an int or decimal digits; None if none is."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def real_number(value: Any) -> float | None:
    """The finite number that is meant, from a number or its text; None if none is."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, str))
        or (isinstance(value, str) and len(value) > 40)
    ):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def seed(value: Any, words: Words, count: int = 1) -> int:
    """A seed from which `count` seeds can be counted.

    Raises:
        RequestError: in the page's words.
    """
    number = whole_number(value)
    if number is None or not 0 <= number <= MAX_SEED:
        raise RequestError(words.bad_seed.format(most=MAX_SEED, value=shown(value)))
    if number + count - 1 > MAX_SEED:
        raise RequestError(words.bad_seed_range.format(count=count, seed=number, most=MAX_SEED))
    return number


def count(value: Any, words: Words, allowed: Collection[int]) -> int:
    """A number of pictures among those allowed.

    Raises:
        RequestError: in the page's words.
    """
    number = whole_number(value)
    if number is None or number not in allowed:
        kinds = f"{allowed[0]} – {allowed[-1]}" if isinstance(allowed, range) else ", ".join(map(str, allowed))
        raise RequestError(words.bad_count.format(allowed=kinds, value=shown(value)))
    return number


def frames(value: Any, words: Words, pictures: int = MIN_FRAMES) -> int:
    """A number of frames of a morph of so many pictures.

    Raises:
        RequestError: in the page's words.
    """
    number = whole_number(value)
    if number is None or not pictures <= number <= MAX_FRAMES:
        raise RequestError(words.bad_frames.format(least=pictures, most=MAX_FRAMES, value=shown(value)))
    return number


def pictures(value: Any, words: Words) -> int:
    """A number of pictures of a job.

    Raises:
        RequestError: in the page's words.
    """
    return _pictures(value, MAX_PICTURES, words)


def file_format(value: Any, words: Words) -> FileFormat:
    """The form of a job's result.

    Raises:
        RequestError: in the page's words.
    """
    known: FileFormat = _one_of(get_args(FileFormat), value, words.bad_format)
    return known


def truncation(value: Any, words: Words) -> float:
    """A truncation.

    Raises:
        RequestError: in the page's words.
    """
    number = real_number(value)
    if number is None or not 0 < number <= MAX_TRUNCATION:
        raise RequestError(words.bad_truncation.format(most=f"{MAX_TRUNCATION:g}", value=shown(value)))
    return number


def confidence(value: Any, words: Words) -> float | None:
    """D's least probability of a class; None if the field is empty.

    Raises:
        RequestError: in the page's words.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = real_number(value)
    if number is None or not 0 <= number < 1:
        raise RequestError(words.bad_confidence.format(value=shown(value)))
    return number


def items(value: Any, words: Words, classes: int = 1) -> int:
    """How many pictures of each class a review has, within what it may have in all.

    Raises:
        RequestError: in the page's words.
    """
    return _pictures(value, MAX_ITEMS // max(1, classes), words)


def target(value: Any, words: Words) -> float | None:
    """A goal in per cent; None if the field is empty.

    Raises:
        RequestError: in the page's words.
    """
    text = value.strip().removesuffix("%").strip() if isinstance(value, str) else value
    if text is None or text == "":
        return None
    number = real_number(text)
    if number is None or not 0 <= number <= 100:
        raise RequestError(words.bad_target.format(value=shown(value)))
    return number


def scale(value: Any, words: Words) -> Scale:
    """How reviewers judge.

    Raises:
        RequestError: in the page's words.
    """
    known: Scale = _one_of(get_args(Scale), value, words.bad_scale)
    return known


def text(value: Any) -> str:
    """A line of text, without blanks around it; empty if none is given."""
    return value.strip() if isinstance(value, str) else ""


def method(value: Any, words: Words) -> Method:
    """A way between two latents.

    Raises:
        RequestError: in the page's words.
    """
    known: Method = _one_of(get_args(Method), value, words.bad_method)
    return known


def easing(value: Any, words: Words) -> Easing:
    """A pace between two pictures.

    Raises:
        RequestError: in the page's words.
    """
    known: Easing = _one_of(get_args(Easing), value, words.bad_easing)
    return known


def speed(value: Any, words: Words) -> Speed:
    """How fast an animation plays.

    Raises:
        RequestError: in the page's words.
    """
    known: Speed = _one_of(get_args(Speed), value, words.bad_speed)
    return known


def alikeness(value: Any, words: Words) -> Alikeness:
    """How alike variations are.

    Raises:
        RequestError: in the page's words.
    """
    known: Alikeness = _one_of(get_args(Alikeness), value, words.bad_alikeness)
    return known


def label(value: Any, config: ModelConfig, model: str, words: Words) -> str | None:
    """The name of the class of the model that is called so, or None where none (or a blank) is given: any class.

    Raises:
        RequestError: in the page's words.
    """
    if value is None or value == "":
        return None
    classes = ClassNames(config.class_names)
    found = classes.meant(value) if config.knows_classes else []
    if len(found) == 1:
        return config.class_names[found[0]]
    raise RequestError(words.bad_class.format(model=model, value=shown(value)) + offered(value, config, words))


def offered(value: Any, config: ModelConfig, words: Words) -> str:
    """What to write behind a sentence that there is no such class: those that may have been meant, if there are any."""
    near = ClassNames(config.class_names).near(value) if config.knows_classes else []
    return words.class_meant.format(names=", ".join(f"“{shown(name)}”" for name in near[:4])) if near else ""


def shown(value: Any) -> str:
    """A value as a message may quote it: one short line."""
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"


def _one_of(allowed: tuple[T, ...], value: Any, problem: str) -> T:
    for name in allowed:
        if value == name:
            return name
    raise RequestError(problem.format(allowed=", ".join(map(str, allowed)), value=shown(value)))


def _pictures(value: Any, most: int, words: Words) -> int:
    number = whole_number(value)
    if number is None or not 1 <= number <= most:
        raise RequestError(words.bad_pictures.format(most=most, value=shown(value)))
    return number
