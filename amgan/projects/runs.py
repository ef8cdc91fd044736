"""Trainings of a project: a folder each in runs/, in which pilot.json says what was asked for and what became of it.

That is also up to which act the labels count, so that a training that goes on has the labels it began with.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from filelock import FileLock

from amgan.bounds import check_share
from amgan.data.reasons import Reason
from amgan.errors import ConfigError, DataError, RequestError, one_line
from amgan.networks.architecture import ImageSize
from amgan.networks.config import check_choice
from amgan.projects.folder import Project
from amgan.projects.labels import Labels, labels_of
from amgan.release.folder import CONFIG_FILE, METRICS_FILE
from amgan.whole_files import write_whole

Choice = Literal["first-look", "good", "overnight"]
MINUTES: dict[Choice, int] = {"first-look": 10, "good": 45, "overnight": 480}

RUN_FILE = "pilot.json"
NOT_OPTIONS = frozenset({"data", "out", "resume", "push-to-hub", "private", "push-every", "judge"})
"""Flags of `train` that a project does not take: its folder may come from anywhere, and must not say what is read,
written or published here."""

RELEASES = ("best", "release")
"""The model by its scores, and the last one."""
NICENESS = "10"

RUN_NAME = re.compile(r"[1-9][0-9]{0,7}-[a-z-]{1,20}", re.ASCII)
MOST_RUNS = 30
"""Of a project; a training takes some 50 MB."""


@dataclass(frozen=True)
class Run:
    """A training.

    Attributes:
        folder: Where it is.
        choice: What was chosen.
        image_size: Side of the pictures in pixels.
        last_act: Id of the last act whose labels it has.
        options: Further flags of `train`.
        is_finished: Whether it came to its end.
        starts_from: Name of the training whose model it goes on from; "" for none.
        kept_weight: How often kept pictures are drawn for each time a photo is; 0 where there are none.
        wanted_since: When a server was asked to train it, in seconds since 1970; 0 while none is to.
        problem: Why it failed; None if it did not.
    """

    folder: Path
    choice: Choice
    image_size: ImageSize
    last_act: str
    options: str = ""
    is_finished: bool = False
    starts_from: str = ""
    kept_weight: float = 0.0
    wanted_since: float = 0.0
    problem: Reason | None = None

    def __post_init__(self) -> None:
        """Check what becomes flags.

        Raises:
            ConfigError: a choice or a size that there is not, or options that are not for projects or cannot be read.
            RequestError: a weight that is none.
        """
        check_share(self.kept_weight, "kept_weight")
        if self.starts_from and not (isinstance(self.starts_from, str) and RUN_NAME.fullmatch(self.starts_from)):
            raise ConfigError("starts_from must be the name of a training of this project")
        check_choice("choice", self.choice, get_args(Choice))
        check_choice("image_size", self.image_size, get_args(ImageSize))
        try:
            words = shlex.split(self.options)
        except (ValueError, AttributeError) as error:
            raise ConfigError(f"--options: {self.options!r:.80} cannot be read as flags") from error
        for word in words:
            name = word.partition("=")[0].lstrip("-").replace("_", "-")
            if word.startswith("-") and name in NOT_OPTIONS:
                raise ConfigError(f"--options: a project's training does not take --{name}")

    @property
    def minutes(self) -> int:
        """How long it may take: as was chosen, or as its further flags say."""
        said = re.findall(r"(?<!\S)--minutes[ =]+([0-9]{1,7})(?!\S)", " ".join(shlex.split(self.options)))
        return int(said[-1]) if said else MINUTES[self.choice]

    @property
    def model(self) -> Path | None:
        """The release folder of its best model, or the last one; None as long as there is none."""
        return model_of(self.folder)

    def release(self) -> Path:
        """That folder.

        Raises:
            RequestError: there is no model yet.
        """
        if self.model is None:
            raise RequestError(Reason("no_model_yet", {"name": self.folder.name}))
        return self.model

    @property
    def facts(self) -> dict[str, Any]:
        """What metrics.json says of that model; nothing as long as there is none, or where it cannot be read."""
        with suppress(OSError, ValueError):
            found = self.model and json.loads((self.model / METRICS_FILE).read_bytes())
            return found if isinstance(found, dict) else {}
        return {}

    @property
    def training(self) -> dict[str, Any]:
        """What they say of its training; nothing as long as there is no model."""
        found = self.facts.get("training")
        return found if isinstance(found, dict) else {}

    def kept(self, project: Project) -> Path:
        """The folder of the kept pictures that it trains on, where it does."""
        return project.folder / "kept" / self.folder.name

    def is_begun(self) -> bool:
        """Whether there is something to go on with."""
        return next((self.folder / "checkpoints").glob("step-*/COMPLETE"), None) is not None

    def command(self, project: Project) -> list[str]:
        """The command that trains, or goes on.

        Raises:
            ConfigError: the model that it is to start from is gone.
        """
        sources, more = [str(project.photos)], []
        if self.kept_weight:
            sources.append(str(self.kept(project)))
            more += ["--data-weights", "1", str(self.kept_weight)]
        if self.starts_from:
            start = Run(project.runs / self.starts_from, self.choice, self.image_size, "").model
            if start is None:
                raise ConfigError(Reason("start_gone", {"name": self.starts_from}))
            more += ["--start-from", str(start), "--discriminator-first", "0"]  # D knows pictures already
        return [
            *([nice, "-n", NICENESS] if (nice := shutil.which("nice")) else []),
            *(sys.executable, "-m", "amgan", "train", "--data", *sources, "--label-column", "label"),
            *("--out", str(self.folder), "--image-size", str(self.image_size)),
            *("--minutes", str(self.minutes), *more, *shlex.split(self.options)),
            *(["--resume"] if self.is_begun() else []),
        ]

    def write(self) -> None:
        """Keep what was asked for."""
        content = {name: value for name, value in asdict(self).items() if name != "folder"}
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / RUN_FILE, json.dumps(content, indent=2).encode() + b"\n")


def model_of(folder: Path) -> Path | None:
    """The release folder of the best model of a training, or the last one; None as long as there is none."""
    return next((folder / name for name in RELEASES if (folder / name / CONFIG_FILE).is_file()), None)


def runs_of(project: Project) -> list[Run]:
    """The trainings of a project, the newest last.

    Raises:
        ConfigError: what was asked of one cannot be read.
    """
    files = [file for file in project.runs.glob(f"*/{RUN_FILE}") if not file.parent.name.startswith(".")]
    return [_read(file) for file in sorted(files, key=lambda file: _number(file.parent))]


def run_of(project: Project, name: str) -> Run:
    """A training by its name.

    Raises:
        RequestError: there is none.
        ConfigError: what was asked of it cannot be read.
    """
    file = project.runs / name / RUN_FILE
    if not RUN_NAME.fullmatch(name) or not file.is_file():
        raise RequestError(Reason("no_training"))
    return _read(file)


def newest_with_model(project: Project) -> Run:
    """The newest training that has a model.

    Raises:
        RequestError: none has.
    """
    run = next((run for run in reversed(runs_of(project)) if run.model), None)
    if run is None:
        raise RequestError(f"{project.folder}: no model yet; amgan project train {project.folder} makes one")
    return run


def new_run(project: Project, choice: Choice, image_size: ImageSize, options: str = "") -> Run:
    """A training on the labels as they stand, not written yet.

    Raises:
        ConfigError: a choice, size or options that there are not.
        DataError: fewer than two classes have photos.
        RequestError: there are `MOST_RUNS`.
    """
    acts = project.log.read()
    labels_for_training(project, labels_of(acts))
    project.runs.mkdir(exist_ok=True)
    numbers = [_number(folder) for folder in project.runs.glob("*/")]
    if len(numbers) >= MOST_RUNS:
        raise RequestError(Reason("many_trainings", {"most": str(MOST_RUNS)}))
    check_choice("choice", choice, get_args(Choice))  # it becomes part of a path
    folder = project.runs / f"{max(numbers, default=0) + 1}-{choice}"
    return Run(folder, choice, image_size, acts[-1].id if acts else "", options)


def labels_as_begun(project: Project, run: Run) -> Labels:
    """The labels that a training has, or had when it began.

    Raises:
        DataError: fewer than two classes have photos.
    """
    acts = project.log.read()
    last = next((number for number, act in enumerate(acts, 1) if act.id == run.last_act), len(acts))
    return labels_for_training(project, labels_of(acts[:last]))


def labels_for_training(project: Project, labels: Labels) -> Labels:
    """The labels, if a model can be trained on them.

    Raises:
        DataError: fewer than two classes have photos.
    """
    if len(labels.counts) < 2:
        raise DataError(Reason("few_classes", {"folder": str(project.folder), "count": str(len(labels.counts))}))
    return labels


def changed(project: Project, run: Run, **changes: Any) -> Run:
    """A training with something else written down of it, what others wrote meanwhile kept.

    Raises:
        RequestError: it was thrown away.
    """
    with FileLock(project.runs / ".changes.lock"):
        run = replace(run_of(project, run.folder.name), **changes)
        run.write()
    return run


def throw_away(project: Project, run: Run) -> None:
    """Remove a training with its model; a kill on the way leaves none of it."""
    gone = run.folder.with_name(f".{run.folder.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)  # of an earlier one that a kill cut off
    run.folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
    shutil.rmtree(run.kept(project), ignore_errors=True)


def _read(file: Path) -> Run:
    try:
        content = json.loads(file.read_bytes())
        problem = content.pop("problem", None)
        if isinstance(problem, str):  # older versions kept a sentence
            problem = asdict(Reason("said", {"sentence": problem})) if problem else None
        return Run(file.parent, problem=Reason.read(problem) if problem else None, **content)
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        values = {"file": str(file), "sentence": f"{one_line(error):.100}"}
        raise ConfigError(Reason("file_broken_so", values)) from error


def _number(folder: Path) -> int:
    first = folder.name.lstrip(".").split("-")[0]
    return int(first) if first.isdecimal() and len(first) < 9 else 0
