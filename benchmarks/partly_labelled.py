"""Copies of a labelled data set with few labels, to measure what labels and what unlabelled pictures are worth.

``python -m benchmarks.partly_labelled --data uoft-cs/cifar10 --out runs/tenth --labelled 500`` writes two sets beside
which the whole one is the third: ``runs/tenth/partly``, all pictures, 500 of each class with their label, and
``runs/tenth/few``, those 5,000 alone. Then, with the same options for all three,

    python -m amgan train --data runs/tenth/partly --out runs/partly ...
    python -m amgan evaluate --model runs/partly/release --data uoft-cs/cifar10

and the same of ``runs/tenth/few`` and of ``uoft-cs/cifar10`` itself. All are evaluated against the whole set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import datasets
import numpy as np
import tyro
from rich.console import Console

from amgan.data.table import check_classes, image_column_of, label_column_of, labels_of, open_table
from amgan.errors import AmganError
from amgan.networks.objectives import UNLABELLED

TABLE = "train.parquet"


@dataclass(frozen=True)
class Options:
    """Write a partly labelled copy of a data set, and one of its labelled pictures alone.

    Attributes:
        data: A folder with one subfolder of pictures a class, a local data set, or a Hub id.
        out: Folder of the copies, partly/ and few/.
        labelled: Pictures of each class that keep their label, chosen at random; all of a smaller class.
        seed: Start of the choice.
        split: Split of the data set to copy.
        image_column: Column of the pictures, where its type alone does not tell.
        label_column: Column of the classes, where its type alone does not tell.
    """

    data: str
    out: Path
    labelled: int
    seed: int = 0
    split: str = "train"
    image_column: str | None = None
    label_column: str | None = None


def main(options: Options) -> None:
    """Write both copies and say what is in them."""
    table, _ = open_table(options.data, options.split)
    image_column = options.image_column or image_column_of(table, options.data)
    label_column = options.label_column or label_column_of(table, options.data, image_column)
    labels, class_names = labels_of(table, options.data, label_column)
    kept = np.where(chosen(labels, options.labelled, options.seed), labels, UNLABELLED)
    check_classes(kept, class_names, options.data)
    features = datasets.Features(image=datasets.Image(), label=datasets.ClassLabel(names=list(class_names)))
    pictures = table.select_columns([image_column]).cast_column(image_column, datasets.Image(decode=False))
    known = np.flatnonzero(kept != UNLABELLED)
    for name, rows in (("partly", np.arange(len(kept))), ("few", known)):
        columns = {
            "image": [_with_bytes(cell) for cell in pictures.select(rows)[image_column]],
            "label": [None if label == UNLABELLED else int(label) for label in kept[rows]],
        }
        place = options.out / name
        place.mkdir(parents=True, exist_ok=True)
        datasets.Dataset.from_dict(columns, features=features).to_parquet(place / TABLE)
        Console(soft_wrap=True).print(f"{place}: {len(rows)} pictures, {len(known)} of them labelled", highlight=False)


def chosen(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Which of the labels, int64 (N,), are among `count` random ones of their class, bool (N,)."""
    order = np.random.default_rng(seed).permutation(len(labels))
    picked = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        picked[order[labels[order] == label][:count]] = True
    return picked


def _with_bytes(cell: dict[str, object]) -> dict[str, object]:
    return {"bytes": cell["bytes"] or Path(str(cell["path"])).read_bytes(), "path": None}


if __name__ == "__main__":
    try:
        main(tyro.cli(Options))
    except AmganError as error:
        raise SystemExit(str(error)) from error
