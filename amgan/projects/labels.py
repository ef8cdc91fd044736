"""What the acts of a project come to: the class of each photo, and what is still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from amgan.data.class_folders import alike, natural_order
from amgan.data.reasons import Reason
from amgan.errors import RequestError
from amgan.projects.acts import Act, class_name

SHORT = 6
"""So many letters of a photo's name are shown; where two share them, more must be written."""


@dataclass
class Labels:
    """The labels as they stand.

    Attributes:
        names: All photos, with what each was called, in the order in which they came.
        classes: Class of each photo that has one, those left out among them.
        left_out: Photos that are no part of the project.
        looked: Photos at whose label somebody looked.
        groups: The number of groups that somebody asked for; None for the proposed one.
    """

    names: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    looked: set[str] = field(default_factory=set)
    groups: int | None = None

    @property
    def photos(self) -> list[str]:
        """Those that are part of the project."""
        return [name for name in self.names if name not in self.left_out]

    @property
    def open(self) -> list[str]:
        """Those of them without a class."""
        return [name for name in self.photos if name not in self.classes]

    @property
    def labelled(self) -> list[str]:
        """Those of them with one."""
        return [name for name in self.photos if name in self.classes]

    @property
    def counts(self) -> dict[str, int]:
        """How many photos each class has, in natural order."""
        counts = Counter(self.classes[name] for name in self.labelled)
        return {name: counts[name] for name in sorted(counts, key=natural_order)}

    def class_of(self, text: str) -> str:
        """A class as it is called already, in whatever capitals it is typed, or a new one.

        Raises:
            RequestError: it cannot be the name of a class.
        """
        wanted = class_name(text)
        return next((name for name in self.counts if alike(name) == alike(wanted)), wanted)

    def photo(self, text: str) -> str:
        """A photo by its name, the first letters of it, or what it was called.

        Raises:
            RequestError: there is none, or several.
        """
        found = [text] if text in self.names else []
        if not found and len(text) >= 3:
            found = [name for name in self.names if name.startswith(text.lower())]
        found = found or [name for name, was in self.names.items() if was == text]
        if len(found) != 1:
            values = {"name": f"{text!r:.80}", "photos": " or ".join(found[:3])}
            raise RequestError(Reason("several_photos" if found else "no_photo", values))
        return found[0]


def standing(acts: Iterable[Act]) -> list[Act]:
    """The acts that were not undone, each once: two copies of a project put together may have it twice."""
    found = list({act.id: act for act in acts}.values())
    void: set[str] = set()
    for act in reversed(found):
        if act.do == "undo" and act.id not in void:
            void.add(act.undoes)
    return [act for act in found if act.id not in void]


def labels_of(acts: Iterable[Act]) -> Labels:
    """The labels after these acts."""
    labels = Labels()
    for act in standing(acts):
        labels.names |= {photo: name for photo, name in act.added.items() if photo not in labels.names}
        for photo, name in act.labels.items():
            labels.left_out.discard(photo)
            labels.looked.discard(photo)
            if name is None:
                labels.classes.pop(photo, None)
            else:
                labels.classes[photo] = name
        if act.do == "leave-out":
            labels.left_out.update(act.photos)
        if act.do == "seen" or act.looked:
            labels.looked.update(act.photos, act.labels)
        if act.do == "groups":
            labels.groups = act.count
    labels.classes = {photo: name for photo, name in labels.classes.items() if photo in labels.names}
    return labels


def found_right(acts: Iterable[Act]) -> list[bool]:
    """Of each label at which somebody looked, in that order, whether it was right: kept, and not moved elsewhere."""
    found: list[bool] = []
    classes: dict[str, str | None] = {}
    for act in standing(acts):
        if act.do == "seen":
            found += [True] * len(act.photos)
        if act.looked:
            found += [classes.get(photo) in (None, label) for photo, label in act.labels.items()]
        classes |= act.labels
    return found
