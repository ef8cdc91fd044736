"""``generate``: any number of pictures to files, stopped and gone on with as one likes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from amgan.bulk.formats import FORMS, FormName, forms_in_words
from amgan.bulk.runner import JobProgress, Share, run_job
from amgan.bulk.spec import JobSpec
from amgan.cli.models import open_shelf
from amgan.console import say
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.variation_name import PictureSeed, picture_seeds
from amgan.training.processes import joined_processes


@dataclass(frozen=True)
class GenerateCommand:
    """Draw any number of pictures to files. Stopped or killed, the same command goes on where it was.

    Several processes or GPUs: `torchrun --nproc_per_node 2 -m -- amgan generate ...`; the files are the same. The two
    hyphens keep torchrun from taking --n for one of its own flags.

    Attributes:
        n: How many pictures, over all classes.
        out: A folder for them, new or empty, or that of the same command before.
        model: A release folder or a model repository of the Hub; the app's first model if not given.
        label: Class by name or number; with several each gets as many; any class if not given.
        balanced: As many pictures of every class of the model.
        seed: The first seed: the pictures of each class, or of any, are those of seeds S, S + 1, ... With the name of a
            variation they are that one and the next ones, of each class's picture of its seed.
        truncation: Below 1: pictures more alike and more typical.
        confidence: Dynamic models: D's least probability of the class; the model's own if not given.
        revision: Branch, tag or commit on the Hub.
    """

    n: int
    out: Path
    model: str | None = None
    label: tuple[str, ...] = ()
    balanced: bool = False
    seed: PictureSeed = 0
    format: Annotated[FormName, tyro.conf.arg(help=forms_in_words(FORMS))] = "png"
    truncation: float = 1.0
    confidence: float | None = None
    revision: str | None = None


def run_generate(command: GenerateCommand, console: Console) -> None:
    """Draw what is still missing of the pictures and put the result together.

    Raises:
        AmganError: the model, a seed or a class cannot be served, or `out` holds something else.
    """
    if command.label and command.balanced:
        raise RequestError("give --label or --balanced, not both")
    name = command.model if command.model is not None else _first_model()
    state = joined_processes()
    try:
        console.quiet = console.quiet or not state.is_main_process
        with state.main_process_first():
            model = AMGAN.from_pretrained(name, revision=command.revision, device=state.device)
        spec = _spec(command, Path(name).name, model)
        share = Share(state.process_index, state.num_processes, state.wait_for_everyone)
        _run(command, spec, model, share, console)
    finally:
        state.destroy_process_group()


def _run(command: GenerateCommand, spec: JobSpec, model: AMGAN, share: Share, console: Console) -> None:
    with _Display(console, share) as display:
        result = run_job(spec, model.sampler.sample, model.class_names, command.out, display.show, share=share)
    classes = list(spec.labels) if spec.labels is not None else ["any class"]
    more = f" and {len(classes) - 6} more" if len(classes) > 6 else ""
    seeds = picture_seeds(spec.seed, max(spec.labels.values()) if spec.labels is not None else spec.count)
    display.say(
        f"{spec.count} pictures of {', '.join(classes[:6])}{more}, seeds {seeds[0]} to {seeds[-1]}, revision "
        f"{model.revision[:8]} {'->' if display.began else 'are already in'} "
        f"{command.out if spec.format == 'png' else result}"
    )


class _Display:
    """The bar of a running job, and what is said of it."""

    def __init__(self, console: Console, share: Share) -> None:
        self.began = False
        self._console = console
        self._processes = f" ({share.of} processes, share of the first)" if share.of > 1 else ""
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=console.quiet or not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Display:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._bar.stop()
        if kind is not None and self.began:
            self.say("what is done is kept; the same command goes on from there")

    def show(self, progress: JobProgress) -> None:
        """Move the bar."""
        if progress.stage not in self._tasks:
            if not self.began and progress.done:
                self.say(f"going on after {progress.done} of {progress.total} pictures{self._processes}")
            words = progress.stage + (self._processes if progress.stage == "drawing" else "")
            self._tasks[progress.stage] = self._bar.add_task(words, total=progress.total, rate="")
            self.began = True
        speed = progress.images_per_second
        rate = "" if speed is None else f"{speed:.0f} images/s"
        self._bar.update(self._tasks[progress.stage], completed=progress.done, rate=rate)

    def say(self, line: str) -> None:
        """Print one line."""
        say(self._console, line)


def _first_model() -> str:
    shelf = open_shelf()
    if shelf.default is None:
        raise RequestError(f"no model in {shelf.folder.absolute()}; name a release folder or user/name with --model")
    return str(shelf.default.locate().folder)


def _spec(command: GenerateCommand, name: str, model: AMGAN) -> JobSpec:
    asked = dict.fromkeys(model.sampler.label_number(text) for text in command.label)
    classes = list(range(len(model.class_names))) if command.balanced else [n for n in asked if n is not None]
    labels = None
    if classes:
        if command.n < len(classes):
            raise RequestError(f"n must be {len(classes)} or more, one picture for each class, not {command.n}")
        each, more = divmod(command.n, len(classes))
        labels = {model.class_names[number]: each + (place < more) for place, number in enumerate(classes)}
    return JobSpec(
        model=name,
        revision=model.revision,
        format=command.format,
        n=None if labels else command.n,
        labels=labels,
        seed=command.seed,
        truncation=command.truncation,
        confidence=command.confidence,
    )
