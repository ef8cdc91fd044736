"""Which pictures of a data set without a test split are held out: one rule for training, judges and evaluation."""

from __future__ import annotations

import hashlib

import torch

from amgan.data.labelled_images import LabelledImages

SHARE = 0.1
"""The share that is held out where nobody says another."""


def split_held_out(data: LabelledImages, share: float = SHARE, seed: int = 0) -> tuple[LabelledImages, LabelledImages]:
    """The pictures to train on and those that are held out, both in their order.

    It is decided by the pictures' content: the same ones are held out wherever they lie and whatever their names are.
    All classes give about the same share, and each keeps a picture to train on. Of several sources each is split by
    itself, so that others beside it change nothing.

    Args:
        data: The whole set.
        share: Share that is held out, above 0 and below 1; at least one picture.
        seed: Another one holds out others.
    """
    salt = str(seed).encode()
    digests = [hashlib.sha256(salt + image.numpy().tobytes()).digest() for image in data.images.cpu()]
    labels = data.labels.tolist()
    held = torch.zeros(len(data), dtype=torch.bool)
    for rows in data.rows_by_source:
        order = sorted(rows.tolist(), key=lambda row: (labels[row], digests[row]))
        may_go = [row for before, row in zip(order, order[1:]) if labels[before] == labels[row]]
        count = min(len(may_go), max(1, round(len(order) * share)))
        held[[may_go[(2 * number + 1) * len(may_go) // (2 * count)] for number in range(count)]] = True
    return data.only(~held), data.only(held)
