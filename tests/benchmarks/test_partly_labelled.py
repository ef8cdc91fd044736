"""Copies of a data set keep so many labels a class, of the same pictures, and are read by training."""

from __future__ import annotations

import numpy as np
import pytest

from amgan.data.labelled_images import load_labelled_images
from amgan.errors import DataError
from amgan.networks.objectives import UNLABELLED
from benchmarks.partly_labelled import Options, chosen, main
from tests.data.data_sets import IMAGE, TWO_CLASSES, cells, levels, put, put_table


@pytest.mark.parametrize("kind", ["folder", "table"])
def test_both_copies(tmp_path, kind):
    truth = {level: level % 2 for level in range(9)}
    source = tmp_path / "source"
    if kind == "folder":
        put(source, {f"{'cat' if level % 2 == 0 else 'dog'}/{level}.png": level for level in truth})
    else:
        source.mkdir()
        put_table(source, {"image": cells(9), "label": [*truth.values()]}, image=IMAGE, label=TWO_CLASSES)
    main(Options(str(source), tmp_path / "out", labelled=2))
    partly, few = (load_labelled_images(str(tmp_path / "out" / name), 32) for name in ("partly", "few"))
    assert partly.class_counts == few.class_counts == {"cat": 2, "dog": 2}
    assert (sorted(levels(partly)), partly.unlabelled, few.unlabelled) == ([*truth], 5, 0)
    known = {level: label for level, label in zip(levels(partly), partly.labels.tolist()) if label != UNLABELLED}
    assert known == dict(zip(levels(few), few.labels.tolist()))
    assert known.items() <= truth.items()


def test_the_choice_is_by_class_and_seed_and_takes_all_of_a_small_class():
    labels = np.array([0, 1, 0, 0, 1, 0, 2] * 5)
    first = chosen(labels, 6, seed=0)
    assert np.bincount(labels[first]).tolist() == [6, 6, 5]
    assert (first == chosen(labels, 6, seed=0)).all()
    assert (first != chosen(labels, 6, seed=1)).any()


def test_no_labels_kept(tmp_path):
    put(tmp_path / "source", {"a/0.png": 0, "b/1.png": 1})
    with pytest.raises(DataError, match="none of its 2 pictures has a class"):
        main(Options(str(tmp_path / "source"), tmp_path / "out", labelled=0))
    assert not (tmp_path / "out").exists()
