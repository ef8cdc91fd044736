"""A data set opened as a table: wherever it is, its columns of pictures and of classes found by type."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
from datasets.exceptions import DatasetGenerationError, DatasetsError
from huggingface_hub.errors import HFValidationError

from amgan.data.class_folders import alike, composed, means_unlabelled, natural_order
from amgan.data.folder import (
    check_one_data_set,
    declares_its_parts,
    holds_table,
    one_of_several,
    open_image_folder,
)
from amgan.data.labels_beside import open_with_labels_beside
from amgan.data.reasons import Reason
from amgan.errors import DataError, SplitError, one_line
from amgan.networks.config import MAX_CLASS_NAME_LENGTH, is_class_name
from amgan.networks.objectives import UNLABELLED

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")

CONFIGURATIONS = re.compile(r"available(?: configs)?: \[(.*?)]", re.IGNORECASE)
"""How `datasets` lists the configurations of a set where none is named, or one that it does not have."""

CLASS_COLUMNS = {"label", "labels", "class", "category", "target"}
"""What the column of the classes is called, in any capitals, where several could be it."""
MOST_SINGLE = 0.5
"""The largest share of pictures whose value no other one has, in a column that is a class by its type alone."""


def open_table(source: str, split: str, config: str | None = None) -> tuple[datasets.Dataset, Reason | None]:
    """The table of a Hub id, a local data set, or a folder with one subfolder of pictures a class.

    Args:
        source: Where it is.
        split: Which split.
        config: Which configuration, or which of several data sets in a folder; None where there is but one.

    Returns:
        The table, and which files of a folder are left out.

    Raises:
        SplitError: no such split.
        DataError: nothing there, several data sets, no such configuration, no pictures, an empty class folder.
    """
    folder = Path(source)
    local = folder.exists()
    try:
        if local:
            if not folder.is_dir():
                raise DataError(f"{source} is a file; give the folder that holds the data set, or a .zip or .tar of it")
            if config is not None and not declares_its_parts(folder):
                return open_table(str(one_of_several(folder, config)), split)
            if opened := open_with_labels_beside(folder, split):
                return opened
            check_one_data_set(folder, split)
            if not holds_table(folder):
                return open_image_folder(folder, split)
    except OSError as error:
        raise DataError(f"{source}: {one_line(error):.300}") from error
    except UnicodeEncodeError as error:
        wrong = next(part for part in Path(error.object).parts if error.object[error.start] in part)
        raise DataError(f"{source}: the name {wrong!r:.100} is not in UTF-8; give it another one") from error
    if not local and not HUB_ID.fullmatch(source):
        raise DataError(Reason("no_source", {"source": source}))
    try:
        with _quiet():
            return datasets.load_dataset(source, config, split=split), None
    except Exception as error:  # whatever the reader of some format makes of foreign files
        # datasets has no error of its own for it.
        kind = SplitError if isinstance(error, ValueError) and "Unknown split" in str(error) else DataError
        if not local and isinstance(error, (OSError, HFValidationError)):
            values = {"source": source, "sentence": f"{one_line(error):.300}"}
            raise DataError(Reason("not_loaded", values)) from error
        raise kind(f"{source}: {_reason(error, config)}") from error


def _reason(error: Exception, config: str | None) -> str:
    if configurations := CONFIGURATIONS.search(str(error)):
        names = configurations[1].replace("'", "")
        several = f"it has several configurations ({names:.300}); choose one with --config"
        return several if config is None else f"no configuration {config!r}; it has {names:.300}"
    # ValueError is datasets' word for an unknown split or a missing configuration, RuntimeError for a script.
    if isinstance(error, (DatasetsError, OSError, RuntimeError, ValueError)):
        cause = error.__cause__ if isinstance(error, DatasetGenerationError) else None
        return one_line(cause or error)[:300]
    return f"cannot be read as a data set ({type(error).__name__}: {one_line(error):.300}); check the files in it"


@contextmanager
def _quiet() -> Iterator[None]:
    # `datasets` logs the tables it cannot read, with all that is in them, and then raises all the same.
    before = datasets.logging.get_verbosity()
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)
    try:
        yield
    finally:
        datasets.logging.set_verbosity(before)


def image_column_of(table: datasets.Dataset, source: str) -> str:
    """The one column of pictures.

    Raises:
        DataError: there is none, or several.
    """
    found = [name for name, feature in table.features.items() if isinstance(feature, datasets.Image)]
    # Parquet that `datasets` did not write names no such type, but has the files' bytes all the same.
    found = found or [name for name, feature in table.features.items() if _is_bytes(feature)]
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(f"{source}: several picture columns ({', '.join(found)}); choose one with --image-column")
    raise DataError(f"{source}: no picture column; its columns are {', '.join(table.column_names)}")


def _is_bytes(feature: Any) -> bool:
    if isinstance(feature, dict):
        return _is_bytes(feature.get("bytes"))
    return isinstance(feature, datasets.Value) and feature.dtype in ("binary", "large_binary")


def _is_class(feature: Any) -> bool:
    return isinstance(feature, datasets.Value) and bool(re.fullmatch(r"u?int\d+|bool|(large_)?string", feature.dtype))


def files_of(table: datasets.Dataset, source: str, column: str) -> datasets.Dataset:
    """The column of pictures alone, as files that are not decoded yet.

    Raises:
        DataError: it holds no pictures.
    """
    try:
        return table.select_columns([column]).cast_column(column, datasets.Image(decode=False))
    except (TypeError, ValueError, NotImplementedError) as error:  # pyarrow's errors are of these kinds too
        raise DataError(f"{source}: column {column!r} holds no pictures ({one_line(error):.300})") from error


def label_column_of(table: datasets.Dataset, source: str, image_column: str) -> str:
    """The one column that can be the class: of type ClassLabel, else of whole numbers or words.

    Of several, the one that is called label, labels, class, category or target.

    Raises:
        DataError: there is none, or several, or it tells each picture from the others, as a caption or an id does.
    """
    features = {name: feature for name, feature in table.features.items() if name != image_column}
    found = [name for name, feature in features.items() if isinstance(feature, datasets.ClassLabel)]
    if not found:
        found = [name for name, feature in features.items() if _is_class(feature)]
    found = found or [name for name in features if _is_whole(table, name)]
    if len(found) > 1:
        called = [name for name in found if name.lower() in CLASS_COLUMNS]
        found = called if len(called) == 1 else found
    if len(found) == 1:
        _check_repeats(table, source, found[0])
        return found[0]
    if found:
        raise DataError(
            f"{source}: several columns could be the class ({', '.join(found)}); choose with --label-column"
        )
    if lists := [name for name in features if _is_list(table, name)]:
        raise DataError(f"{source}: no label column; {_several_classes(lists[0])}")
    raise DataError(f"{source}: no label column; its columns are {', '.join(table.column_names)}")


def _check_repeats(table: datasets.Dataset, source: str, column: str) -> None:
    if isinstance(table.features[column], datasets.ClassLabel):
        return
    counts = Counter(_as_name(value) for value in table.with_format(None)[column][:] if not _is_empty(value))
    single = sum(count == 1 for count in counts.values())
    if len(counts) > 2 and single > MOST_SINGLE * counts.total():
        raise DataError(
            f"{source}: column {column!r} has {len(counts)} values in {counts.total()} pictures, so it looks like a "
            f"caption, an id or a file name and no class; if it is the class, say so with --label-column {column}"
        )


def _is_list(table: datasets.Dataset, column: str) -> bool:
    kind = table.features.arrow_schema.field(column).type
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _several_classes(column: str) -> str:
    return f"column {column!r} holds lists, and a picture of several classes is not supported: give each picture one"


def labels_of(table: datasets.Dataset, source: str, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The class numbers, int64 (N,), and the names of the classes.

    A row is `UNLABELLED` if its cell is empty (null, "", NaN), if it has -1 in a column of type ClassLabel, which is
    how such sets mark an unknown class, or if its class is called so.

    Raises:
        DataError: a column that cannot be the class, or a number without a name.
    """
    feature = table.features[column]
    values = table.with_format(None)[column][:]
    if isinstance(feature, datasets.ClassLabel):
        named = [composed(name) for name in feature.names]
        names = list(dict.fromkeys(named))
        for row, value in enumerate(values):
            if value is not None and not UNLABELLED <= value < len(named):
                raise DataError(f"{source}: row {row} has class {value} in column {column!r}, which names {len(named)}")
        values = [None if value in (None, UNLABELLED) else named[value] for value in values]
    elif _is_class(feature) or _is_whole(table, column):
        values = [None if _is_empty(value) else _as_name(value) for value in values]
        _check_not_alike({value for value in values if isinstance(value, str)}, source, column)
        names = sorted({*values} - {None}, key=lambda name: natural_order(name) if isinstance(name, str) else name)
    elif _is_list(table, column):
        raise DataError(f"{source}: {_several_classes(column)}")
    else:
        raise DataError(f"{source}: column {column!r} cannot be the class; it must hold whole numbers or words")
    names = [name for name in names if not means_unlabelled(name)]
    numbers = {name: number for number, name in enumerate(names)}
    labels = [numbers.get(value, UNLABELLED) for value in values]
    return np.asarray(labels, dtype=np.int64), tuple(map(str, names))


def _check_not_alike(names: set[str], source: str, column: str) -> None:
    first: dict[str, str] = {}
    for name in sorted(names):
        if (other := first.setdefault(alike(name), name)) != name:
            raise DataError(
                f"{source}: {other!r:.100} and {name!r:.100} in column {column!r} differ in capitals or spaces only; "
                "write one of them if they are one class, or give one another name"
            )


def _is_whole(table: datasets.Dataset, column: str) -> bool:
    # Where pandas has had them, whole numbers with gaps are floats.
    feature = table.features[column]
    if not isinstance(feature, datasets.Value) or not feature.dtype.startswith("float"):
        return False
    return all(_is_empty(value) or value.is_integer() for value in table.with_format(None)[column][:])


def _as_name(value: Any) -> Any:
    if isinstance(value, str):
        return composed(value.strip())
    return int(value) if isinstance(value, float) else value


def _is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))


def check_classes(labels: np.ndarray, class_names: tuple[str, ...], source: str) -> None:
    """Check that there are two classes or more, each with a name that can be shown and a labelled picture.

    Raises:
        DataError: naming the class.
    """
    labelled = labels[labels != UNLABELLED]
    if not len(labelled):
        raise DataError(f"{source}: none of its {len(labels)} pictures has a class; label some of each class")
    for name in class_names:
        if not is_class_name(name):
            raise DataError(
                f"{source}: no class can be called {name!r:.60}; a name has 1 to {MAX_CLASS_NAME_LENGTH} letters, "
                "all of which can be shown"
            )
    if len(class_names) < 2:
        raise DataError(
            f"{source}: only one class ({class_names[0]!r}); a class-labelled GAN needs two or more: name the "
            f"folder of the others as well, as in --data photos {source}"
        )
    counts = np.bincount(labelled, minlength=len(class_names))
    if not counts.all():
        raise DataError(
            f"{source}: class {class_names[int(counts.argmin())]!r} is empty; add pictures or remove the class"
        )
