"""From a link to what can be shown of it: a model that is there, classes that it has, and what to say of the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from amgan.engine.shelf import Shelf
from amgan.errors import AmganError, ReleaseError
from amgan.model import AMGAN
from amgan.release.seed_index import NOT_FOUND
from amgan.ui import checks
from amgan.ui.drawing import known_classes
from amgan.ui.links import REVISION_DIGITS, fields_of, from_query
from amgan.ui.state import ROW, EndState, MorphState, PageState, SampleState
from amgan.ui.words import Words

SHEET_KEYS = {field.key.name for field in fields_of(SampleState)} | {"like"}
"""Who says any of them asks for a sheet."""
MOST_OFFERS = 4
"""Of so many notes each may offer a class that was perhaps meant."""


@dataclass(frozen=True)
class Opening:
    """What a link opens.

    Attributes:
        name: Name of the model that is shown.
        model: The model.
        state: What is shown of it; every class in it is one of the model's.
        notes: What the link asked for and did not get, a sentence each.
    """

    name: str
    model: AMGAN
    state: PageState
    notes: list[str]


def open_link(query: Mapping[str, str], shelf: Shelf, words: Words) -> Opening:
    """Find what a query string names, or what is nearest to it, among what is here; the Hub is not asked.

    Raises:
        ReleaseError: no model of the shelf can be loaded.
    """
    state, problems = from_query(query)
    notes = [
        words.bad_link_value.format(name=words.link_names[p.key], value=checks.shown(p.value), instead=p.instead)
        for p in problems
    ]
    name, model = _find_model(state, shelf, words, notes)
    if state == PageState(state.model, state.revision) and not query.keys() & SHEET_KEYS:
        state = _welcome(state, model)
    beside = state.sample.beside
    if beside is not None and beside.model not in (entry.name for entry in shelf.entries):
        notes.append(words.beside_gone.format(value=checks.shown(beside.model)))
        state = replace(state, sample=replace(state.sample, beside=None))
    return Opening(name, model, fit_classes(state, name, model, words, notes), notes)


def fit_classes(
    state: PageState, name: str, model: AMGAN, words: Words, notes: list[str], typed: bool = True
) -> PageState:
    """The state with the model's own names of its classes, and any class in place of those that it does not have.

    Args:
        state: What is asked for.
        name: Name of the model.
        model: The model.
        words: For what is not there.
        notes: A note is added for each class that is not there.
        typed: Whether somebody may have written the state's classes, who may name one by number; not if they are the
            names that another model has for its classes.
    """
    config, classes = model.config, model.classes

    def fit(label: str | None) -> str | None:
        if label is None:
            return None
        found = classes.meant(label, by_number=typed) if config.knows_classes else []
        if len(found) == 1:
            return config.class_names[found[0]]
        # To find what may have been meant takes its time, and a link may name thousands.
        meant = checks.offered(label, model, words) if len(notes) < MOST_OFFERS else ""
        notes.append(words.class_gone.format(model=name, value=checks.shown(label)) + meant)
        return None

    def fit_all(labels: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for label in labels if (name := fit(label)) is not None))

    sample = replace(state.sample, label=fit(state.sample.label))
    if sample.variations is not None:
        sample = replace(sample, variations=replace(sample.variations, label=fit(sample.variations.label)))
    if not sample.has_rows(known_classes(config)):
        sample = replace(sample, each=0)
    morph = state.morph.of([EndState(picture.seed, fit(picture.label)) for picture in state.morph.pictures])
    batch = replace(state.batch, labels=fit_all(state.batch.labels))
    review = replace(state.review, labels=fit_all(state.review.labels))
    return replace(state, sample=sample, morph=morph, batch=batch, review=review)


def _welcome(state: PageState, model: AMGAN) -> PageState:
    """What is shown to who asked for nothing: a row of each class, and a morph from the first to the last.

    Only where they are sure to be there at once; else pictures of any class, the first that there are.
    """
    names, index = known_classes(model.config), model.seed_index
    welcome = SampleState(each=ROW)
    found = index is not None and len(index) >= ROW and bool((index.draws[:ROW] != NOT_FOUND).all())
    if not welcome.has_rows(names) or not (model.config.is_predefined or found):
        return state
    return replace(state, sample=welcome, morph=MorphState(EndState(0, names[0]), end=EndState(0, names[-1])))


def _find_model(state: PageState, shelf: Shelf, words: Words, notes: list[str]) -> tuple[str, AMGAN]:
    # Nothing is fetched here, since everyone's pictures would wait: what can be had was brought before.
    wanted = state.model
    default = [] if shelf.default is None else [shelf.default.name]
    order = [*default, *(entry.name for entry in shelf.available)]
    if wanted is not None and wanted in (entry.name for entry in shelf.entries):
        order.insert(0, wanted)
    problem = words.no_model.format(folder=shelf.folder.name)
    for name in dict.fromkeys(order):
        if name == wanted and state.revision is not None:
            with contextlib.suppress(AmganError):
                return name, shelf.model(name, state.revision, fetch=False)
        try:
            model = shelf.model(name, fetch=False)
        except ReleaseError as error:
            problem = words.model_broken.format(name=name, problem=error)
            notes.append(problem)
            continue
        if wanted is not None and wanted not in order:
            notes.append(words.model_gone.format(value=checks.shown(wanted), instead=name))
        elif name == wanted and state.revision is not None:
            here = model.revision[:REVISION_DIGITS]
            gone = state.revision[:REVISION_DIGITS]
            notes.append(words.revision_gone.format(value=gone, model=name, instead=here))
        return name, model
    raise ReleaseError(problem)
