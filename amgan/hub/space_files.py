"""What a Space is made of: the app, the package, the models in weights/, a README that says what to preload."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import SpaceCard

from amgan.errors import PublishError, ReleaseError
from amgan.hub.fetching import COMMIT
from amgan.release.checked_files import is_there, read_json
from amgan.release.folder import CONFIG_FILE, RELEASE_FILES

CARD = "README.md"
SINGLE_FILES = ("app.py", "requirements.txt", "LICENSE")
REQUIREMENTS = "requirements.txt"
RECORD = "space.json"
"""What the command put there, for the next update and for the app."""
ZERO_GPU_TORCH = "<2.12"
"""Bound of torch on every Space, since its hardware can be changed on its page; ZeroGPU documents 2.8 to 2.11."""
PACKAGE, WEIGHTS = "amgan", "weights"
PACKAGE_SUFFIXES = (".py", ".css", ".js", ".html", ".json", ".md", ".png", ".gz")
"""The package's code and what pyproject.toml names as its data."""


@dataclass(frozen=True)
class SpaceModel:
    """A model of the Hub that a Space shows.

    Attributes:
        name: As it was asked for: "user/name", or "user/name@tag" to stay at a revision.
        repo_id: "user/name".
        commit: What the name stood for when the Space was made, 40 hex digits.
        files: Names of its release files.
        is_open: Whether anyone may read it, so that it can be preloaded.
    """

    name: str
    repo_id: str
    commit: str
    files: tuple[str, ...]
    is_open: bool


def project_folder() -> Path:
    """Where the code is: the folder that holds the package and, in a checkout of the project, the app.

    Raises:
        PublishError: the package was installed without the app.
    """
    folder = Path(__file__).resolve().parents[2]
    for name in (CARD, *SINGLE_FILES):
        if not (folder / name).is_file():
            raise PublishError(f"{folder} holds the package but no {name}: make a Space from a checkout of the project")
    return folder


def package_files(project: Path) -> list[Path]:
    """The package's code and data in a checkout of the project, sorted; not what is hidden, nor links."""
    found = sorted(file for file in (project / PACKAGE).rglob("*") if file.suffix in PACKAGE_SUFFIXES)
    return [file for file in found if is_sent(file, project)]


def is_sent(file: Path, project: Path) -> bool:
    """Whether a file of the project may leave the machine: it is there, no link, and nothing of its path is hidden."""
    is_hidden = any(part.startswith(".") for part in file.relative_to(project).parts)
    return file.is_file() and not file.is_symlink() and not is_hidden


def space_files(project: Path, models: Sequence[SpaceModel]) -> dict[str, Path | bytes]:
    """What goes up, by its path in the Space. Tests, runs, caches and hidden files are not among it.

    Args:
        project: The project's folder.
        models: Those of the Hub that the Space shows beside weights/.
    """
    found = [project / name for name in SINGLE_FILES]
    for config in (project / WEIGHTS).glob(f"*/{CONFIG_FILE}"):
        found += [config.parent / name for name in RELEASE_FILES]
    sent = [*package_files(project), *(file for file in found if is_sent(file, project))]
    files: dict[str, Path | bytes] = {file.relative_to(project).as_posix(): file for file in sorted(sent)}
    text = (project / CARD).read_bytes().decode("utf-8")
    requirements = (project / REQUIREMENTS).read_bytes().decode("utf-8")
    record = {
        "weights": sorted({path.split("/")[1] for path in files if path.startswith(f"{WEIGHTS}/")}),
        "preloaded": {model.name: model.commit for model in models if model.is_open},
    }
    return files | {
        CARD: space_card(text, models).encode(),
        REQUIREMENTS: space_requirements(requirements).encode(),
        RECORD: f"{json.dumps(record, indent=2)}\n".encode(),
    }


def is_ours(path: str, weights: Collection[str] = ()) -> bool:
    """Whether a file of a Space is one that updates put there, so that they may remove it.

    Args:
        path: Of the file.
        weights: Names of the folders in weights/ that an earlier update put there.
    """
    if path in (CARD, RECORD, *SINGLE_FILES) or path.startswith(f"{PACKAGE}/"):
        return True
    folder, _, rest = path.removeprefix(f"{WEIGHTS}/").partition("/")
    return path.startswith(f"{WEIGHTS}/") and folder in weights and rest in RELEASE_FILES


def recorded_weights(record: Path) -> frozenset[str]:
    """Names of the folders in weights/ that are not a user's own, by a Space's record; none if it cannot be read."""
    names = _recorded(record, "weights")
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()


def preloaded_commits(project: Path) -> dict[str, str]:
    """The commits that a Space preloaded, by the names of the models; none where the code runs elsewhere."""
    commits = _recorded(project / RECORD, "preloaded")
    if not isinstance(commits, dict):
        return {}
    return {name: commit for name, commit in commits.items() if isinstance(commit, str) and COMMIT.fullmatch(commit)}


def _recorded(record: Path, key: str) -> object:
    # Anybody who may write to the Space may have changed it.
    try:
        content = read_json(record) if is_there(record) else None
    except ReleaseError:
        return None
    return content.get(key) if isinstance(content, dict) else None


def space_requirements(text: str) -> str:
    """The project's requirements with a bound of torch that every hardware of a Space fulfils."""
    return re.sub(r"^(torch>=[^,\n]+),.*$", rf"\1,{ZERO_GPU_TORCH}", text, flags=re.MULTILINE)


def space_card(text: str, models: Sequence[SpaceModel]) -> str:
    """The project's README with `models` and `preload_from_hub` in its front matter.

    The files of open models are fetched when the Space is built, at their commit, so that its start needs no download;
    who may read a private or gated one is not asked then.
    """
    card = SpaceCard(text)
    repositories = list(dict.fromkeys(model.repo_id for model in models))
    preloaded = [f"{model.repo_id} {','.join(model.files)} {model.commit}" for model in models if model.is_open]
    card.data["models"] = repositories or None
    card.data["preload_from_hub"] = list(dict.fromkeys(preloaded)) or None
    return str(card)
