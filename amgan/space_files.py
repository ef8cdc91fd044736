"""What a Space is made of: the app, the package, the models in weights/, a README that says what to preload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import SpaceCard

from amgan.errors import PublishError
from amgan.release import CONFIG_FILE, RELEASE_FILES

CARD = "README.md"
SINGLE_FILES = ("app.py", "requirements.txt", "LICENSE")
PACKAGE, WEIGHTS = "amgan", "weights"
PACKAGE_SUFFIXES = (".py", ".css", ".js", ".html", ".md")
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
    folder = Path(__file__).resolve().parents[1]
    for name in (CARD, *SINGLE_FILES):
        if not (folder / name).is_file():
            raise PublishError(f"{folder} holds the package but no {name}: make a Space from a checkout of the project")
    return folder


def space_files(project: Path, models: Sequence[SpaceModel]) -> dict[str, Path | bytes]:
    """What goes up, by its path in the Space. Tests, runs, caches and hidden files are not among it.

    Args:
        project: The project's folder.
        models: Those of the Hub that the Space shows beside weights/.
    """
    found = [project / name for name in SINGLE_FILES]
    found += [file for file in (project / PACKAGE).rglob("*") if file.suffix in PACKAGE_SUFFIXES]
    for config in (project / WEIGHTS).glob(f"*/{CONFIG_FILE}"):
        found += [config.parent / name for name in RELEASE_FILES]
    files: dict[str, Path | bytes] = {}
    for file in sorted(found):
        path = file.relative_to(project)
        is_hidden = any(part.startswith(".") for part in path.parts)
        if file.is_file() and not file.is_symlink() and not is_hidden:
            files[path.as_posix()] = file
    text = (project / CARD).read_bytes().decode("utf-8")
    return files | {CARD: space_card(text, models).encode()}


def is_ours(path: str) -> bool:
    """Whether a file of a Space is one that updates put there, so that they may remove it."""
    return path in (CARD, *SINGLE_FILES) or path.startswith((f"{PACKAGE}/", f"{WEIGHTS}/"))


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
