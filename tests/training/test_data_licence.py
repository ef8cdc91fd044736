"""The licence of the pictures is what somebody says who can know it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from huggingface_hub import DatasetCardData, HfApi

from amgan.training.data_licence import DataLicence, find_data_licence, hub_id_of


@pytest.fixture
def hub(monkeypatch):
    """The licence on the card of user/shoes, and the ids that were asked for."""
    hub = SimpleNamespace(licence="mit", asked=[])

    def dataset_info(_, repo_id, timeout):
        assert 0 < timeout < 60
        hub.asked.append(repo_id)
        if isinstance(hub.licence, Exception):
            raise hub.licence
        return SimpleNamespace(card_data=None if hub.licence is None else DatasetCardData(license=hub.licence))

    monkeypatch.setattr(HfApi, "dataset_info", dataset_info)
    return hub


def test_what_the_trainer_says_counts_and_nobody_else_is_asked(hub):
    assert find_data_licence("user/shoes", " CC BY \n 4.0 ") == DataLicence("CC BY 4.0", "trainer")
    assert not hub.asked


@pytest.mark.parametrize(
    ("licence", "name"), [("mit", "mit"), (["mit", "cc0-1.0"], "mit, cc0-1.0"), (["other", "mit"], "mit")]
)
def test_the_card_of_a_hub_data_set_says_it(hub, licence, name):
    hub.licence = licence
    assert find_data_licence("user/shoes", None) == DataLicence(name, "hub")
    assert hub.asked == ["user/shoes"]


@pytest.mark.parametrize("licence", [None, "unknown", "", [], ["other"], "x" * 500, OSError("away"), ValueError("?")])
def test_what_is_not_said_is_not_known(hub, licence):
    hub.licence = licence
    assert find_data_licence("user/shoes", None) is None


def test_a_folder_has_no_card_on_the_hub(hub, tmp_path, monkeypatch):
    (tmp_path / "user" / "shoes").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for source in ("user/shoes", str(tmp_path), "photos"):
        assert hub_id_of(source) is None
        assert find_data_licence(source, None) is None
    assert not hub.asked
    assert hub_id_of("user/pets") == "user/pets"
