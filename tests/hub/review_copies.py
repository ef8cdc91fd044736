"""What the tests of copied reviews share: votes, waiting, and what the data set holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from amgan.reviews.copying.event_line import Cast, from_line
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.vote import Vote
from tests.hub.server import HubServer

OFTEN = 0.1 / 60
REPO = "user/votes"


def vote(number: int, **changes: Any) -> Vote:
    return Vote(**{"id": f"vote-{number:04}", "item": 0, "reviewer": "reviewer-1", "verdict": "keep"} | changes)


def everything(store: ReviewStore) -> list[tuple[Review, list[Vote]]]:
    return [(review, store.votes(review.id)) for review in store.reviews()]


def ids(store: ReviewStore, review: Review) -> Counter[str]:
    return Counter(vote.id for vote in store.votes(review.id))


def eventually(holds: Callable[[], Any]) -> None:
    """Wait until it holds; the test's time limit ends a wait in vain."""
    while not holds():
        time.sleep(0.02)


def copied(hub: HubServer, repo: str = REPO) -> Counter[str]:
    """How often each vote stands in the data set."""
    repository = hub.repositories.get(f"datasets/{repo}")
    files = {} if repository is None else repository.head.files
    lines = [line for path, blob in files.items() if path.startswith("votes/") for line in blob.content.splitlines()]
    return Counter(event.vote.id for event in map(from_line, lines) if isinstance(event, Cast))


def has(hub: HubServer, *numbers: int) -> Callable[[], bool]:
    return lambda: {f"vote-{number:04}" for number in numbers} <= set(copied(hub))
