"""``evaluate``: every score of a model through a judge, as a table, in the release's metrics.json and as a figure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table
from torch import Tensor

from amgan.console import say
from amgan.data.held_out import SHARE
from amgan.data.labelled_images import LabelledImages
from amgan.data.options import HELD_OUT, DataOptions, load_split, load_unseen
from amgan.errors import JudgeError
from amgan.hub.card import model_card
from amgan.metrics.as_many import as_many
from amgan.metrics.copies import copies_in_words
from amgan.metrics.evaluation import Evaluation, evaluate, score_real
from amgan.metrics.evaluation_rows import distances_in_words, evaluation_rows, judge_in_words, real_pictures_in_words
from amgan.metrics.evaluation_settings import EvaluationSettings
from amgan.metrics.figure import evaluation_figure
from amgan.metrics.inception_v3 import Inception, PublishedMeter, real_sums
from amgan.metrics.judge import Judge
from amgan.metrics.judge_search import find_judge_of_data
from amgan.metrics.reference import Reference, cached_reference
from amgan.model import AMGAN
from amgan.release.checked_files import write_json
from amgan.release.class_translations import without_class_translations
from amgan.release.folder import CARD_FILE, FIGURE_FILE, METRICS_FILE
from amgan.training.provenance import provenance
from amgan.whole_files import write_whole


@dataclass(frozen=True)
class EvaluateCommand(DataOptions):
    """Measure a model's pictures through a judge, the classifier of its data set.

    Attributes:
        model: A release folder or a model repository of the Hub.
        data: The data set that the model was trained on: a folder, a local data set, or a Hub id.
        judge: Folder of the judge; if not given the best that ships and knows the classes or, where none does and the
            pictures are 100 to 5,000, one that is fitted to them.
        weak_judge: Take a judge that names too few pictures right, or was tested on too few, to mean much.
        out: Folder for metrics.json and the figure; the release folder itself if not given.
        n: How many any-class pictures: those of seeds S, S + 1, ...
        asked: Pictures of asked classes in all, equally many of each.
        seed: The first seed, S.
        pairs: Pairs of pictures of each class for MS-SSIM.
        split: Split that the model was trained on.
        test_split: Split of pictures it was not trained on, scored beside its own, none if it is empty; by default test
            or, where there is no such split, a tenth of the pictures.
        cache: Folder that keeps what the judge says of a data set; amgan/ in the user's cache folder if not given.
        revision: Branch, tag or commit on the Hub.
        inception_weights: torch-fidelity's file of Inception-v3 weights, for the scores that papers publish (--n 50000
            is their number of pictures); torch-fidelity must be installed, and a GPU helps.
    """

    model: str
    judge: Path | None = None
    weak_judge: bool = False
    out: Path | None = None
    n: int = EvaluationSettings.pictures
    asked: int = EvaluationSettings.asked
    seed: int = EvaluationSettings.seed
    pairs: int = EvaluationSettings.pairs
    test_split: str | None = None
    cache: Path | None = None
    revision: str | None = None
    inception_weights: Path | None = None


def run_evaluate(command: EvaluateCommand, console: Console) -> None:
    """Evaluate, print the table, write metrics.json, the card and the figure."""
    settings = EvaluationSettings(command.n, command.asked, command.seed, command.pairs)
    settings.check()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    # In the arithmetic in which two machines agree.
    model = AMGAN.from_pretrained(command.model, revision=command.revision, device=device, precision="fp32")
    judge = None
    # Before minutes are spent on the rest.
    if command.judge is not None:
        judge = _judge(command.judge, model, device, command.weak_judge)
    inception = Inception.load(command.inception_weights, device) if command.inception_weights else None
    config = model.config
    data, test, held_out = load_unseen(
        lambda split: load_split(command, split, config.image_size, config.channels), command.split, command.test_split
    )
    if held_out == HELD_OUT:
        training = model.metrics.get("training")
        kept_out = isinstance(training, dict) and training.get("held_out") == SHARE
        held_out += "; its training kept them out as well" if kept_out else "; its training may have seen them"
    if judge is None:
        place = find_judge_of_data(data, cache=command.cache, on_fit=partial(say, console))
        judge = _judge(place, model, device, command.weak_judge)
    reference = _reference(command, data, judge, console)
    real = None if test is None else score_real(test, judge, reference, settings)
    meter = None if inception is None else _published_meter(command, inception, data, console)
    with _progress(console) as progress:
        task = progress.add_task("Model", total=settings.pictures)

        def drawn(images: Tensor) -> None:
            if meter is not None:
                meter.add(images)
            progress.advance(task, len(images))

        evaluation = evaluate(model.sampler, judge, reference, settings, real, data, drawn)
    evaluation.summary["protocol"] |= {"real_pictures": held_out, "model": model.revision, **provenance()}
    real_scores = None if real is None else real.summary
    if beside := as_many(evaluation.scores.features, reference, real_scores, settings.seed):
        evaluation.summary["as_many"] = beside
    if meter is not None:
        evaluation.summary["published"] = meter.summary()
    console.print(evaluation_table(evaluation))
    if real is not None:
        say(console, f"Real pictures: {held_out}")
    if warning := copies_in_words(evaluation.summary.get("copies")):
        say(console, warning)
    _write(command, model, evaluation, console)


def evaluation_table(evaluation: Evaluation) -> Table:
    """The scores, those of real pictures beside them."""
    table = Table(title=escape(judge_in_words(evaluation.summary)), title_justify="left")
    # Wide enough for the longest name without a note: the others' columns have shorter words.
    table.add_column("metric", min_width=29)
    table.add_column("model", justify="right")
    table.add_column(real_pictures_in_words(evaluation.summary), justify="right")
    table.add_column("better")
    for row in evaluation_rows(evaluation.summary):
        shown = ["–" if value is None else f"{value:.4f}" for value in (row.value, row.real)]
        table.add_row(row.title, *shown, row.better)
    return table


def _judge(place: Path, model: AMGAN, device: str, may_be_weak: bool) -> Judge:
    judge, config = Judge.load(place, device), model.config
    if not may_be_weak and (weakness := judge.config.weakness):
        raise JudgeError(f"the judge {place.name} {weakness}: its scores would mean little; --weak-judge takes it")
    judge.check_fits(config.class_names, config.image_size, config.channels, "the model")
    return judge


def _reference(command: EvaluateCommand, data: LabelledImages, judge: Judge, console: Console) -> Reference:
    with _progress(console) as progress:
        task = progress.add_task("Training pictures", total=len(data))
        return cached_reference(data, judge, command.cache, lambda done: progress.update(task, completed=done))


def _published_meter(
    command: EvaluateCommand, inception: Inception, data: LabelledImages, console: Console
) -> PublishedMeter:
    with _progress(console) as progress:
        task = progress.add_task("Training pictures, Inception-v3", total=len(data))
        real = real_sums(inception, data, command.cache, lambda done: progress.update(task, completed=done))
    return PublishedMeter(inception, command.n, real)


def _progress(console: Console) -> Progress:
    return Progress(console=console, disable=not console.is_terminal, transient=True)


def _write(command: EvaluateCommand, model: AMGAN, evaluation: Evaluation, console: Console) -> None:
    own = Path(command.model)
    folder = command.out or (own if own.is_dir() else None)
    if folder is None:
        say(console, "Nothing is written: the model is on the Hub; name a folder with --out")
        return
    folder.mkdir(parents=True, exist_ok=True)
    title = f"{model.config.objective}, {model.config.labeling} labeling; {judge_in_words(evaluation.summary)}\n"
    title += distances_in_words(evaluation.summary)
    write_whole(folder / FIGURE_FILE, evaluation_figure(evaluation, model.class_names, title))
    # The card shows the figure where it is known to lie beside it.
    metrics = {**model.metrics, "evaluation": {**evaluation.summary, "figure": FIGURE_FILE}}
    if folder.resolve() == own.resolve():
        _refresh_card(folder / CARD_FILE, model, metrics, console)
    write_json(folder / METRICS_FILE, metrics)
    say(console, f"Written: {METRICS_FILE}, {FIGURE_FILE} in {folder}")


def _refresh_card(file: Path, model: AMGAN, metrics: dict[str, Any], console: Console) -> None:
    # What people wrote into a card is worth more than fresh numbers in it.
    generated = str(model_card(model.config, model.metrics))
    # Translated classes are put in by hand, and stay in the new one.
    if file.exists() and without_class_translations(file.read_text(encoding="utf-8")).strip() != generated.strip():
        say(
            console,
            f"{file.name} is kept as it is, since it was edited or comes from another version; remove it for a new one",
        )
        return
    model_card(model.config, metrics, translations=model.class_translations).save(file)
