"""``compare``: the paper's models side by side at equal budget, run by run, with a page of what came out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from amgan.console import say
from amgan.data.labelled_images import LabelledImages
from amgan.data.options import TrainingDataOptions, load_held_out, load_split
from amgan.metrics.evaluation import score_real
from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.judge import Judge
from amgan.metrics.judge_search import find_judge_of_data
from amgan.metrics.reference import Reference, cached_reference
from amgan.networks.architectures import ArchitectureName
from amgan.networks.objectives import ObjectiveName
from amgan.release.checked_files import is_there, read_json, write_json
from amgan.training.comparison.curves import curves_figure
from amgan.training.comparison.page import Comparison, comparison_page
from amgan.training.comparison.plan import TABLE_1, PlannedRun, plan_runs
from amgan.training.comparison.results import RunResult
from amgan.training.comparison.running import Budget, Runner
from amgan.training.launching import Precision
from amgan.training.run_lock import locked
from amgan.whole_files import write_whole

PAGE_FILE = "README.md"
CURVES_FILE = "curves.png"
REAL_FILE = "real.json"


@dataclass(frozen=True)
class CompareCommand(TrainingDataOptions):
    """Train the paper's models with the same budget and compare them.

    Run by run: what is finished is not made again, a run that was stopped goes on where it was.

    Attributes:
        out: Folder of the results: small files, to be kept.
        work: Folder of checkpoints, releases and logs; runs/compare-NAME of --out's name if not given.
        dynamic: Models with dynamic labeling.
        predefined: Models with predefined labeling.
        seeds: Runs of each model; the first of all models are made first.
        single: Models that get only one run each.
        steps: Steps of each run.
        batch_size: Real pictures a step.
        generator_width: Feature maps of G at its last resolution.
        discriminator_width: Feature maps of D's first layer.
        generator_lr: Adam's learning rate of G.
        discriminator_lr: Adam's learning rate of D.
        lr_decay_steps: Let both learning rates fall linearly to 0 over this many steps; 0 keeps them constant.
        ema_decay: Decay a step of the moving average of G.
        precision: Arithmetic of training: fp32, bf16, or auto: bf16 where the hardware multiplies it faster (CUDA, CPUs
            with AMX or AVX512-BF16).
        architecture: Kind of the nets: dcgan, the paper's.
        variety: Weight in G's loss of what its pictures lack in variety; 0, as the losses alone are compared.
        judge: Folder of the judge; the best that ships and knows the classes or, for 100 to 5,000
            pictures of other classes, one that is fitted to them if not given.
        n: Pictures of each finished model that are scored.
        n_on_the_way: Pictures scored at each eighth of a run.
        pairs: Pairs of pictures of each class for MS-SSIM.
        test_split: Split of pictures that are scored beside the models' own; none if it is empty.
    """

    out: Path
    work: Path | None = None
    dynamic: tuple[ObjectiveName, ...] = TABLE_1
    predefined: tuple[ObjectiveName, ...] = TABLE_1
    seeds: int = 3
    single: tuple[ObjectiveName, ...] = ()
    steps: int = 20_000
    batch_size: int = 64
    generator_width: int = 24
    discriminator_width: int = 24
    generator_lr: float = 4e-4
    discriminator_lr: float = 4e-4
    lr_decay_steps: int = 0
    ema_decay: float = 0.999
    precision: Precision = "auto"
    architecture: ArchitectureName = "dcgan"
    variety: float = 0.0
    judge: Path | None = None
    n: int = EvaluationSettings.pictures
    n_on_the_way: int = 2000
    pairs: int = EvaluationSettings.pairs
    test_split: str = "test"


def run_compare(command: CompareCommand, console: Console) -> None:
    """Make the runs that are missing, one after the other; the page is written anew after each.

    Raises:
        AmganError: the data, the judge or the options cannot be used, or another comparison is at work in `work`.
    """
    plan = plan_runs(command.dynamic, command.predefined, command.seeds, command.single)
    scoring = EvaluationSettings(command.n, asked=0, pairs=command.pairs)
    scoring.check()
    data = _load(command, command.split)
    judge_folder = command.judge or find_judge_of_data(data)
    judge = Judge.load(judge_folder, "cuda" if torch.cuda.is_available() else "cpu")
    reference = cached_reference(data, judge)
    runner = Runner(
        options=command,
        budget=_budget(command),
        judge_folder=judge_folder,
        judge=judge,
        reference=reference,
        scoring=scoring,
        on_the_way=command.n_on_the_way,
        out=command.out,
        work=command.work or Path("runs") / f"compare-{command.out.resolve().name}",
    )
    with locked(runner.work):
        finished = {run: result for run in plan if (result := runner.finished(run))}
        say(console, f"{len(plan)} runs, {len(finished)} of them finished before")
        command.out.mkdir(parents=True, exist_ok=True)
        real = _real_scores(command, judge, reference, runner)
        _write_page(command.out, Comparison(data.class_names, plan, [*finished.values()], runner.settings, real))
        class_names = data.class_names
        del data  # each training loads it for itself
        for number, run in enumerate(plan, start=1):
            if run in finished:
                runner.clean(run)  # a kill may have come between result and cleaning
                continue
            finished[run] = runner.make(run)
            say(console, f"{number}/{len(plan)}  {_line(finished[run])}")
            _write_page(command.out, Comparison(class_names, plan, _in_order(plan, finished), runner.settings, real))
        say(console, f"The page is {command.out / PAGE_FILE}")


def _in_order(plan: list[PlannedRun], finished: dict[PlannedRun, RunResult]) -> list[RunResult]:
    return [finished[run] for run in plan if run in finished]


def _budget(command: CompareCommand) -> Budget:
    return Budget(**{option.name: getattr(command, option.name) for option in fields(Budget)})


def _load(command: CompareCommand, split: str) -> LabelledImages:
    return load_split(command, split, command.image_size, command.channels)


def _real_scores(command: CompareCommand, judge: Judge, reference: Reference, runner: Runner) -> dict[str, Any] | None:
    if not command.test_split:
        return None
    file = command.out / REAL_FILE
    measured = {**runner.measured_with, "split": command.test_split}
    kept = read_json(file) if is_there(file) else None
    if isinstance(kept, dict) and "scores" in kept and all(kept.get(name) == value for name, value in measured.items()):
        return kept["scores"]
    test = load_held_out(partial(_load, command), command.test_split)
    scores = score_real(test, judge, reference, runner.scoring).summary
    write_json(file, {**measured, "scores": scores})
    return scores


def _write_page(out: Path, comparison: Comparison) -> None:
    write_whole(out / PAGE_FILE, comparison_page(comparison).encode())
    write_whole(out / CURVES_FILE, curves_figure(comparison.results))


def _line(result: RunResult) -> str:
    if result.failure:
        return f"{result.run.name}  broke off: {result.failure}"
    numbers, facts = result.numbers, result.training or {}
    return (
        f"{result.run.name}  AM Score {numbers['am_score']:.3f}  Inception Score {numbers['inception_score']:.2f}  "
        f"Frechet distance {numbers['frechet_distance']:.3f}  {facts['seconds']} s"
    )
