"""Labels that leave a project: as metadata.jsonl beside its photos, or as a folder with a subfolder a class."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from amgan.data.class_folders import class_folder
from amgan.errors import ConfigError
from amgan.projects.folder import Project
from amgan.projects.labels import Labels
from amgan.whole_files import replacing_folder, write_whole

METADATA = "metadata.jsonl"
UNLABELLED_FOLDER = "unlabelled"


def write_metadata(project: Project, labels: Labels) -> Path:
    """Make the folder of the photos a data set, in which what is left out has no row and what is open no class.

    Returns:
        The folder, for `train --data` and for `datasets`.

    Raises:
        OSError: it cannot be written.
    """
    rows = [{"file_name": name, "label": labels.classes.get(name)} for name in labels.photos]
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_whole(project.photos / METADATA, content.encode())
    return project.photos


def write_class_folders(project: Project, labels: Labels, out: Path) -> Path:
    """Copy the photos into a subfolder of their class each, or into `UNLABELLED_FOLDER`.

    Raises:
        ConfigError: there is such a folder already.
        OSError: it cannot be written; then nothing is left of it.
    """
    if out.exists():
        raise ConfigError(f"{out} is there already; choose another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing_folder(out) as writing:
        writing.mkdir()
        for photo in labels.photos:
            name = labels.classes.get(photo)
            place = writing / (UNLABELLED_FOLDER if name is None else class_folder(name))
            place.mkdir(exist_ok=True)
            shutil.copyfile(project.photos / photo, place / photo)
    return out
