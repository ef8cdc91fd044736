"""Pictures that a visitor has kept, of any models: drawn together, and what can be made of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np

from amgan.errors import AmganError, RequestError
from amgan.sampling.archive import picture_files, slug, zip_files
from amgan.ui import checks
from amgan.ui.drawing import KeptPicture, draw_named, told
from amgan.ui.handlers import Context
from amgan.ui.links import from_text, to_query
from amgan.ui.state import MAX_MORPH_PICTURES, EndState, KeptState, MorphState, PageState


async def draw_kept(context: Context, state: KeptState, caller: str = "") -> tuple[list[KeptPicture], list[str]]:
    """Draw pictures by the links to them, those of a model together, among the models that are here.

    Args:
        context: Has the models and the engine.
        state: The links.
        caller: Who asks.

    Returns:
        Those that there are, in their order, and why others are not there, a sentence each.
    """
    groups: dict[Hashable, list[tuple[int, PageState]]] = {}
    for number, line in enumerate(state.pictures):
        asked, _ = from_text(line)
        groups.setdefault((asked.model, asked.revision, asked.sample.truncation), []).append((number, asked))
    drawn: dict[int, KeptPicture] = {}
    problems = []
    for group in groups.values():
        try:
            pictures = await _draw_group(context, [asked for _, asked in group], caller)
            drawn |= zip((number for number, _ in group), pictures, strict=True)
        except AmganError as error:
            problems.append(str(error))
    return [drawn[number] for number in sorted(drawn)], list(dict.fromkeys(problems))


async def _draw_group(context: Context, group: list[PageState], caller: str) -> list[KeptPicture]:
    words, first = context.words, group[0]
    name = first.model or ""
    model = await context.model(name, first.revision, fetch=False)
    labels = [checks.label(asked.sample.label, model, name, words) for asked in group]
    seeds = [asked.sample.seed for asked in group]
    pictures, samples = await draw_named(
        context.engine, model, seeds, labels, first.sample.truncation, words, caller
    )  # fmt: skip
    return [KeptPicture(*told(model, name, words), *each) for each in zip(pictures, samples, strict=True)]


def morph_of(kept: Iterable[KeptPicture], state: MorphState, problem: str) -> str:
    """The link to a morph through the first of those that most of them can be morphed with, of one model.

    Args:
        kept: The pictures.
        state: Otherwise as this one.
        problem: What to say where no two are of one model.

    Raises:
        RequestError: no two are.
    """
    groups: dict[Hashable, list[KeptPicture]] = {}
    for one in kept:
        groups.setdefault((one.model, one.revision, one.sample.truncation), []).append(one)
    most = max(groups.values(), key=len, default=[])[:MAX_MORPH_PICTURES]
    if len(most) < 2:
        raise RequestError(problem)
    first = most[0]
    ends = [EndState(one.sample.name, _asked(one)) for one in most]
    morph = MorphState(truncation=first.sample.truncation, method=state.method, easing=state.easing).of(ends)
    return to_query(PageState(first.model, first.revision, "interpolate", morph=morph))


def kept_zip(kept: Iterable[KeptPicture]) -> bytes:
    """The pictures as PNG files with a manifest; of several models, in a folder for each."""
    groups: dict[tuple[str, str], list[KeptPicture]] = {}
    for one in kept:
        groups.setdefault((one.model, one.revision), []).append(one)
    files = []
    for (model, revision), group in groups.items():
        folder = f"{slug(model)}-{revision[:8]}/" if len(groups) > 1 else ""
        pictures, samples = np.stack([one.picture for one in group]), [one.sample for one in group]
        named = picture_files(pictures, samples, group[0].config.class_names, model, revision)
        files += [(folder + name, content) for name, content in named]
    return zip_files(files)


def _asked(one: KeptPicture) -> str | None:
    return None if one.sample.asked is None else one.config.class_names[one.sample.asked]
