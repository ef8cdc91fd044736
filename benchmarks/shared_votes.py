"""How many votes a second several servers can keep in one PostgreSQL, each vote by itself: they wait for each other.

``AMGAN_STATE=postgresql://... python -m benchmarks.shared_votes`` makes reviews of its own in that database, and
removes them. Each "server" is a store with connections of its own; HTTP is not measured.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from dataclasses import dataclass

import tyro

from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.limits import ReviewLimits
from amgan.reviews.store.postgres_reviews import default_place
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote

ITEMS = 20
ANY_RATE = ReviewLimits(votes_per_minute=10**9, reviewers_per_minute=10**9)


@dataclass(frozen=True)
class Options:
    """What is measured.

    Attributes:
        servers: Stores of one database.
        callers: Who vote at once, spread over them.
        seconds: For so long.
    """

    servers: int = 3
    callers: int = 16
    seconds: float = 10.0


def votes_a_second(options: Options) -> float:
    """Votes acknowledged, over all servers."""
    with contextlib.ExitStack() as stack:
        stores = []
        for _ in range(options.servers):
            stores.append(ReviewStore(default_place(), ANY_RATE))
            stack.callback(stores[-1].close)
        items = tuple(Item(Picture("none", "0123abcd", seed, None, "any", 0.9)) for seed in range(ITEMS))
        reviews = [store.create(ReviewSpec("Measured", items)) for store in stores]
        counts = [0] * options.callers
        began = time.monotonic()

        def vote(caller: int) -> None:
            place = caller % options.servers
            while time.monotonic() < began + options.seconds:
                said = Vote(secrets.token_hex(8), counts[caller] % ITEMS, f"reviewer-{caller:04}", "keep", "", "")
                stores[place].add(reviews[place].id, [said])
                counts[caller] += 1

        threads = [threading.Thread(target=vote, args=(caller,)) for caller in range(options.callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        for store, review in zip(stores, reviews):
            store.delete(review.id)
    return sum(counts) / took


def main() -> None:
    """Print it."""
    options = tyro.cli(Options)
    print(f"{votes_a_second(options):.0f} votes a second by {options.callers} callers of {options.servers} servers")


if __name__ == "__main__":
    main()
