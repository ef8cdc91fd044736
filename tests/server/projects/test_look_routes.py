"""What came of a training, over HTTP: classes are called as whoever asks calls them."""

from __future__ import annotations

from amgan.projects.looking import Lack, Look, Pair
from amgan.projects.runs import Run
from amgan.server.projects import look_routes
from tests.models import saved
from tests.server.projects.conftest import LIST


def test_what_a_class_lacks_is_told_by_what_its_reader_calls_it(client, room, monkeypatch):
    address = f"{LIST}/{client.post(LIST, json={'title': 'Bags'}).json()['name']}"
    run = Run(room.open(address.rpartition("/")[2]).runs / "1-good", "good", 32, "")
    run.write()
    release = saved(run.folder / "release")
    (release / "README.md").write_text("---\nclass_names: {ja: {Bag: バッグ}}\n---\n", encoding="utf-8")
    lacks = (Lack("Bag", "mistaken", 0.5, "Sneaker"), Lack("Sneaker", "mistaken", 0.5, "Bag"))
    found = Look("0" * 40, 10, 0.0, (Pair("Bag", 1, "a.png", 0.5),), lacks)
    monkeypatch.setattr(look_routes, "read_look", lambda run: found)
    for lang, bag in (("ja", "バッグ"), ("en", "Bag")):
        look = client.get(f"{address}/runs/1-good/look", params={"lang": lang}).json()
        assert [(one["name"], one["other"]) for one in look["lacks"]] == [(bag, "Sneaker"), ("Sneaker", bag)]
        assert look["pairs"][0]["name"] == bag
