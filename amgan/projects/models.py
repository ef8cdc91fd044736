"""The models of a folder of projects, as a shelf offers them: each by its project and its training."""

from __future__ import annotations

from pathlib import Path

from amgan.engine.shelf import ShownFolder
from amgan.projects.folder import PROJECT_FILE, Project
from amgan.projects.runs import RUN_NAME, Run, model_of


def model_name(project: Project, run: Run) -> str:
    """What the model of a training is asked for by."""
    return f"{project.folder.name}-{run.folder.name}"


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
