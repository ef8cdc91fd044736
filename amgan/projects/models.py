"""The models of a folder of projects, as a shelf offers them: each by its project and its training."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from amgan.engine.shelf import ShownFolder
from amgan.errors import AmganError
from amgan.projects.folder import PROJECT_FILE, Project
from amgan.projects.runs import RUN_NAME, Run, model_of, runs_of
from amgan.release.folder import translations_of


def model_name(project: Project, run: Run) -> str:
    """What the model of a training is asked for by."""
    return f"{project.folder.name}-{run.folder.name}"


def class_texts_of(project: Project, lang: str) -> Mapping[str, str]:
    """What a project's classes are called to a reader of a language, by their own names; empty if nobody said it.

    That is said by the card of the newest model that has them in the language.
    """
    for run in reversed(runs_of(project)):
        with contextlib.suppress(AmganError, OSError):  # of a training that was thrown away just now
            if run.model and (texts := translations_of(run.model).get(lang)):
                return texts
    return {}


def models_in(folder: Path) -> list[ShownFolder]:
    """The models of all trainings of all projects in a folder; only names of files are read, and no link is followed.

    Args:
        folder: Holds the projects; may be missing.
    """
    found = []
    for file in sorted(folder.glob(f"*/{PROJECT_FILE}")):
        for run in sorted(file.parent.glob("runs/*/")):
            model = model_of(run) if RUN_NAME.fullmatch(run.name) else None
            # A folder from anywhere must not lead to models that lie elsewhere.
            if model and model.resolve() == folder.resolve() / model.relative_to(folder):
                name = f"{file.parent.name}-{run.name}"
                found.append(ShownFolder(model, name, str(model.relative_to(folder))))
    return found
