"""The models of projects: what their classes are called to a reader."""

from __future__ import annotations

import pytest

from amgan.projects.folder import Project
from amgan.projects.looking import Lack
from amgan.projects.models import class_texts_of
from amgan.projects.runs import Run, run_of
from amgan.projects.words import ProjectWords
from tests.models import saved

CARD = "---\nclass_names: {ja: {Bag: バッグ}}\n---\n"


@pytest.fixture
def project(tmp_path):
    """One of three trainings: a model with a card, one without, and none yet."""
    project = Project.create(tmp_path / "bags", "Bags")
    for number in (1, 2, 3):
        Run(project.runs / f"{number}-good", "good", 32, "").write()
    for number in (1, 2):
        saved(project.runs / f"{number}-good" / "release", seed=number)
    (project.runs / "1-good" / "release" / "README.md").write_text(CARD, encoding="utf-8")
    return project


def test_the_newest_card_that_says_it_in_the_language_counts(project):
    assert run_of(project, "2-good").model
    assert class_texts_of(project, "ja") == {"Bag": "バッグ"}
    assert class_texts_of(project, "en") == {}
    newer = project.runs / "2-good" / "release" / "README.md"
    newer.write_text(CARD.replace("バッグ", "かばん"), encoding="utf-8")
    assert class_texts_of(project, "ja") == {"Bag": "かばん"}
    (project.runs / "2-good" / "release" / "config.json").write_text("{}")
    assert class_texts_of(project, "ja") == {"Bag": "バッグ"}


def test_what_is_said_of_a_class_calls_it_as_its_reader_does(project):
    words = ProjectWords("ja", class_texts_of(project, "ja"))
    said = words.lack(Lack("Bag", "mistaken", 0.5, "Sneaker")) + words.lack(Lack("Sneaker", "mistaken", 0.5, "Bag"))
    assert said.count("バッグ") == said.count("Sneaker") == 2
    assert "Bag" not in said
    assert words.results.group("Bag") == "バッグ"
