"""Reviews for tests of the server, and what a reviewer's browser sends."""

from __future__ import annotations

import secrets

from amgan.reviews.review_spec import Item, Picture, ReviewSpec

ANN, BOB = "reviewer-ann", "reviewer-bob"


def picture(model, name, seed=0, asked=None):
    """A picture of a loaded model by the name that the shelf gives it."""
    label = asked or model.class_names[0]
    return Picture(name, model.revision, seed, asked, label, 0.9)


def singles(model, name, count=4, title="Spring", **settings):
    labels = model.class_names
    items = (Item(picture(model, name, seed, labels[seed % len(labels)])) for seed in range(count))
    return ReviewSpec(title, tuple(items), **settings)


def vote(item, verdict, comment="", vote_id=None):
    return {"id": vote_id or secrets.token_hex(8), "item": item, "verdict": verdict, "comment": comment}


def send(client, review, *votes, reviewer=ANN, name="Ann"):
    return client.post(f"/review/{review.id}/votes", json={"reviewer": reviewer, "name": name, "votes": list(votes)})


def state(client, review, reviewer=ANN):
    answer = client.get(f"/review/{review.id}/state", params={"reviewer": reviewer})
    assert answer.status_code == 200, answer.text
    return answer.json()
