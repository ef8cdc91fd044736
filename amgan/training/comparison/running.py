"""One run of a comparison: trained, scored, put on file, cleaned up; or taken up again where it was stopped."""

from __future__ import annotations

import math
import shutil
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rich.console import Console

from amgan.data.options import DataOptions
from amgan.errors import ConfigError, TrainingError
from amgan.metrics.evaluation import evaluate
from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.judge import Judge
from amgan.metrics.reference import Reference
from amgan.model import AMGAN
from amgan.networks.architecture import ImageSize
from amgan.networks.architectures import ArchitectureName
from amgan.release.checked_files import is_there, write_json
from amgan.sampling.media import encode_png, grid
from amgan.training import TrainConfig, train
from amgan.training.checkpoint import complete_checkpoints
from amgan.training.comparison.plan import PlannedRun
from amgan.training.comparison.results import RunResult, read_result
from amgan.training.launching import Precision
from amgan.training.run_folder import checkpoint_folder
from amgan.training.run_log import LOG_FILE, read_run_log
from amgan.whole_files import write_whole

RUNS = "runs"
SHEETS = "sheets"
CONSOLE_FILE = "console.txt"
SCORES_ON_THE_WAY = 8
CHECKPOINTS = 4
"""Fewer, since each comes with a release and its sheet."""
LINES_OF_LOSSES = 64
SHEET_COLUMNS, SHEET_ROWS = 16, 5


@dataclass(frozen=True)
class Budget:
    """What all runs of a comparison have in common.

    Attributes:
        steps: Steps of each.
        batch_size: Real pictures a step.
        generator_width: Feature maps of G at its last resolution.
        discriminator_width: Feature maps of D's first layer.
        generator_lr: Adam's learning rate of G.
        discriminator_lr: Adam's learning rate of D.
        lr_decay_steps: Steps over which both fall to 0; 0 for constant ones.
        ema_decay: Decay a step of the moving average of G.
        precision: Arithmetic of training: fp32, bf16, or auto, which each machine decides.
        image_size: Side of the pictures.
        channels: 1 or 3; None as the pictures are.
        architecture: Kind of the nets.
        variety: Weight in G's loss of what its pictures lack in variety.
    """

    steps: int
    batch_size: int
    generator_width: int
    discriminator_width: int
    generator_lr: float
    discriminator_lr: float
    lr_decay_steps: int
    ema_decay: float
    precision: Precision
    image_size: ImageSize
    channels: int | None
    architecture: ArchitectureName
    variety: float


@dataclass(frozen=True)
class Runner:
    """Makes the runs of one comparison.

    Attributes:
        options: The data set and how it is read, as training takes it.
        budget: What all runs have in common.
        judge_folder: Folder of the judge.
        judge: The judge.
        reference: What it says of the training pictures.
        scoring: How the last model of a run is scored.
        on_the_way: How many pictures are scored on the way.
        out: Folder of the results, which are small.
        work: Folder of what is not kept: checkpoints, releases, logs.
    """

    options: DataOptions
    budget: Budget
    judge_folder: Path
    judge: Judge
    reference: Reference
    scoring: EvaluationSettings
    on_the_way: int
    out: Path
    work: Path

    @property
    def settings(self) -> dict[str, Any]:
        """What makes results comparable: the budget, the judge and how it looks."""
        return {"budget": asdict(self.budget), **self.measured_with}

    @property
    def measured_with(self) -> dict[str, Any]:
        """What makes scores comparable, also those of real pictures: the judge, how it looks and with what."""
        common = {"scoring": asdict(self.scoring), "judge": self.judge.describe()}
        return {
            **common,
            "data": " + ".join(Path(source).name for source in self.options.data),
            "training_pictures": self.reference.pictures,
        }

    def finished(self, run: PlannedRun) -> RunResult | None:
        """The result of a run that was made before, if it was.

        Raises:
            ReleaseError: its file is broken.
            ConfigError: it was made with other settings.
        """
        file = self._file(run)
        if not is_there(file):
            return None
        result = read_result(file)
        if result.run != run:
            raise ConfigError(f"{file} holds the result of {result.run.name}; remove it to make that run again")
        now = self.settings
        if different := [name for name in now if result.settings.get(name) != now[name]]:
            raise ConfigError(
                f"{file} was made with another {different[0]}; choose another --out, or the same settings"
            )
        return result

    def make(self, run: PlannedRun) -> RunResult:
        """Make a run, or go on with it, and write its result and the sheet of a first seed.

        Raises:
            KeyboardInterrupt: a stop was asked; what was trained is kept.
            AmganError: the data, the settings or a checkpoint cannot be used.
        """
        folder = self.work / run.name
        failure, model = None, None
        try:
            model = self._train(run, folder)
        except TrainingError as error:
            failure = str(error)  # a result too: this model broke off where the others did not
        evaluation = None
        if model is not None:
            evaluation = evaluate(model.sampler, self.judge, self.reference, self.scoring).summary
            if run.seed == 0:
                self._write_sheet(run, model)
        facts = model.metrics["training"] if model is not None else None
        curve = [_shorter(row) for row in read_run_log(folder / LOG_FILE)]
        result = RunResult(run, self.settings, facts, curve, evaluation, failure)
        self._file(run).parent.mkdir(parents=True, exist_ok=True)
        write_json(self._file(run), result.to_json())
        self.clean(run)
        return result

    def clean(self, run: PlannedRun) -> None:
        """Remove what a finished run needs no more: checkpoints and the best model on the way."""
        for name in ("checkpoints", "best", "sheets"):
            shutil.rmtree(self.work / run.name / name, ignore_errors=True)

    def _train(self, run: PlannedRun, folder: Path) -> AMGAN:
        budget = self.budget
        folder.mkdir(parents=True, exist_ok=True)
        config = TrainConfig(
            **{option.name: getattr(self.options, option.name) for option in fields(DataOptions)},
            out=folder,
            objective=run.variant.objective,
            labeling=run.variant.labeling,
            seed=run.seed,
            index_seeds=0,
            resume=bool(complete_checkpoints(checkpoint_folder(folder))),
            log_every=math.ceil(budget.steps / LINES_OF_LOSSES),
            eval_every=math.ceil(budget.steps / SCORES_ON_THE_WAY),
            eval_pictures=self.on_the_way,
            judge=self.judge_folder,
            checkpoint_every=math.ceil(budget.steps / CHECKPOINTS),
            sheet_every=budget.steps,
            keep_checkpoints=1,
            **asdict(budget),
        )
        with (folder / CONSOLE_FILE).open("a", encoding="utf-8") as log:
            release = train(config, Console(file=log, width=160))
        model = AMGAN.from_pretrained(release, device=self.judge.device)
        if model.metrics["training"]["steps"] < budget.steps:
            raise KeyboardInterrupt  # a polite stop: training has saved and returned
        return model

    def _write_sheet(self, run: PlannedRun, model: AMGAN) -> None:
        (self.out / SHEETS).mkdir(parents=True, exist_ok=True)
        pictures = model.sample(seeds=range(SHEET_COLUMNS * SHEET_ROWS))
        write_whole(self.out / SHEETS / f"{run.variant.name}.png", encode_png(grid(pictures, SHEET_COLUMNS)))

    def _file(self, run: PlannedRun) -> Path:
        return self.out / RUNS / f"{run.name}.json"


def _shorter(row: dict[str, Any]) -> dict[str, Any]:
    # Six digits say all that a curve shows, and results are kept for good.
    return {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in row.items()}
