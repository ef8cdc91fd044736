"""``review create``: a review of pictures by class and seed, of a list of names, or of two models on the same seeds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.cli.review.sources import SourcesHere
from amgan.cli.seed_flag import SeedFlag
from amgan.console import say
from amgan.errors import RequestError
from amgan.languages.reading import DEFAULT
from amgan.reviews.making import Source, class_items, named_items, pair_items
from amgan.reviews.name_list import read_names
from amgan.reviews.review_spec import Item, ReviewSpec, Scale
from amgan.reviews.store.postgres_reviews import default_place
from amgan.reviews.store.store import Review, ReviewStore
from amgan.reviews.usual_questions import usual_question

DEFAULT_COUNT = 40


@dataclass(frozen=True)
class ReviewCreateCommand:
    """Make a review: the same number of pictures of each class, pairs of them by two models, or a list of names.

    Attributes:
        title: What the review is called.
        model: A model by its name among the weights, or its folder, or of the Hub: user/name, or user/name@revision.
            With --names only where it is found under another name than theirs.
        names: In place of classes and seeds, what this program wrote: a manifest, a .zip or folder with one, a job's
            result or .npz arrays, JSON of /v1/images or of the page's API, or a review's votes.
        label: Classes by name or number; all classes if not given.
        any_class: Pictures of any class instead.
        n: How many pictures, or pairs, over all classes, 40 if not given; of --names so many spread evenly, or all.
        seed: The first seed, or the name of a variation; the next ones follow it.
        against: Another model, or user/name@revision: reviewers choose between the pictures that both give the same
            seed and class, and are not told which is which.
        question: What reviewers are asked; if not given, what is usual, in each reviewer's language.
        scale: "keep" for keep or reject, "stars" for 1 to 5.
        target: The KPI: the least share kept in every class, as 0.6; of pairs, of choices for --against.
        truncation: Below 1: pictures more alike and more typical.
        confidence: Dynamic models: D's least probability of the class; the model's own if not given.
        reviews: File that keeps the reviews; what AMGAN_STATE or AMGAN_REVIEWS names, or one in the user's data
            folder, if not given.
        weights: Folder with a release folder for each model, or one; that of AMGAN_WEIGHTS, ./weights, or that of this
            project, if not given.
        url: Address of the server that uses the same file, for full links.
    """

    title: str
    model: str | None = None
    names: Path | None = None
    label: tuple[str, ...] = ()
    any_class: bool = False
    n: int | None = None
    seed: SeedFlag = 0
    against: str | None = None
    question: str | None = None
    scale: Scale = "keep"
    target: float | None = None
    truncation: float = 1.0
    confidence: float | None = None
    reviews: Path | None = None
    weights: Path | None = None
    url: str = ""


def run_review_create(command: ReviewCreateCommand, console: Console) -> None:
    """Draw the pictures once, keep the review, print its links.

    Raises:
        AmganError: a model, a class or a seed cannot be served, or the file cannot be used.
    """
    items, note = _items_of_names(command, command.names) if command.names is not None else _items_drawn(command)
    question = command.question
    if question is None:
        question = usual_question(DEFAULT, pairs=items[0].b is not None)
    spec = ReviewSpec(command.title, items, question, command.scale, command.target)
    place = command.reviews or default_place()
    with contextlib.closing(ReviewStore(place)) as store:
        review = store.create(spec)
    say(console, made_in_words(review, place, command.url) + ("" if note is None else f"\nnote     {note}"))


def _items_drawn(command: ReviewCreateCommand) -> tuple[tuple[Item, ...], str | None]:
    if command.model is None:
        raise RequestError("give --model, or --names with a list of pictures")
    if command.label and command.any_class:
        raise RequestError("give --label or --any-class, not both")
    names = [command.model] if command.against is None else [command.model, command.against]
    here = SourcesHere(names, command.weights)
    return _items(command, here.sources(names)), here.note


def _items_of_names(command: ReviewCreateCommand, path: Path) -> tuple[tuple[Item, ...], str | None]:
    if command.label or command.any_class or command.against or command.seed or command.truncation != 1.0:
        raise RequestError("the names say class, seed and truncation; leave out what you gave of these, or --names")
    names = read_names(path, command.n, command.confidence)
    models = [command.model] if command.model is not None else list(dict.fromkeys(name.model for name in names))
    here = SourcesHere(models, command.weights)
    return named_items(here.sources_of(names, command.model), names), here.note


def _items(command: ReviewCreateCommand, sources: Sequence[Source]) -> tuple[Item, ...]:
    classes = sources[0].sampler.config.class_names
    labels: list[str | int | None] = [None]
    if command.label:
        labels = list(dict.fromkeys(sources[0].sampler.classes.number(text) for text in command.label))
    elif not command.any_class and sources[0].sampler.config.knows_classes:
        labels = list(classes)
    total = DEFAULT_COUNT if command.n is None else command.n
    each, more = divmod(total, len(labels))
    if each < 1:
        raise RequestError(f"n must be {len(labels)} or more, one for each class, not {total}")
    make: Callable[..., tuple[Item, ...]] = class_items if len(sources) == 1 else pair_items
    settings = (command.seed, command.truncation, command.confidence)
    most = make(*sources, labels[:more], each + 1, *settings) if more else ()
    return most + make(*sources, labels[more:], each, *settings)


def made_in_words(review: Review, place: object, url: str) -> str:
    """The links of a review that was made.

    Args:
        review: The review.
        place: The file or database that keeps it, which says its name.
        url: Address of the server that shows it; "" if that is not known.
    """
    address = f"{url.rstrip('/') or '<server>'}/review/{review.id}"
    lines = [
        f"review   {review.id}, {review.spec.size_words}, kept in {place}",
        f"to vote  {address}",
        f"results  {address}/results?key={review.key}",
        f"key      {review.key}",
    ]
    if not url:
        lines.append("note     <server> stands for the address of the server that uses it; --url fills it in")
    return "\n".join(lines)
