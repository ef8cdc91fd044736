"""The folder of a run: its settings, so that a resume cannot silently train something else."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from amgan.data.labelled_images import LabelledImages
from amgan.errors import CheckpointError, ConfigError
from amgan.metrics.cache import data_digest
from amgan.training.checkpoint import PREFIX, complete_checkpoints
from amgan.training.config import UNNAMED_BEFORE, TrainConfig
from amgan.training.planning import PLANNABLE
from amgan.training.recipe import Recipe
from amgan.training.start_point import StartPoint
from amgan.whole_files import write_whole

SETTINGS_FILE = "train.json"
FOUND = "found"
"""Key of the settings file under which the classes and counts of the data stand, in their order.

Unlabelled pictures are counted like a class of their own: none can be called so.
"""

PICTURES = "pictures_sha256"
"""Key under which the digest of all pictures and their classes stands, in their order."""

STARTED_FROM = "started_from"
"""Key under which the model stands that the run started from."""

CHOSEN = frozenset(field.name for field in fields(Recipe)) - {"betas"} | {"batch_size", "hold_out"}
"""Settings that are chosen where they are not given."""

FREE_ON_RESUME = frozenset(
    {"out", "resume", "steps", "minutes", "log_every", "sheet_every", "checkpoint_every", "keep_checkpoints"}
    | {"eval_every", "eval_pictures", "patience", "judge"}
    | {"confidence", "index_seeds", "push_to_hub", "private", "push_every", "data_licence"}
)
"""Settings that may change between the parts of a run, since no step depends on them."""


def checkpoint_folder(out: Path) -> Path:
    """Where a run's checkpoints lie."""
    return out / "checkpoints"


def check_run_folder(config: TrainConfig) -> None:
    """Refuse to overwrite a run, or to resume it with settings that make it another one.

    Raises:
        ConfigError: `out` is a file, shares a folder with the data, holds a run and --resume is not given, or holds
            one that has done more steps than are asked for.
        CheckpointError: --resume is given and there is nothing to resume, or a setting differs.
    """
    if config.out.exists() and not config.out.is_dir():
        raise ConfigError(f"{config.out} is a file; choose another folder with --out")
    _check_apart(config)
    found = complete_checkpoints(checkpoint_folder(config.out))
    if not config.resume:
        if found:
            raise ConfigError(f"{config.out} already holds a run; add --resume to go on, or choose another --out")
        return
    if not found:
        raise CheckpointError(f"{config.out}: no complete checkpoint to resume from; start without --resume")
    before = UNNAMED_BEFORE | _read_settings(config.out / SETTINGS_FILE)
    now = _settings(config)
    for name in sorted(set(now) - FREE_ON_RESUME):
        if before.get(name) != now[name] and not (name == "data" and _same_places(before.get(name), config.data)):
            raise CheckpointError(
                f"{config.out} was trained with {name} = {before.get(name)!r}, not {now[name]!r}; "
                "give the same settings to resume"
            )
    step = _step_of(found[-1])
    if config.steps < step:
        raise ConfigError(f"{config.out} is already at step {step}; give --steps {step} or more")


def _check_apart(config: TrainConfig) -> None:
    out = config.out.resolve()
    for source in config.data:
        data = Path(source).resolve()
        if data.is_dir() and (data.is_relative_to(out) or out.is_relative_to(data)):
            raise ConfigError(
                f"--out {config.out} and --data {source} are one folder or lie one in the other, where a run "
                "and its data would mix; choose another --out"
            )


def _same_places(before: object, now: tuple[str, ...]) -> bool:
    # photos, photos/ and ./photos are one folder; names of the Hub are only what they are.
    named = [before] if isinstance(before, str) else before  # earlier versions had one
    return (
        isinstance(named, list)
        and len(named) == len(now)
        and all(
            one == other or (Path(other).exists() and os.path.realpath(str(one)) == os.path.realpath(other))
            for one, other in zip(named, now)
        )
    )


def _step_of(checkpoint: Path) -> int:
    try:
        return int(checkpoint.name.removeprefix(PREFIX))
    except ValueError as error:
        raise CheckpointError(f"{checkpoint} is no checkpoint of this run; remove that folder to resume") from error


def check_run_data(config: TrainConfig, data: LabelledImages) -> None:
    """Refuse to resume with other pictures than before: other classes, counts or contents, or in another order.

    Raises:
        CheckpointError: saying what was found before and now.
    """
    if not config.resume:
        return
    settings = _read_settings(config.out / SETTINGS_FILE)
    found = settings.get(FOUND)
    before, now = [*found.items()] if isinstance(found, dict) else [], [*_found(data).items()]
    digest_before, digest_now = settings.get(PICTURES), data_digest(data)
    if differing := [pair for pair in zip_longest(before, now) if pair[0] != pair[1]]:
        were, are = zip(*differing)
        differs = f"classes and counts were {_shown(were)}, now {_shown(are)}"
    elif digest_before not in (None, digest_now):  # earlier versions did not keep it
        differs = f"pictures or their order were others: SHA-256 was {digest_before:.12}, now {digest_now:.12}"
    else:
        return
    raise CheckpointError(
        f"{data.source} is not what {config.out} was trained on: its {differs}; bring back what it was or, to train on "
        f"what it is now, start a new run with --start-from {config.out / 'release'}"
    )


def _shown(found: tuple[tuple[str, int] | None, ...]) -> str:
    return ", ".join(f"{each[0]!r:.60} {each[1]}" for each in found[:3] if each) or "no more"


def read_start_point(out: Path) -> StartPoint | None:
    """The model that the run in a folder started from, None for random weights.

    Raises:
        CheckpointError: the run's settings cannot be read.
    """
    content = _read_settings(out / SETTINGS_FILE).get(STARTED_FROM)
    try:
        return None if content is None else StartPoint(**content)
    except TypeError as error:
        raise CheckpointError(f"{out / SETTINGS_FILE}: {STARTED_FROM} does not hold what it should") from error


def as_begun(config: TrainConfig) -> TrainConfig:
    """Settings of a resume, with what was chosen or, where no steps are given, planned when the run began.

    Raises:
        CheckpointError: the run's settings cannot be read.
    """
    if not complete_checkpoints(checkpoint_folder(config.out)):
        return config
    before: dict[str, Any] = UNNAMED_BEFORE | _read_settings(config.out / SETTINGS_FILE)
    defaults = {field.name: field.default for field in fields(config)}
    names = CHOSEN if config.steps else CHOSEN | set(PLANNABLE)
    taken = {name: before[name] for name in names if name in before and getattr(config, name) == defaults[name]}
    return replace(config, **taken)


def write_settings(config: TrainConfig, data: LabelledImages, start: StartPoint | None = None) -> None:
    """Write the run's settings, what was found in its data and what it started from, beside its checkpoints."""
    config.out.mkdir(parents=True, exist_ok=True)
    content = {
        **_settings(config),
        FOUND: _found(data),
        PICTURES: data_digest(data),
        STARTED_FROM: start and asdict(start),
    }
    write_whole(config.out / SETTINGS_FILE, (json.dumps(content, indent=2) + "\n").encode())


def _found(data: LabelledImages) -> dict[str, int]:
    return data.class_counts | ({"unlabelled": data.unlabelled} if data.unlabelled else {})


def _read_settings(file: Path) -> dict[str, Any]:
    try:
        settings = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{file} cannot be read; it is needed to resume") from error
    if not isinstance(settings, dict):
        raise CheckpointError(f"{file} must hold one JSON object; it is needed to resume")
    return settings


def _settings(config: TrainConfig) -> dict[str, Any]:
    # With what the recipe gives where nothing was asked for: another version may have another one.
    values = {name: vars(config.recipe).get(name, value) for name, value in asdict(config).items()}
    return {
        name: str(value) if isinstance(value, Path) else [*value] if isinstance(value, tuple) else value
        for name, value in values.items()
    }
