"""Beside a sheet: what another model draws of the same seeds and classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amgan.errors import AmganError, ReleaseError, RequestError
from amgan.model import AMGAN
from amgan.sampling.variation_name import PictureSeed
from amgan.ui import checks
from amgan.ui.drawing import Sheet, draw_named, known_classes, told
from amgan.ui.handlers import Context
from amgan.ui.links import REVISION_DIGITS, linked_revision
from amgan.ui.state import BesideState, SampleState

Asked = Sequence[tuple[PictureSeed, str | None]]
"""Seed and class of each picture."""


@dataclass(frozen=True)
class Beside:
    """What stands beside a sheet.

    Attributes:
        state: The model, and the revision that drew.
        sheet: Its pictures; none where it could draw none.
        note: What it could not do, in a sentence or several; empty if there is nothing to say.
    """

    state: BesideState
    sheet: Sheet
    note: str


async def draw_beside(context: Context, name: str, model: AMGAN, state: SampleState, caller: str = "") -> Beside | None:
    """Draw a sheet's pictures with the model beside it. What it cannot draw is said and harms nothing else.

    Args:
        context: Has the models and the engine.
        name: Name of the sheet's own model.
        model: That model.
        state: The sheet.
        caller: Who asks.

    Returns:
        None where no model is asked for, or the very same one.
    """
    asked, words = state.beside, context.words
    if asked is None:
        return None
    nothing = Sheet(asked.model, "", model.config, (), state, np.empty(0, np.uint8), [])
    try:
        other, note = await _open(context, asked)
    except ReleaseError as error:
        return Beside(asked, nothing, words.model_broken.format(name=asked.model, problem=error))
    except AmganError as error:
        return Beside(asked, nothing, str(error))
    if (asked.model, other.revision) == (name, model.revision):
        return None
    pictures, lacking = translated(state.pictures(known_classes(model.config)), other)
    notes = [note] if note else []
    if lacking:
        called = model.class_texts_in(words.lang)
        names = words.comma.join(words.quoted.format(text=checks.shown(called[label])) for label in lacking)
        notes.append(words.beside_lacks.format(model=asked.model, classes=names))
    drawn, samples = nothing.pictures, nothing.samples
    if pictures:
        seeds, labels = zip(*pictures, strict=True)
        try:
            drawn, samples = await draw_named(context.engine, other, seeds, labels, state.truncation, words, caller)
        except AmganError as error:
            notes.append(str(error))
    sheet = Sheet(*told(other, asked.model, words), state, drawn, samples)
    linked = BesideState(asked.model, linked_revision(asked.model, other.revision))
    return Beside(linked, sheet, " ".join(notes))


async def _open(context: Context, asked: BesideState) -> tuple[AMGAN, str]:
    """The model, in the revision that is shown if the one asked for cannot be had, which the note then says."""
    try:
        return await context.model(asked.model, asked.revision), ""
    except RequestError:
        if asked.revision is None:
            raise
    model = await context.model(asked.model)
    here, gone = model.revision[:REVISION_DIGITS], asked.revision[:REVISION_DIGITS]
    return model, context.words.revision_gone.format(value=gone, model=asked.model, instead=here)


def translated(pictures: Asked, model: AMGAN) -> tuple[Asked, list[str]]:
    """The pictures that a model can be asked for, by its own names of the classes, and the classes that it lacks."""
    classes, config = model.classes, model.config
    own: dict[str | None, str | None] = {None: None}
    for label in {label for _, label in pictures if label is not None} if config.knows_classes else ():
        found = classes.meant(label, by_number=False)
        if len(found) == 1:
            own[label] = config.class_names[found[0]]
    lacking = dict.fromkeys(label for _, label in pictures if label is not None and label not in own)
    return [(seed, own[label]) for seed, label in pictures if label in own], list(lacking)
