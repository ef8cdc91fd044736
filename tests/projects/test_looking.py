"""What is said of a model: copies are noticed, so is each kind of lack; of one as good as photos nothing is said."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from amgan.errors import ConfigError
from amgan.projects import looking
from amgan.projects.bringing import bring
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.looking import EACH, PAIRS_FILE, PHOTOS_FILE, look_at, read_look
from amgan.projects.runs import Run
from amgan.projects.words import ProjectWords
from tests.models import saved
from tests.projects.photos import KINDS, photo, pile
from tests.projects.trainings import see_little

SIDE = 64


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    place = tmp_path_factory.mktemp("looked")
    project = Project.create(place / "pilot", "A pilot")
    bring(project, [str(pile(place / "pile", each=24))], "ann")
    labelling = Labelling(project, "ann")
    for kind in KINDS:
        labelling.move(kind, [name for name, was in labelling.labels.names.items() if was.startswith(kind)])
    saved(project.runs / "1-good/release", channels=3, class_names=KINDS)
    Run(project.runs / "1-good", "good", 32, "").write()
    return project


@pytest.fixture
def look(project, monkeypatch):
    """What is said of a model that draws what a function gives for a kind and a seed."""
    see_little(monkeypatch)

    def looked(draw):
        class Model:
            revision, class_names = "0" * 40, KINDS

            @staticmethod
            def sample(labels, seeds):
                return np.stack(
                    [np.asarray(draw(kind, seed).resize((SIDE, SIDE))) for kind, seed in zip(labels, seeds)]
                )

        monkeypatch.setattr(looking.AMGAN, "from_pretrained", lambda folder: Model)
        run = Run(project.runs / "1-good", "good", 32, "")
        found = look_at(project, run)
        assert read_look(run) == found
        assert (run.folder / PAIRS_FILE).stat().st_size
        assert (run.folder / PHOTOS_FILE).stat().st_size
        return found

    return looked


def test_of_pictures_as_good_as_the_photos_nothing_is_said(look):
    found = look(lambda kind, seed: photo(kind, 700 + seed))  # of much the same colours
    assert (found.copies, found.lacks) == (False, ())
    assert found.pictures == EACH * len(KINDS)
    assert "No sign of copies" in ProjectWords().copies(found)


def test_where_a_class_has_fewer_photos_the_page_is_seen(look, project, monkeypatch):
    """White would be a box on a dark page."""
    monkeypatch.setattr(looking, "COLUMNS", 30)
    look(lambda kind, seed: photo(kind, 700 + seed))
    with Image.open(project.runs / "1-good" / PHOTOS_FILE) as sheet:
        seen = np.asarray(sheet)[..., 3]
    step = SIDE + looking.GAP
    assert (seen[:, : 24 * step - looking.GAP] == 255).all()
    assert (seen[:, 24 * step - looking.GAP :] == 0).all()


def test_copies_are_noticed_with_their_photos(look, project):
    found = look(lambda kind, seed: photo(kind, seed % 24))
    assert found.copies
    assert "may repeat photos" in ProjectWords().copies(found)
    names = Labelling(project, "ann").labels.names
    assert all(names[pair.photo].startswith(pair.name) for pair in found.pairs)


def test_each_lack_is_named_with_its_class(look):
    def draw(kind, seed):
        if kind == "disc":
            return photo("bars", 100 + seed)
        if kind == "bars":
            return photo(kind, 100)
        return photo(kind, 100 + seed).convert("L").convert("RGB")

    lacks = {(lack.name, lack.kind): lack for lack in look(draw).lacks}
    assert lacks["disc", "mistaken"].other == "bars"
    words = ProjectWords().lack(lacks["disc", "mistaken"])
    assert words == "disc: Only 0 of 100 pictures look like it; the others most like bars."
    assert ("bars", "alike") in lacks
    assert ("dusk", "pale") in lacks


@pytest.mark.parametrize("content", ["[]", "{", '{"revision": "x"}'])
def test_what_does_not_hold_what_it_should_is_said(project, content):
    run = Run(project.runs / "1-good", "good", 32, "")
    (run.folder / looking.FILE).write_text(content)
    with pytest.raises(ConfigError, match="does not hold"):
        read_look(run)
    (run.folder / looking.FILE).write_text(json.dumps({}))
    (run.folder / looking.FILE).unlink()
    assert read_look(run) is None
