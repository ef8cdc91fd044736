"""What lies beside a model for a Hugging Face Inference Endpoint: a handler, and the part of the package that draws."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from amgan.hub.space_files import PACKAGE, REQUIREMENTS, package_files, project_folder

HANDLER = "handler.py"
MARK = "# Written by `python -m amgan push --endpoint`; written anew by each of them."
HANDLER_TEXT = f'''{MARK}
"""The handler of an Inference Endpoint."""

from amgan.endpoint import EndpointHandler

__all__ = ["EndpointHandler"]
'''

LEFT_OUT = frozenset(
    ("__main__.py", "bulk", "cli", "engine", "export", "projects", "reviews", "server", "training", "ui")
)
"""Of the package: what an endpoint has no use for."""

NEEDED = ("huggingface-hub", "jinja2", "markupsafe", "numpy", "pillow", "pydantic", "safetensors", "torch",
          "typing-extensions")  # fmt: skip
"""Of requirements.txt: what the rest of the package imports."""


def endpoint_files() -> dict[str, Path | bytes]:
    """What goes up beside the release, by its path in the repository.

    Raises:
        PublishError: the package was installed without the project around it.
    """
    project = project_folder()
    package = project / PACKAGE
    files: dict[str, Path | bytes] = {
        file.relative_to(project).as_posix(): file
        for file in package_files(project)
        if file.relative_to(package).parts[0] not in LEFT_OUT
    }
    requirements = (project / REQUIREMENTS).read_text(encoding="utf-8").splitlines()
    needed = [line for line in requirements if re.split(r"[<>=\[]", line)[0] in NEEDED]
    return files | {HANDLER: HANDLER_TEXT.encode(), REQUIREMENTS: ("\n".join(needed) + "\n").encode()}


def outdated(there: Iterable[str], files: Iterable[str]) -> list[str]:
    """What of a repository an earlier push put there for an endpoint, and this one does not."""
    return sorted(name for name in set(there) - set(files) if name.startswith(f"{PACKAGE}/"))


def is_ours(handler: bytes) -> bool:
    """Whether a handler is one that a push wrote."""
    return handler.startswith(MARK.encode())
