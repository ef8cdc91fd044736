"""From what is to be judged to the items of a review; each picture is drawn once, so that D's view of it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from amgan.bounds import MAX_ITEMS
from amgan.bulk.drawing import Draw, draw_chunk
from amgan.bulk.names import CHUNK_PICTURES, PictureNames
from amgan.bulk.spec import JobSpec
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.reviews.review_spec import Item, Picture
from amgan.sampling.class_names import Label
from amgan.sampling.picture_row import NamedPicture
from amgan.sampling.sampler import Sample, Sampler
from amgan.sampling.variation_name import PictureSeed, picture_seeds

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Source:
    """A model whose pictures are to be judged.

    Attributes:
        name: Its name on the shelf.
        revision: Its revision.
        sampler: Names its classes.
        draw: Draws its pictures.
    """

    name: str
    revision: str
    sampler: Sampler
    draw: Draw

    @classmethod
    def of(cls, name: str, model: AMGAN, draw: Draw | None = None) -> Source:
        """A model by its name on the shelf.

        Args:
            name: The name.
            model: The model.
            draw: Draws its pictures, such as a server's engine does; None for here and now.
        """
        sampler = model.sampler
        return cls(name, model.revision, sampler, draw or sampler.sample)


def class_items(
    source: Source,
    labels: Sequence[Label | None],
    count: int,
    seed: PictureSeed = 0,
    truncation: float = 1.0,
    confidence: float | None = None,
) -> tuple[Item, ...]:
    """Pictures of classes: of each one those of the seeds `seed`, `seed` + 1, ..., or of a variation and the next ones.

    Args:
        source: The model.
        labels: The classes, by name or number; None for any.
        count: How many pictures of each.
        seed: The first seed.
        truncation: Scale of the latents.
        confidence: Dynamic models: D's least probability of the class; None for the model's own.

    Raises:
        RequestError: what the model cannot serve, or more pictures than a review has.
        ClassSearchError: a seed has no picture of a class.
    """
    samples = _class_samples(source, labels, count, seed, truncation, confidence)
    return tuple(Item(_picture(source, sample)) for sample in samples)


def pair_items(
    first: Source,
    second: Source,
    labels: Sequence[Label | None],
    count: int,
    seed: PictureSeed = 0,
    truncation: float = 1.0,
    confidence: float | None = None,
) -> tuple[Item, ...]:
    """Pairs of the pictures that two models, or two revisions, give the same seed and class; else as `class_items`.

    Raises:
        RequestError: what either cannot serve, or both are the same.
        ClassSearchError: a seed has no picture of a class.
    """
    if (first.name, first.revision) == (second.name, second.revision):
        raise RequestError(f"{first.name} cannot be compared with itself; choose another model or revision")
    # By name: the same class may have another number in the other model.
    classes = first.sampler.config.class_names
    numbers = [None if label is None else _number(first, label) for label in labels]
    others = [None if number is None else _number(second, classes[number], by_number=False) for number in numbers]
    drawn = [
        _class_samples(source, asked, count, seed, truncation, confidence)
        for source, asked in ((first, numbers), (second, others))
    ]
    return tuple(Item(_picture(first, a), _picture(second, b)) for a, b in zip(*drawn))


def job_items(source: Source, spec: JobSpec, most: int) -> tuple[Item, ...]:
    """Pictures of a bulk job, with the seeds that they have in its result: all, or `most` spread evenly over it.

    Args:
        source: The job's model and revision.
        spec: The job.
        most: Most pictures of the review.

    Raises:
        RequestError: the source is another one than the job's, or `most` is none that a review can have.
        ClassSearchError: a class is not to be had.
    """
    if (source.name, source.revision) != (spec.model, spec.revision):
        raise RequestError(f"the job is of {spec.model} at {spec.revision:.12}, not of {source.name}")
    names = PictureNames(spec, source.sampler.config.class_names)
    count = min(most, len(names))
    _check_count(count)
    chosen = [names[number * len(names) // count] for number in range(count)]
    drawn = (draw_chunk(source.draw, part, spec.truncation, spec.confidence) for part in _parts(chosen))
    return tuple(Item(_picture(source, sample)) for _, samples in drawn for sample in samples)


def named_items(sources: Mapping[tuple[str, str], Source], names: Sequence[NamedPicture]) -> tuple[Item, ...]:
    """Pictures by their names, in their order.

    Args:
        sources: By model and revision as the names have them.
        names: The names.

    Raises:
        RequestError: what a model cannot serve, more pictures than a review has, or another picture than the name's.
        ClassSearchError: a seed has no picture of its class.
    """
    _check_count(len(names))
    groups: dict[tuple[str, str, float, float | None], list[int]] = {}
    for number, name in enumerate(names):
        groups.setdefault((name.model, name.revision, name.truncation, name.confidence), []).append(number)
    items: dict[int, Item] = {}
    for (model, revision, truncation, confidence), numbers in groups.items():
        source = sources[model, revision]
        for part in _parts(numbers):
            wanted = [names[number] for number in part]
            labels = [
                None if _is_any(source, name) else _number(source, name.asked or "", by_number=False) for name in wanted
            ]
            samples = source.draw([name.seed for name in wanted], labels, truncation, confidence)[1]
            for number, name, sample in zip(part, wanted, samples):
                if name.draw not in (None, sample.draw):
                    raise RequestError(
                        f"seed {name.seed} of class {name.asked!r:.80} is another picture now, draw {sample.draw} not"
                        f" {name.draw}; say at which confidence it was asked for"
                    )
                items[number] = Item(_picture(source, sample))
    return tuple(items[number] for number in range(len(names)))


def picture_of(model: str, revision: str, class_names: Sequence[str], sample: Sample) -> Picture:
    """A picture of a model with these classes as a review has it."""
    return Picture(
        model=model,
        revision=revision,
        seed=sample.seed,
        asked=None if sample.asked is None else class_names[sample.asked],
        label=class_names[sample.label],
        class_probability=sample.class_probability,
        truncation=sample.truncation,
        confidence=sample.confidence,
        variation=sample.variation,
    )


def _is_any(source: Source, name: NamedPicture) -> bool:
    """Whether no class need be asked for; a dynamic model's first draw is the same picture as that of its class."""
    return name.asked is None or (
        not name.is_asked_known and name.draw == 0 and not source.sampler.config.is_predefined
    )


def _class_samples(
    source: Source,
    labels: Sequence[Label | None],
    count: int,
    seed: PictureSeed,
    truncation: float,
    confidence: float | None,
) -> list[Sample]:
    numbers = list(dict.fromkeys(None if label is None else _number(source, label) for label in labels))
    _check_count(count * len(numbers))
    names = [(own, number) for number in numbers for own in picture_seeds(seed, count)]
    samples: list[Sample] = []
    for part in _parts(names):
        samples += source.draw([own for own, _ in part], [number for _, number in part], truncation, confidence)[1]
    return samples


def _number(source: Source, label: Label, by_number: bool = True) -> int:
    if not source.sampler.config.knows_classes:
        raise RequestError(f"{source.name} knows no classes; ask for any class")
    return source.sampler.classes.number(label, by_number)


def _check_count(count: int) -> None:
    if not 1 <= count <= MAX_ITEMS:
        raise RequestError(f"a review has 1 to {MAX_ITEMS} pictures, not {count}")


def _parts(names: Sequence[T]) -> Iterator[Sequence[T]]:
    return (names[start : start + CHUNK_PICTURES] for start in range(0, len(names), CHUNK_PICTURES))


def _picture(source: Source, sample: Sample) -> Picture:
    return picture_of(source.name, source.revision, source.sampler.config.class_names, sample)
