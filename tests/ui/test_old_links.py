"""Links that version 0.1 made, or that people may have typed for it, open what they opened then.

`links_of_0_1.json` was written with that version's code: the link, the state that it opens (of the tab in front; the
other tabs are as they are by default, and so is a review's usual question, which is another one now), what of it is
refused with what is shown instead, and the link to that state.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from amgan.ui.links import from_text, to_query
from amgan.ui.state import PageState

LINKS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("links_of_0_1.json").read_text(encoding="utf-8"))


def without_later(opened: Any, old: Any) -> Any:
    """What is opened, without the fields that 0.1 did not have, which such a link leaves as they are by default."""
    if not (isinstance(opened, dict) and isinstance(old, dict)):
        return opened
    assert not any(opened[name] for name in opened.keys() - old.keys())
    return {name: without_later(opened[name], old[name]) for name in old}


@pytest.mark.parametrize("row", LINKS, ids=lambda row: row["link"][:60] or "empty")
def test_a_link_of_0_1_opens_as_before(row: dict[str, Any]) -> None:
    state, problems = from_text(row["link"])
    expected = {**asdict(PageState()), **row["opens"]}
    expected = json.loads(json.dumps(expected))
    assert without_later(json.loads(json.dumps(asdict(state))), expected) == expected
    assert sorted([problem.key, problem.value, problem.instead] for problem in problems) == row["refused"]
    assert to_query(state) == row["written"]


def test_the_list_covers_every_tab_and_key() -> None:
    assert len(LINKS) >= 60
    assert {row["opens"]["tab"] for row in LINKS} == {"sample", "interpolate", "batch", "review", "about"}
    written = {part.split("=")[0] for row in LINKS for part in row["written"].lstrip("?").split("&")}
    keys = """model rev tab class n seed like alike truncation from from_class via1 via1_class via2 via2_class to
        to_class frames method loop easing speed classes format confidence title question scale target against
        against_rev"""
    assert written >= set(keys.split())
