"""A person labels the photos of a project: groups named, single photos moved, proposals confirmed, all to be undone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from amgan.data.reasons import Reason
from amgan.errors import RequestError
from amgan.projects.acts import Act
from amgan.projects.folder import Project
from amgan.projects.grouping import Groups, Guess, proposals, second_looks
from amgan.projects.labels import Labels, found_right, labels_of, standing
from amgan.projects.looks import Looks, look
from amgan.projects.problems import Problem, doubtful, problems_of

PAGE = 24
"""So many doubtful labels are shown at once."""

SURE = 0.9
"""A label is borne out that a photo looks so surely like; where others are wrong alike, wrong ones are, too."""


@dataclass(frozen=True)
class Proposal:
    """The class that a photo looks like, and how surely, 0 to 1."""

    photo: str
    label: str
    sure: float


class Sight:
    """What was found out of the photos of a project, once for all who label it in this process."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.looks: Looks | None = None
        self.groups: Groups | None = None
        self.second: tuple[dict[str, str | None], list[Guess]] = ({}, [])
        """Second looks, and the labels of photos that they are of."""


class Labelling:
    """What one person sees and does; another one may label the same project meanwhile."""

    def __init__(
        self,
        project: Project,
        who: str,
        told: Callable[[int], None] = lambda count: None,
        sight: Sight | None = None,
    ) -> None:
        """Begin, or go on.

        Args:
            project: Which.
            who: The person, for the log.
            told: Is told how many photos are to be looked at before that is done, once a photo.
            sight: What others found out who label the project in this process; None for nobody.
        """
        self.project, self.who, self._told = project, who, told
        self._sight = sight or Sight()

    @property
    def labels(self) -> Labels:
        """The labels as they stand, with what others did meanwhile."""
        return labels_of(self.project.log.read())

    def groups(self) -> list[list[str]]:
        """Photos in groups of alike ones, the largest first, whatever their labels: only new photos change them."""
        labels = self.labels
        with self._sight.lock:
            looks = self._look(labels)
            groups = self._sight.groups = self._sight.groups or Groups(looks.features.numpy())
            numbers = groups.of(labels.groups or groups.proposed)
        found: dict[int, list[str]] = {}
        for name, number in zip(looks.names, numbers.tolist()):
            found.setdefault(number, []).append(name)
        return [[name for name in found[number] if name not in labels.left_out] for number in sorted(found)]

    def set_groups(self, count: int) -> Act:
        """Ask for more or fewer groups.

        Raises:
            RequestError: more than there are photos, or none.
        """
        if not 1 <= count <= max(1, len(self.labels.names)):
            values = {"most": str(len(self.labels.names)), "count": str(count)}
            raise RequestError(Reason("bad_groups", values))
        return self._add("groups", count=count)

    def name(self, number: int, label: str) -> Act:
        """Give the photos of a group that are still open a class.

        Args:
            number: Of the group, from 1.
            label: The class, known or new.

        Raises:
            RequestError: no such group, nothing open in it, or no name for a class.
        """
        groups, labels = self.groups(), self.labels
        if not 1 <= number <= len(groups):
            raise RequestError(f"no group {number}; there are 1 to {len(groups)}")
        photos = [photo for photo in groups[number - 1] if photo not in labels.classes]
        if not photos:
            raise RequestError(f"all photos of group {number} have a class; move those that are wrong")
        return self._label(labels, dict.fromkeys(photos, label), looked=False)

    def name_photos(self, label: str, photos: Sequence[str]) -> Act:
        """Give those photos of some that are still open a class, at which nobody looked one by one.

        Raises:
            RequestError: there is no such photo, all have a class, or no name for a class.
        """
        labels = self.labels
        found = [photo for photo in self._named(labels, photos) if photo not in labels.classes]
        if not found:
            raise RequestError(Reason("all_have_class"))
        return self._label(labels, dict.fromkeys(found, label), looked=False)

    def move(self, label: str | None, photos: Sequence[str]) -> Act:
        """Give single photos a class, known or new; None lets them be open again.

        Raises:
            RequestError: there is no such photo, or no photo is named.
        """
        labels = self.labels
        return self._label(labels, dict.fromkeys(self._named(labels, photos), label), looked=label is not None)

    def leave_out(self, photos: Sequence[str]) -> Act:
        """Say of photos that they are no part of this.

        Raises:
            RequestError: there is no such photo, or no photo is named.
        """
        return self._add("leave-out", photos=self._named(self.labels, photos))

    def keep(self, photos: Sequence[str]) -> Act:
        """Say of photos that were looked at that their labels are right.

        Raises:
            RequestError: there is no such photo, one has no label, or no photo is named.
        """
        labels = self.labels
        found = self._named(labels, photos)
        if bare := [photo for photo in found if photo not in labels.classes]:
            raise RequestError(Reason("has_no_class", {"photo": bare[0]}))
        return self._add("seen", photos=found)

    def proposals(self) -> list[Proposal]:
        """Classes for the open photos, the least sure first; none as long as fewer than two classes have a photo."""
        labels = self.labels
        looks = self.looks(labels)
        return [
            Proposal(looks.names[guess.row], guess.label, guess.sure)
            for guess in proposals(looks.features.numpy(), _classes(labels, looks))
        ]

    def confirm(self, label: str | None = None, least: float = 0.0) -> Act:
        """Take proposals in bulk.

        Args:
            label: Only those of this class.
            least: Only those that are at least so sure, 0 to 1.

        Raises:
            RequestError: there are none.
        """
        labels = self.labels
        wanted = None if label is None else labels.class_of(label)
        taken = {one.photo: one.label for one in self.proposals() if one.sure >= least and wanted in (None, one.label)}
        if not taken:
            raise RequestError(Reason("nothing_proposed"))
        return self._label(labels, taken, looked=False)

    def doubts(self) -> list[Proposal]:
        """What labelled photos that nobody looked at look like to the others, the most doubtful labels first."""
        labels = self.labels
        looks = self.looks(labels)
        return [
            Proposal(looks.names[guess.row], guess.label, guess.sure)
            for guess in doubtful(labels, looks, self._second(labels, looks))
        ]

    def to_check(self) -> list[Proposal]:
        """The doubts that are worth a look: labels not borne out, and more as long as wrong ones are found."""
        acts = self.project.log.read()
        classes, doubts = labels_of(acts).classes, self.doubts()
        unsure = sum(one.label != classes.get(one.photo) or one.sure < SURE for one in doubts)
        # A page that is moved from is filled up before it is kept, so what is kept last has no wrong one by itself.
        right = found_right(acts)[-2 * PAGE :]
        return doubts[: unsure if len(right) >= PAGE and all(right) else max(PAGE, unsure)]

    def problems(self) -> list[Problem]:
        """What stands between these photos and a good model."""
        labels = self.labels
        looks = self.looks(labels)
        return problems_of(labels, looks, self._second(labels, looks))

    def undo(self, act_id: str | None = None) -> Act:
        """Undo an act: by its id, or the last one of this person.

        Returns:
            The act that is undone.

        Raises:
            RequestError: there is no such act, or nothing to undo.
        """
        acts = standing(self.project.log.read())
        if act_id is None:
            acts = [act for act in acts if act.who == self.who and act.do not in ("undo", "add")]
        found = [act for act in acts if act_id is None or act.id == act_id]
        if not found:
            raise RequestError(Reason("nothing_to_undo") if act_id is None else f"no act {act_id!r:.20} that stands")
        self._add("undo", undoes=found[-1].id)
        return found[-1]

    def looks(self, labels: Labels) -> Looks:
        """What is known of the photos that are part of the project."""
        return self._look(labels).only(labels.photos)

    def _look(self, labels: Labels) -> Looks:
        sight = self._sight
        with sight.lock:
            if sight.looks is None or sight.looks.names != tuple(labels.names):
                sight.looks, sight.groups = look(self.project, list(labels.names), self._told), None
            return sight.looks

    def _second(self, labels: Labels, looks: Looks) -> list[Guess]:
        sight, classes = self._sight, _classes(labels, looks)
        own = dict(zip(looks.names, classes))
        with sight.lock:
            if sight.second[0] != own:
                sight.second = (own, second_looks(looks.features.numpy(), classes))
            return sight.second[1]

    def _named(self, labels: Labels, photos: Iterable[str]) -> list[str]:
        found = list(dict.fromkeys(map(labels.photo, photos)))
        if not found:
            raise RequestError(Reason("name_photos"))
        return found

    def _label(self, labels: Labels, wanted: Mapping[str, str | None], looked: bool) -> Act:
        known = {label: None if label is None else labels.class_of(label) for label in set(wanted.values())}
        return self._add("label", labels={photo: known[label] for photo, label in wanted.items()}, looked=looked)

    def _add(self, do: str, **content: object) -> Act:
        return self.project.log.add(do, self.who, **content)


def _classes(labels: Labels, looks: Looks) -> list[str | None]:
    return [labels.classes.get(name) for name in looks.names]
