"""A project that can be trained, and trainings that end when a test says so, with a model that is there already."""

from __future__ import annotations

import sys
from pathlib import Path

import torch.nn.functional as F

from amgan.networks.efficientnet import CHANNELS
from amgan.projects import asking, looking, looks, queue
from amgan.projects.bringing import bring
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import Run
from tests.models import saved
from tests.projects.photos import KINDS, pile

SHORT = """
import os, shutil, sys, time
folder, model, gate = sys.argv[1:]
os.makedirs(folder + "/sheets", exist_ok=True)
shutil.copy(model + "/samples.png", folder + "/sheets/step-000000010.png")
print("step 10/40  D 1.0  G 2.0  real: 0.70 on real, 0.30 on generated  99 images/s  7 min left  pictures still change",
      flush=True)
while not os.path.exists(gate): time.sleep(0.02)
shutil.copytree(model, folder + "/release", dirs_exist_ok=True)
"""


def labelled_project(room: ProjectRoom, scratch: Path) -> Project:
    """A project of 12 labelled photos of three classes."""
    project = room.create("Spring <b>bags</b>")
    bring(project, [str(pile(scratch / "pile", each=4))], "ann")
    labelling = Labelling(project, "ann")
    for kind in KINDS:
        labelling.move(kind, [photo for photo, was in labelling.labels.names.items() if was.startswith(kind)])
    return project


def shorten_trainings(monkeypatch, scratch: Path) -> Path:
    """Trainings end as soon as the file that is given back exists; each time with another model."""
    gate, models = scratch / "gate", []

    def command(run: Run, project: Project) -> list[str]:
        models.append(scratch / f"model{len(models)}")
        saved(models[-1], labeling="predefined", channels=3, class_names=KINDS, seed=len(models))
        return [sys.executable, "-c", SHORT, str(run.folder), str(models[-1]), str(gate)]

    monkeypatch.setattr(Run, "command", command)
    monkeypatch.setattr(queue, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(queue, "_look_at", looking.look_at)
    return gate


def see_little(monkeypatch) -> None:
    """The frozen net sees nothing but colours, which takes no time."""

    def colours(images, net):
        seen = F.adaptive_avg_pool2d(images.float(), 4).flatten(1)
        return F.pad(seen, (0, sum(CHANNELS) - seen.shape[1]))

    for module in (looks, looking, asking):
        monkeypatch.setattr(module, "features_of", colours)
        monkeypatch.setattr(module, "FrozenEfficientNet", lambda pretrained: None)
