"""How many acts a person needs to label photos with the help of a project, and how right the labels are then.

``python -m benchmarks.labelling --data groceries --classes apple banana milk tomato --each 75`` throws the labels of so
many photos of each class away. A simulated person who knows them names each group by what most of it shows, then looks
through pages of doubtful labels, moves those that are wrong and keeps the others, until a page has no wrong one. Each
group named, photo moved and page kept is one act. With ``--project DIR`` the project is kept, to be trained.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import tyro

from amgan.data.file_tree import files_below
from amgan.projects.bringing import bring
from amgan.projects.folder import Project
from amgan.projects.labelling import PAGE, Labelling


@dataclass(frozen=True)
class Options:
    """Label photos whose classes are known as a person would who knows them.

    Attributes:
        data: A folder with one subfolder of photos a class.
        classes: Subfolders that are taken; all if none are named.
        each: Photos of each class, chosen at random; all of a smaller one.
        seeds: How many choices of photos are tried.
        groups: How many groups are asked for, in place of the proposed number.
        project: Keep the project of the first choice of photos there.
    """

    data: Path
    classes: tuple[str, ...] = ()
    each: int = 75
    seeds: int = 1
    groups: int | None = None
    project: Path | None = None


def main(options: Options) -> None:
    """Label each choice, and print what it took."""
    classes = options.classes or sorted(path.name for path in options.data.iterdir() if path.is_dir())
    for seed in range(options.seeds):
        taken = {name: chosen(options.data / name, options.each, seed) for name in classes}
        with tempfile.TemporaryDirectory() as place:
            kept = options.project if seed == 0 else None
            project = Project.create(kept or Path(place) / "project", "labelling")
            bring(project, [str(file) for files in taken.values() for file in files], "simulated")
            known = {file.name: name for name, files in taken.items() for file in files}
            truth = {photo: known[was] for photo, was in Labelling(project, "simulated").labels.names.items()}
            print(f"seed {seed}: {len(truth)} photos of {len(classes)} classes")
            _label(Labelling(project, "simulated"), truth, options.groups)


def _label(labelling: Labelling, truth: dict[str, str], groups: int | None) -> None:
    acts = 0
    if groups is not None:
        labelling.set_groups(groups)
        acts += 1
    for number, photos in enumerate(labelling.groups(), 1):
        labelling.name(number, Counter(truth[photo] for photo in photos).most_common(1)[0][0])
        acts += 1
    print(f"  {acts} acts, every group named: {_right(labelling, truth):.1%} right")
    while page := labelling.doubts()[:PAGE]:
        classes = labelling.labels.classes
        wrong = [one.photo for one in page if classes[one.photo] != truth[one.photo]]
        for photo in wrong:
            labelling.move(truth[photo], [photo])
        if kept := [one.photo for one in page if one.photo not in wrong]:
            labelling.keep(kept)
        acts += len(wrong) + bool(kept)
        print(f"  {acts} acts, {len(wrong)} of {len(page)} moved: {_right(labelling, truth):.1%} right")
        if not wrong:
            break


def _right(labelling: Labelling, truth: dict[str, str]) -> float:
    classes = labelling.labels.classes
    return sum(classes.get(photo) == name for photo, name in truth.items()) / len(truth)


def chosen(folder: Path, count: int, seed: int) -> list[Path]:
    files = sorted(files_below(folder))
    return random.Random(seed).sample(files, min(count, len(files)))


if __name__ == "__main__":
    main(tyro.cli(Options))
