"""A process of its own that keeps reviews in a file and copies them: a vote a line on its input, its id a line back.

Its settings are those of its environment, as a server's are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from amgan.reviews.copying.hub_copy import HubCopy
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from tests.reviews.random_reviews import review_of


def main(path: str, repo: str) -> None:
    store = ReviewStore(Path(path))
    copy = HubCopy(store, repo, every_minutes=0.1 / 60)
    copy.start()
    review = next(iter(store.reviews()), None) or store.create(review_of(1))
    print(review.id, flush=True)
    for line in sys.stdin:
        store.add(review.id, [Vote(line.strip(), 0, "reviewer-1", "keep")])
        print(line.strip(), flush=True)
    copy.stop(30.0)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
