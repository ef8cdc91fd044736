"""``generate``: any number of pictures to files, stopped and gone on with as one likes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from amgan.bulk.chunk_source import ChunkMaker, ChunkSource, DrawnHere
from amgan.bulk.formats import FORMS, FormName, forms_in_words
from amgan.bulk.on_ray import DrawnOnRay, RayPool
from amgan.bulk.progress import JobProgress
from amgan.bulk.runner import ShareDrawn, draw_share, finish_job
from amgan.bulk.shares import Share, share_named
from amgan.bulk.spec import JobSpec
from amgan.cli.models import open_shelf
from amgan.cli.seed_flag import SeedFlag
from amgan.console import pictures_named, say
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.variation_name import picture_seeds
from amgan.training.processes import joined_processes, noticing_lost


@dataclass(frozen=True)
class GenerateCommand:
    """Draw any number of pictures to files. Stopped or killed, the same command goes on where it was.

    Several processes or GPUs: `torchrun --nproc_per_node 2 -m -- amgan generate ...`; the files are the same. The two
    hyphens keep torchrun from taking --n for one of its own flags. Several machines that know nothing of one another:
    the same command on each, with --share 0/8 and so on, and once without.

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
        share: Draw this part of the pictures and leave them in `out`: RANK/OF, such as 0/8 for the first of eight, or
            slurm for what this task of an array is. The same command without it puts them together.
        gather: Folders that --share filled on other machines, to take the pictures from.
        on: "ray": a Ray cluster draws the pictures, that of RAY_ADDRESS or one of this machine, and they are written
            here.
        workers: On Ray, at most so many at once; as many as there is room for if not given.
        worker_gpus: On Ray, GPUs of each worker, such as 0.25; one CPU each if not given.
    """

    n: int
    out: Path
    model: str | None = None
    label: tuple[str, ...] = ()
    balanced: bool = False
    seed: SeedFlag = 0
    format: Annotated[FormName, tyro.conf.arg(help=forms_in_words(FORMS))] = "png"
    truncation: float = 1.0
    confidence: float | None = None
    revision: str | None = None
    share: str | None = None
    gather: tuple[Path, ...] = ()
    on: Literal["ray"] | None = None
    workers: int | None = None
    worker_gpus: float | None = None


def run_generate(command: GenerateCommand, console: Console) -> None:
    """Draw what is still missing of the pictures and put the result together.

    Raises:
        AmganError: the model, a seed or a class cannot be served, or `out` holds something else.
    """
    if command.label and command.balanced:
        raise RequestError("give --label or --balanced, not both")
    if command.share is not None and command.gather:
        raise RequestError("give --gather without --share: it is for the command that puts the shares together")
    if command.on is None and (command.workers, command.worker_gpus) != (None, None):
        raise RequestError("--workers and --worker-gpus are for --on ray")
    apart = None if command.share is None else share_named(command.share, os.environ)
    name = command.model if command.model is not None else _first_model()
    state = joined_processes()
    try:
        with noticing_lost(state.num_processes, "start all of them again: what is done is kept"):
            console.quiet = console.quiet or not state.is_main_process
            if state.num_processes > 1 and (apart is not None or command.on is not None):
                raise RequestError("give --share or --on ray, or several processes under torchrun, not both")
            with state.main_process_first():
                model = AMGAN.from_pretrained(name, revision=command.revision, device=state.device)
            maker = ChunkMaker(_spec(command, Path(name).name, model), model.class_names)
            source = _source(command, maker, model)
            together = Share(state.process_index, state.num_processes, state.wait_for_everyone)
            with _Display(console, apart or together) as display:
                if apart is not None:
                    drawn = draw_share(maker, source, command.out, apart, display.show)
                    display.say(_of_share(command, maker.spec, apart, drawn))
                else:
                    result = finish_job(
                        maker, source, command.out, display.show, share=together, gathered=command.gather
                    )
                    display.say(_of_job(command, maker.spec, result, display.began))
    finally:
        state.destroy_process_group()


def _source(command: GenerateCommand, maker: ChunkMaker, model: AMGAN) -> ChunkSource:
    if command.on is None:
        return DrawnHere(maker, model.sampler.sample)
    return DrawnOnRay(maker, model, RayPool(command.workers, command.worker_gpus or 0.0))


def _of_job(command: GenerateCommand, spec: JobSpec, result: Path | None, began: bool) -> str:
    classes = list(spec.labels) if spec.labels is not None else ["any class"]
    seeds = picture_seeds(spec.seed, max(spec.labels.values()) if spec.labels is not None else spec.count)
    return (
        f"{pictures_named(spec.count, classes, seeds, spec.revision)} {'->' if began else 'are already in'} "
        f"{command.out if spec.format == 'png' else result}"
    )


def _of_share(command: GenerateCommand, spec: JobSpec, share: Share, drawn: ShareDrawn) -> str:
    if drawn.result is not None:
        return f"all {spec.count} pictures are already in {command.out}"
    many = f"share {share}: {drawn.pictures} of {spec.count} pictures are in {command.out}"
    if drawn.missing:
        return f"{many}; {drawn.missing} of other shares are not. The command without --share puts all together"
    return f"{many}, and so are all others: the command without --share puts them together"


class _Display:
    """The bar of a running job, and what is said of it."""

    def __init__(self, console: Console, share: Share) -> None:
        self.began = False
        self._console = console
        self._whose = f" (share {share} of all)" if share.of > 1 else ""
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
                self.say(f"going on after {progress.done} of {progress.total} pictures{self._whose}")
            words = progress.stage + (self._whose if progress.stage == "drawing" else "")
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
