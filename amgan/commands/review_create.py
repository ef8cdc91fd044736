"""``review create``: a review of pictures by class and seed, or of two models on the same seeds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from amgan.commands.opening import fetching_told, open_shelf
from amgan.errors import RequestError
from amgan.release import CONFIG_FILE
from amgan.reviews.making import Source, class_items, pair_items
from amgan.reviews.place import default_path
from amgan.reviews.report_words import count
from amgan.reviews.review_spec import DEFAULT_QUESTION, Item, ReviewSpec, Scale
from amgan.reviews.review_store import Review, ReviewStore
from amgan.typed_label import typed_label


@dataclass(frozen=True)
class ReviewCreateCommand:
    """Make a review: the same number of pictures of each class, or pairs of them by two models.

    Attributes:
        model: A model by its name among the weights, or its folder, or of the Hub: user/name, or user/name@revision.
        title: What the review is called.
        label: Classes by name or number; all classes if not given.
        any_class: Pictures of any class instead.
        n: How many pictures, or pairs, over all classes.
        seed: The first seed.
        against: Another model, or user/name@revision: reviewers choose between the pictures that both give the same
            seed and class, and are not told which is which.
        question: What reviewers are asked.
        scale: "keep" for keep or reject, "stars" for 1 to 5.
        target: The KPI: the least share kept in every class, as 0.6; of pairs, of choices for --against.
        truncation: Below 1: pictures more alike and more typical.
        confidence: Dynamic models: D's least probability of the class; the model's own if not given.
        reviews: File that keeps the reviews; that of AMGAN_REVIEWS, or one in the user's data folder, if not given.
        weights: Folder with a release folder for each model; that of AMGAN_WEIGHTS, or of this project, if not given.
        url: Address of the server that uses the same file, for full links.
    """

    model: str
    title: str
    label: tuple[str, ...] = ()
    any_class: bool = False
    n: int = 40
    seed: int = 0
    against: str | None = None
    question: str = DEFAULT_QUESTION
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
    if command.label and command.any_class:
        raise RequestError("give --label or --any-class, not both")
    names = [command.model] if command.against is None else [command.model, command.against]
    sources = _sources(names, command.weights)
    spec = ReviewSpec(command.title, _items(command, sources), command.question, command.scale, command.target)
    place = command.reviews or default_path()
    with contextlib.closing(ReviewStore(place)) as store:
        review = store.create(spec)
    console.print(_summary(command, review, place), highlight=False, markup=False, soft_wrap=True)


def _sources(names: Sequence[str], weights: Path | None) -> list[Source]:
    places = {name: Path(name) for name in names if (Path(name) / CONFIG_FILE).is_file()}
    if weights is None and places:
        # A folder was typed, as for other commands: its neighbours are the weights.
        parents = {place.resolve().parent for place in places.values()}
        if len(parents) > 1:
            raise RequestError("both models must be in the same folder, of which a server draws their pictures")
        weights = parents.pop()
    known = [places[name].resolve().name if name in places else name for name in names]
    shelf = open_shelf(known, weights)
    with fetching_told():
        return [Source.of(name, shelf.model(name)) for name in known]


def _items(command: ReviewCreateCommand, sources: Sequence[Source]) -> tuple[Item, ...]:
    classes = sources[0].sampler.config.class_names
    labels: list[str | int | None] = [None]
    if command.label:
        labels = list(dict.fromkeys(typed_label(text, classes) for text in command.label))
    elif not command.any_class and sources[0].sampler.config.knows_classes:
        labels = list(classes)
    each, more = divmod(command.n, len(labels))
    if each < 1:
        raise RequestError(f"n must be {len(labels)} or more, one for each class, not {command.n}")
    make: Callable[..., tuple[Item, ...]] = class_items if len(sources) == 1 else pair_items
    settings = (command.seed, command.truncation, command.confidence)
    most = make(*sources, labels[:more], each + 1, *settings) if more else ()
    return most + make(*sources, labels[more:], each, *settings)


def _summary(command: ReviewCreateCommand, review: Review, place: Path) -> str:
    address = f"{command.url.rstrip('/')}/review/{review.id}"
    items = count(len(review.spec.items), "pair" if review.spec.is_pairs else "picture")
    return "\n".join(
        [
            f"review   {review.id}, {items}, kept in {place}",
            f"to vote  {address}",
            f"results  {address}/results?key={review.key}",
            f"key      {review.key}",
        ]
    )
