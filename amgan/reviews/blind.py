"""What each reviewer sees in which place: the order of the items, and which picture of a pair is on the left.

Both come from the review's key, which reviewers do not know: they can neither guess nor compare them, and nothing has
to be stored for it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from amgan.errors import RequestError
from amgan.reviews.review_spec import Picture
from amgan.reviews.store.store import Review

Side = Literal["left", "right"]

PAIR_ANSWERS = ("left", "right", "same", "skip", "undo")
"""What a reviewer says of a pair; of single pictures it is the verdict itself."""


def order_for(review: Review, reviewer: str) -> list[int]:
    """The numbers of the review's items, shuffled, the same at every call for the same reviewer."""
    return sorted(range(len(review.spec.items)), key=lambda item: _code(review, "order", reviewer, item))


def side_of_a(review: Review, reviewer: str, item: int) -> Side:
    """Where a reviewer sees the picture `a` of a pair."""
    return "left" if _code(review, "side", reviewer, item)[0] & 1 else "right"


def picture_at(review: Review, reviewer: str, item: int, side: Side) -> Picture:
    """The picture of a pair that a reviewer sees on one side.

    Raises:
        RequestError: the item is no pair.
    """
    pair = review.spec.items[item]
    if pair.b is None:
        raise RequestError("this review has single pictures, which have no sides")
    return pair.a if side == side_of_a(review, reviewer, item) else pair.b


def verdict_of(review: Review, reviewer: str, item: int, answer: str) -> str:
    """The verdict that a reviewer's answer means, such as "a" for "left"; what is no answer to single pictures stays.

    Raises:
        RequestError: no answer to a pair.
    """
    if not review.spec.is_pairs:
        return answer
    if answer not in PAIR_ANSWERS:
        raise RequestError(f"verdict must be one of {', '.join(PAIR_ANSWERS)}, not {answer!r:.40}")
    if answer not in ("left", "right"):
        return answer
    return "a" if answer == side_of_a(review, reviewer, item) else "b"


def answer_of(review: Review, reviewer: str, item: int, verdict: str) -> str:
    """The answer that a verdict is to a reviewer; `verdict_of` backwards."""
    if verdict not in ("a", "b"):
        return verdict
    side = side_of_a(review, reviewer, item)
    return side if verdict == "a" else {"left": "right", "right": "left"}[side]


def _code(review: Review, purpose: str, reviewer: str, item: int) -> bytes:
    message = f"{purpose} {review.id} {reviewer} {item}".encode()
    return hmac.digest(review.key.encode(), message, hashlib.sha256)
