"""The model card on the page: a stranger's Markdown, without its HTML and without other servers' pictures."""

from __future__ import annotations

import re
import shlex
import time
from base64 import b64decode
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.engine.hub_entry import HubEntry
from amgan.engine.shelf_entry import FolderEntry
from amgan.languages.reading import LANGUAGES
from amgan.model import AMGAN
from amgan.networks.architectures import ARCHITECTURES
from amgan.release.card_file import MAX_CARD_BYTES
from amgan.server.schemas import ImagesRequest
from amgan.ui.about_tab import MAX_PICTURE_BYTES, card_markdown, code_html, facts_html
from amgan.ui.words import ENGLISH, words_in
from tests.models import tiny_config
from tests.ui.models import NAMES, tiny_model

FRONT = "---\nlicense: apache-2.0\ntags: [gan]\n---\n"


def card(folder: Path, text: str) -> str:
    (folder / "README.md").write_text(text, encoding="utf-8")
    return card_markdown(folder)


def test_no_card_is_no_text(tmp_path: Path) -> None:
    assert card_markdown(tmp_path) == ""


def test_the_front_matter_goes_and_the_text_stays(tmp_path: Path) -> None:
    body = "# A model\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```python\nx < y  # ![](http://a)\n```\n\n---\n\nend"
    assert card(tmp_path, FRONT + "\n" + body + "\n") == body


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=https://elsewhere.example/a.png>",
        "\\<iframe src=https://elsewhere.example></iframe>",
        "![x](https://elsewhere.example/a.png)",
        '![x](https://elsewhere.example/a.png "title")',
        "![x][ref]\n\n[ref]: https://elsewhere.example/a.png",
        "![ref]\n\n[ref]: https://elsewhere.example/a.png",
        "![of two\nlines](https://elsewhere.example/a.png)",
        f"![{'long' * 200}](https://elsewhere.example/a.png)",
        f"![x](https://elsewhere.example/a.png?{'long' * 200})",
        "![![x](y)](https://elsewhere.example/a.png)",
        "![!](y)[x](https://elsewhere.example/a.png)",
        "\n```a```\n![x](https://elsewhere.example/a.png)\n```\n",
        "\n~~~\n```\n~~~\n![x](https://elsewhere.example/a.png)\n```\n",
        "\n```\n```a\n```\n![x](https://elsewhere.example/a.png)\n```\n",
        "\n```\na\r```\r![x](https://elsewhere.example/a.png)\n```\n",
        "\n- a\n  ```\nb\n\n![x](https://elsewhere.example/a.png)\n  ```\n",
    ],
)
def test_no_markup_and_no_picture_of_a_stranger(tmp_path: Path, evil: str) -> None:
    text = card(tmp_path, f"before {evil} after")
    assert "![" not in text
    assert "<" not in text
    assert text.startswith("before ")
    assert text.endswith("after") or "[ref]:" in text


@pytest.mark.parametrize("name", ["samples.png", "evaluation.png"])
def test_the_releases_own_pictures_are_put_in(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"picture")
    assert card(tmp_path, f"![A sheet]({name})") == "![A sheet](data:image/png;base64,cGljdHVyZQ==)"
    (tmp_path / name).write_bytes(bytes(MAX_PICTURE_BYTES + 1))
    assert card(tmp_path, f"![A sheet]({name})") == "A sheet"
    (tmp_path / name).unlink()
    assert card(tmp_path, f"![A sheet]({name})") == "A sheet"


def test_each_picture_stands_in_its_place_and_no_other_file_is_read(tmp_path: Path) -> None:
    for name in ("samples.png", "evaluation.png", "other.png"):
        (tmp_path / name).write_bytes(name.encode())
    text = card(tmp_path, "![a](evaluation.png) ![b](samples.png) ![c](other.png) ![d](./evaluation.png) ![e](../x)")
    shown = [b64decode(data).decode() for data in re.findall(r"base64,([^)]*)\)", text)]
    assert shown == ["evaluation.png", "samples.png"]
    assert text.endswith(" c d e")


@pytest.mark.parametrize("opening", ["![", "![](", "![][", "![a](b", "<a ![", "!", "```\n", "a\n", "- ", "> 1. "])
def test_a_hostile_card_costs_no_more_than_its_length(tmp_path: Path, opening: str) -> None:
    begun = time.process_time()
    card(tmp_path, opening * (MAX_CARD_BYTES // len(opening)))
    assert time.process_time() - begun < 2.0


@given(text=st.text("<>![]()`\\-\n ab/", max_size=80))
def test_any_card_can_be_shown(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    shown = card(tmp_path_factory.mktemp("card"), text)
    if "```" not in text:
        assert "![" not in shown or "](" not in shown
        assert all(f"<{letter}" not in shown for letter in "ab/!")


def test_the_facts_are_escaped_and_the_code_runs() -> None:
    model = tiny_model()
    model.metrics = {"inception_score": 4.5, "training": {"steps": 3}, "flag": True}
    html = facts_html("<name>", model, ENGLISH)
    assert "<name>" not in html
    assert "&lt;b&gt;" in html
    assert "<dt>inception score</dt><dd>4.5</dd>" in html
    assert "steps" not in html
    assert "flag" not in html
    assert ENGLISH.licence in html
    assert ENGLISH.licence not in facts_html("user/shoes", model, ENGLISH, is_ours=False)
    loading = "AMGAN.from_pretrained('<toy>')"
    code = unescape(re.sub("<[^>]*>", "", code_html(loading, "it's", model, ENGLISH, over_http=False)))
    code = code.removeprefix(ENGLISH.python_use)
    compile(code, "example", "exec")
    assert "model = AMGAN.from_pretrained('<toy>')" in code.splitlines()
    assert NAMES[0] in code


def test_the_terminals_line_asks_for_what_there_is():
    model = tiny_model()
    both = unescape(re.sub("<[^>]*>", "", code_html("loaded", "it's", model, ENGLISH, over_http=True)))
    words = shlex.split(both.rpartition(ENGLISH.http_use)[2])
    assert words[:2] == ["curl", "http://127.0.0.1:7860/v1/images"]
    asked = ImagesRequest.model_validate_json(words[words.index("-d") + 1])
    assert (asked.model, asked.labels, asked.n) == ("it's", NAMES[0], 16)


def test_the_facts_say_how_the_model_was_made(two_heads: str) -> None:
    config = tiny_config(architecture=two_heads)
    model = SimpleNamespace(config=config, revision="0", metrics={}, class_names_in=lambda lang: config.class_names)
    html = facts_html("m", model, ENGLISH)
    assert f"<dt>{ENGLISH.fact_made}</dt><dd>Two heads_&lt;b&gt;.</dd>" in html


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_how_the_model_was_made_is_told_in_the_readers_language(architecture: str, lang: str) -> None:
    model, words = AMGAN(tiny_config(architecture=architecture)), words_in(lang)
    html = facts_html("m", model, words).replace(' class="ag-long"', "")
    told = unescape(html.partition(f"<dt>{words.fact_made}</dt><dd>")[2].partition("</dd>")[0])
    assert told == model.config.nets.sentence(lang)
    assert ("paper" in told) == (lang == "en")


def test_numbers_that_are_none_are_not_shown() -> None:
    model = tiny_model()
    model.metrics = {"large": 10**400, "small": -(10**400), "inf": float("inf"), "nan": float("nan"), "fine": -2}
    html = facts_html("toy", model, ENGLISH)
    assert "<dt>fine</dt><dd>-2</dd>" in html
    assert not any(f"<dt>{name}</dt>" in html for name in ("large", "small", "inf", "nan"))


def test_each_kind_of_model_says_how_it_is_loaded(tmp_path: Path) -> None:
    assert FolderEntry(tmp_path / "toy").loading_code("f" * 40) == "AMGAN.from_pretrained('weights/toy')"
    for entry in (HubEntry.parse("user/shoes"), HubEntry.parse("user/shoes@v1")):
        assert entry.loading_code("f" * 40) == f'AMGAN.from_pretrained("user/shoes", revision="{"f" * 40}")'
