"""The projects that are being labelled in a server: what was found out of their photos is kept for who comes next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling, Sight

MOST_KEPT = 4
"""So many projects: what is known of 5,000 photos takes a hundred megabytes."""


class LabelDesks:
    """Those of a server, for threads that ask at once."""

    def __init__(self) -> None:
        self._sights: OrderedDict[Path, Sight] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, project: Project, who: str) -> Labelling:
        """A project as one person labels it."""
        with self._lock:
            sight = self._sights.setdefault(project.folder, Sight())
            self._sights.move_to_end(project.folder)
            while len(self._sights) > MOST_KEPT:
                self._sights.popitem(last=False)
        return Labelling(project, who, sight=sight)
