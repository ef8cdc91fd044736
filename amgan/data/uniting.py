"""Several data sets as one: classes of one name are one class, and each set has its weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch

from amgan.data.class_folders import alike, natural_order
from amgan.data.labelled_images import LabelledImages
from amgan.errors import DataError, some_of
from amgan.networks.objectives import UNLABELLED


def unite(parts: Sequence[LabelledImages], weights: Sequence[float] = ()) -> LabelledImages:
    """All pictures of several sets, those of the first one first.

    So are its classes; those that only others have come behind them in natural order.

    Args:
        parts: The sets, their pictures of one size; one alone is given back as it is.
        weights: How often the pictures of each are drawn; once if not given.

    Raises:
        DataError: fewer than two classes, one without a picture, or names that differ in capitals or spaces only.
    """
    from amgan.data.table import check_classes

    first, *others = parts
    if not others:
        check_classes(first.labels.numpy(), first.class_names, first.source)
        return first
    _check_spelling(parts)
    added = {name for part in others for name in part.class_names} - {*first.class_names}
    names = (*first.class_names, *sorted(added, key=natural_order))
    source = " + ".join(part.source for part in parts)
    labels = torch.cat([_renumbered(part, names) for part in parts])
    check_classes(labels.numpy(), names, source)
    weights = tuple(weights) or (1.0,) * len(parts)
    channels = max(part.images.shape[1] for part in parts)
    fits = {part.fit for part in parts}
    return LabelledImages(
        images=torch.cat([part.images.expand(-1, channels, -1, -1) for part in parts]),
        labels=labels,
        class_names=names,
        source=source,
        fit="crop" if "crop" in fits else "pad" if "pad" in fits else "none",
        original_sizes=dict(sum((Counter(part.original_sizes) for part in parts), Counter())),
        skipped=sum(part.skipped for part in parts),
        left_out=_joined(parts, "left_out"),
        names=tuple(f"{name} of {part.source}" for part in parts for name in part.names),
        ground=_joined(parts, "ground"),
        shapes=_joined(parts, "shapes"),
        parts=_in_words(parts, weights, names[len(first.class_names) :]),
        source_numbers=torch.repeat_interleave(torch.tensor([len(part) for part in parts])),
        weights=weights,
    )


def _check_spelling(parts: Sequence[LabelledImages]) -> None:
    first: dict[str, tuple[str, str]] = {}
    for part in parts:
        for name in part.class_names:
            other, where = first.setdefault(alike(name), (name, part.source))
            if other != name and not any({name, other} <= {*each.class_names} for each in parts):
                raise DataError(
                    f"class {other!r} of {where} and {name!r} of {part.source} differ in capitals or spaces only; call "
                    "them alike if they are one class, or give one another name"
                )


def _renumbered(part: LabelledImages, names: Sequence[str]) -> torch.Tensor:
    numbers = {name: number for number, name in enumerate(names)}
    # The last one, at -1, is for those without a class.
    return torch.tensor([*(numbers[name] for name in part.class_names), UNLABELLED])[part.labels]


def _joined(parts: Sequence[LabelledImages], what: str) -> str:
    return "; ".join(f"{part.source}: {words}" for part in parts if (words := getattr(part, what)))


def _in_words(parts: Sequence[LabelledImages], weights: Sequence[float], added: Sequence[str]) -> str:
    words = [
        f"{part.source} {len(part)}{'' if weight == 1 else f' drawn {weight:g} times as often'}"
        for part, weight in zip(parts, weights)
    ]
    new = f"; not in {parts[0].source}: {some_of(added)}" if added else ""
    return ", ".join(words) + new
