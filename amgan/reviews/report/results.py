"""What the votes of a review come to: by class, by model and by item."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from amgan.reviews.report.confidence_use import NO_USE, ConfidenceUses
from amgan.reviews.review_spec import Item, Picture
from amgan.reviews.statistics.agreement import Agreement, agreement
from amgan.reviews.statistics.outcome import Outcome, outcome
from amgan.reviews.statistics.participation import Comment, Reviewer, comments_of, reviewers_of
from amgan.reviews.statistics.preference import Preference, preference
from amgan.reviews.statistics.share import Share, pooled, share
from amgan.reviews.statistics.threshold import Opinion, Prediction, predict
from amgan.reviews.store.store import Review
from amgan.reviews.vote import LEAST_STARS, Vote, counted, keeps, prefers_b, stars

T = TypeVar("T")

Judged = Mapping[Picture, str]
"""The class that a judge names for each picture, as far as there is a judge."""


@dataclass(frozen=True)
class ItemResult:
    """What was said of one picture or pair.

    Attributes:
        number: Its number in the review, from 0.
        item: The picture or pair.
        liked: Votes for keeping it, of those that say; of a pair, choices for `b` of all choices. None without any.
        same: Votes that find both pictures of the pair as good.
        mean_stars: On the scale "stars" their mean, 1 to 5, else None.
    """

    number: int
    item: Item
    liked: Share | None
    same: int
    mean_stars: float | None

    @property
    def kept(self) -> Picture | None:
        """The picture that most votes are for: more than half of them, on stars 4 or more in the mean."""
        if self.liked is None:
            return None
        if self.mean_stars is not None:
            return self.item.a if self.mean_stars >= LEAST_STARS else None
        if self.item.b is not None and 2 * self.liked.hits < self.liked.count:
            return self.item.a
        return (self.item.b or self.item.a) if 2 * self.liked.hits > self.liked.count else None


@dataclass(frozen=True)
class Group:
    """Some of the pictures together: those of a class, of a model, or all.

    Attributes:
        name: What they are called.
        pictures: How many there are.
        liked: Votes for keeping, of those that say; of pairs, choices for `b`, or for the model if it is a model's
            group, of all choices. None without any.
        same: Votes that find both pictures of a pair as good.
        confidence: Mean of D's probability of the class that each picture is shown as, 0 to 1.
        judged: On how many pictures a judge names the class that was asked, or shown; None without a judge.
        outcome: `liked` against the target; None without a target, for models, and without votes.
    """

    name: str
    pictures: int
    liked: Share | None
    same: int
    confidence: float
    judged: Share | None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Results:
    """The results of a review.

    Attributes:
        whole: All pictures.
        classes: By class, in the order of the review.
        models: By model, revision and settings, likewise; of pairs the first is `a`, the second `b`, unless sides mix.
        items: Each item, by number.
        agreement: Whether the reviewers agree.
        predictions: How D's confidence predicts a keep, by the names of `models`, where it means something; none for
            pairs.
        surer_wins: Of pairs, how many choices are for the picture whose D is surer; else None.
        preference: Of pairs, which side is preferred; else None.
        comments: What people wrote.
        reviewers: Who took part.
    """

    whole: Group
    classes: tuple[Group, ...]
    models: tuple[Group, ...]
    items: tuple[ItemResult, ...]
    agreement: Agreement
    predictions: Mapping[str, Prediction]
    surer_wins: Share | None
    preference: Preference | None
    comments: tuple[Comment, ...]
    reviewers: tuple[Reviewer, ...]

    @property
    def votes(self) -> int:
        """Votes that say something."""
        return sum(reviewer.votes for reviewer in self.reviewers)

    @property
    def skips(self) -> int:
        """Votes that say nothing."""
        return sum(reviewer.skips for reviewer in self.reviewers)

    @property
    def seconds(self) -> float:
        """Time that all reviewers took together."""
        return sum(reviewer.seconds for reviewer in self.reviewers)

    @property
    def kept(self) -> list[tuple[Picture, ItemResult]]:
        """The pictures that most votes are for, with what was said of their items."""
        return [(picture, result) for result in self.items if (picture := result.kept) is not None]


def results_of(
    review: Review, votes: Sequence[Vote], judged: Judged | None = None, uses: ConfidenceUses | None = None
) -> Results:
    """Count.

    Args:
        review: The review.
        votes: All its votes, in the order in which they were received; of them those count that `counted` leaves.
        judged: What a judge says of its pictures, see `amgan.reviews.report.judged_classes`; None without a judge.
        uses: What D's confidence is good for in the review's models; of one that is not in it nothing is predicted.
    """
    spec = review.spec
    standing = counted(votes)
    by_item: dict[int, list[Vote]] = {number: [] for number in range(len(spec.items))}
    for vote in standing:
        by_item[vote.item].append(vote)
    items = tuple(_item_result(number, spec.items[number], own) for number, own in by_item.items())
    models = _by((model_name(picture), picture) for item in spec.items for picture in item.pictures)
    return Results(
        whole=_group("all", items, judged, spec.target),
        classes=tuple(
            _group(label, some, judged, spec.target)
            for label, some in _by((one.item.class_words, one) for one in items).items()
        ),
        models=tuple(_model_group(name, items, judged) for name in models),
        items=items,
        agreement=agreement(spec, standing),
        predictions={} if spec.is_pairs else _predictions(review, standing, uses or {}),
        surer_wins=_surer_wins(items) if spec.is_pairs else None,
        preference=preference((one.liked, one.same) for one in items) if spec.is_pairs else None,
        comments=comments_of(votes),
        reviewers=tuple(reviewers_of(votes).values()),
    )


def model_name(picture: Picture) -> str:
    """A model with its revision and the settings that are not its own: what a picture's seed and class leave open."""
    settings = "" if picture.truncation == 1 else f", truncation {picture.truncation:g}"
    if picture.confidence is not None:
        settings += f", confidence {picture.confidence:g}"
    return f"{picture.model} {picture.revision[:8]}{settings}"


def _item_result(number: int, item: Item, votes: Sequence[Vote]) -> ItemResult:
    said = {vote.reviewer: opinion for vote in votes if (opinion := (prefers_b if item.b else keeps)(vote)) is not None}
    given = [count for vote in votes if (count := stars(vote)) is not None]
    return ItemResult(
        number,
        item,
        share(sum(said.values()), len(said), said),
        sum(vote.verdict == "same" for vote in votes),
        statistics.fmean(given) if given else None,
    )


def _group(name: str, items: Sequence[ItemResult], judged: Judged | None, target: float | None) -> Group:
    pictures = [picture for one in items for picture in one.item.pictures]
    liked = pooled(one.liked for one in items)
    return Group(
        name=name,
        pictures=len(pictures),
        liked=liked,
        same=sum(one.same for one in items),
        confidence=statistics.fmean(picture.class_probability for picture in pictures),
        judged=_judged(pictures, judged),
        outcome=None if target is None or liked is None else outcome(liked, target),
    )


def _model_group(name: str, items: Sequence[ItemResult], judged: Judged | None) -> Group:
    mine = [one for one in items if any(model_name(picture) == name for picture in one.item.pictures)]
    pictures = [picture for one in mine for picture in one.item.pictures if model_name(picture) == name]
    return Group(
        name=name,
        pictures=len(pictures),
        liked=pooled(_liked_of(name, one) for one in mine),
        same=sum(one.same for one in mine),
        confidence=statistics.fmean(picture.class_probability for picture in pictures),
        judged=_judged(pictures, judged),
    )


def _liked_of(name: str, one: ItemResult) -> Share | None:
    """The share of a model's own picture: of a pair whose `a` it drew, the choices that are not for `b`."""
    if one.liked is None or one.item.b is None or model_name(one.item.b) == name:
        return one.liked
    return one.liked.others


def _predictions(review: Review, votes: Sequence[Vote], uses: ConfidenceUses) -> dict[str, Prediction]:
    spec = review.spec
    known = {model_name(one): uses.get((one.model, one.revision), NO_USE) for one in spec.pictures}
    opinions: dict[str, list[Opinion]] = {name: [] for name in known}
    labels = _by((model_name(picture), picture.asked or picture.label) for picture in spec.pictures)
    floors = _by((name, known[name].floor(picture)) for picture in spec.pictures for name in [model_name(picture)])
    for vote in votes:
        picture, kept = spec.items[vote.item].a, keeps(vote)
        if kept is not None:
            label = picture.asked or picture.label
            opinions[model_name(picture)].append(
                Opinion(picture.class_probability, kept, label, vote.item, vote.reviewer)
            )
    return {
        name: predict(opinions[name], spec.target, use.is_settable, labels[name], floors[name])
        for name, use in known.items()
        if use.predicts
    }


def _surer_wins(items: Sequence[ItemResult]) -> Share | None:
    return pooled(_for_surer(one) for one in items)


def _for_surer(one: ItemResult) -> Share | None:
    """The choices for the picture whose D is surer; None if that is neither."""
    a, b = one.item.a, one.item.b
    if one.liked is None or b is None or a.class_probability == b.class_probability:
        return None
    return one.liked if b.class_probability > a.class_probability else one.liked.others


def _judged(pictures: Sequence[Picture], judged: Judged | None) -> Share | None:
    seen = [picture for picture in pictures if judged is not None and picture in judged]
    agreeing = sum(judged is not None and judged[picture] == (picture.asked or picture.label) for picture in seen)
    return share(agreeing, len(seen))


def _by(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped
