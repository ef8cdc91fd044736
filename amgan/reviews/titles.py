"""What is told of a review that a project asked for: its title ends in the name of a training, as "1-first-look"."""

from __future__ import annotations

import re

from amgan.languages.reading import Texts, section

_RUN = re.compile(r"(\d+)-([a-z-]+)", re.ASCII)
_TITLE = re.compile(rf"(.+): ({_RUN.pattern})", re.ASCII | re.DOTALL)
_MODEL = re.compile(rf".+-({_RUN.pattern}) [0-9a-f]+(.*)", re.ASCII)


def run_in(lang: str, name: str) -> str:
    """What a training is called to a reader: its number and what was chosen; any other name as it is.

    Args:
        lang: Code of the language.
        name: Of the training's folder.
    """
    found = _RUN.fullmatch(name)
    choice = found and section(lang, "create").get(f"choice_{found[2].replace('-', '_')}")
    return Texts(lang, "create")("run_name", number=found[1], choice=choice) if found and choice else name


def title_in(lang: str, title: str) -> str:
    """A review's title as its reader sees it: the training that it names in words, all else as it was written.

    Args:
        lang: Code of the language.
        title: As the review has it.
    """
    found = _TITLE.fullmatch(title)
    if found is None or (run := run_in(lang, found[2])) == found[2]:
        return title
    return Texts(lang, "create")("title_of_run", title=found[1], run=run)


def model_in(lang: str, title: str, name: str) -> str:
    """What a model is called in the results of a review: the training of a project, any other one as it is.

    Args:
        lang: Code of the language.
        title: As the review has it.
        name: As `amgan.reviews.report.results.model_name` says it.
    """
    found = _MODEL.fullmatch(name) if title_in(lang, title) != title else None
    return f"{run_in(lang, found[1])}{found[4]}" if found else name
