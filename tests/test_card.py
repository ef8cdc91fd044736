"""The card says what was measured, and no name in it can say anything else."""

from __future__ import annotations

import re

import pytest
from huggingface_hub import ModelCard
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.card import model_card
from amgan.errors import ReleaseError
from amgan.objectives import OBJECTIVES
from tests.models import message, tiny_config

TRAINING = {
    "data": "shoes", "pictures": 60_000, "fit": "pad", "command": "python -m amgan train --data shoes --out x",
    "steps": 9000, "pictures_seen": 576_000, "seconds": 5400, "machine": "2 CPU thread(s), x86_64", "processes": 1,
    "precision": "bf16", "software": "amgan 0.1.0, torch 2.13.0", "date": "2030-01-02",
}  # fmt: skip
LABELLING = {
    "protocol": "seeds 0 to 99, any class", "pictures": 2048, "class_share": {"Sneaker": 0.25, "Bag": 0.75},
    "kept_at_confidence": {"0": 1.0, "0.5": 0.9, "0.95": 0.32},
    "seed_index": {"seeds": 64, "confidence": 0.5, "mean_draws": 3.5, "most_draws": 99, "not_found": 7},
}  # fmt: skip
AGREEMENT = {"protocol": "judge: 91 % right", "at_confidence": {"0": 0.875, "0.9": 0.991, "0.99": None}}
METRICS = {"training": TRAINING, "labelling": LABELLING, "agreement": AGREEMENT}
HOSTILE = [
    "| x | y |", "<script>alert(1)</script>", "[a](https://b.c)", "![a](b)", "`code`", "```", "# Head", "**bold**",
    "$x$", "&lt;", "\\", "---", "*", "_a_", "~~a~~", "<!--", "'); import os #",
]  # fmt: skip


def prose(card: ModelCard) -> str:
    """The card's text without its code blocks."""
    return re.sub(r"^```.*?^```$", "", card.text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
@pytest.mark.parametrize("metrics", [{}, METRICS, {"training": TRAINING}, {"labelling": LABELLING}])
def test_every_model_has_a_card_with_front_matter(objective, labeling, metrics):
    card = model_card(tiny_config(objective=objective, labeling=labeling), metrics)
    read = ModelCard(str(card))
    assert read.data.library_name == "amgan"
    assert read.data.license == "apache-2.0"
    assert read.data.pipeline_tag == "unconditional-image-generation"
    assert {objective, f"{labeling}-labeling"} <= set(read.data.tags)
    assert f"# {objective} with {labeling} labeling, 32x32 grey" in read.text
    assert ("## Training" in read.text) == ("training" in metrics)
    assert ("## How D labels" in read.text) == ("labelling" in metrics)
    assert "(samples.png)" in read.text
    assert "1703.02000" in read.text
    assert "None" not in read.text


def test_it_says_what_was_measured():
    text = model_card(tiny_config(), METRICS).text
    for fact in ("60,000 pictures", "with a black border", "9,000, 576,000 real", "1.50 h", "| 2030-01-02 |", "25.0%"):
        assert fact in text
    for fact in (
        "| 100% | 90% | 32% |",
        "| 0% | 50% | 95% |",
        "seeds 0 to 63",
        "3.5 draws",
        "99 at most",
        "7 not found",
    ):
        assert fact in text


def test_it_says_how_a_judge_agrees_and_that_nothing_was_kept_to_judge():
    text = model_card(tiny_config(), {"agreement": AGREEMENT}).text
    assert "judge: 91 % right." in text
    assert "| judge names the same class | 87.5% | 99.1% | none kept |" in text


def test_the_example_names_the_model_and_runs():
    code = re.search(r"```python\n(.*?)```", model_card(tiny_config(), {}, "user/repo").text, re.DOTALL).group(1)
    assert 'from_pretrained("user/repo")' in code
    compile(code, "card", "exec")


def test_many_classes_are_cut():
    names = [f"class {number}" for number in range(50)]
    text = model_card(tiny_config(class_names=names), METRICS).text
    assert "class 39 and 10 more" in text
    assert "class 40" not in text


def escaped_only(text: str) -> None:
    rest = re.sub(r"\\[\\`*_{}\[\]()#+!|<>&~$]", "", text)
    assert not re.search(r"[\\`*_{}\[\]#+!|<>&~$]", rest), rest


@pytest.mark.parametrize("name", HOSTILE)
def test_class_names_cannot_break_out(name):
    labelling = LABELLING | {"class_share": {name: 0.5, "Bag": 0.5}}
    card = model_card(tiny_config(class_names=[name, "Bag"]), {"labelling": labelling})
    (line,) = [line for line in prose(card).splitlines() if line.startswith("Draws pictures of")]
    escaped_only(line.removeprefix("Draws pictures of 2 classes:"))
    rows = prose(card).split("| class | share |")[1].split("\n\n")[0].splitlines()[2:]
    assert len(rows) == 2
    escaped_only(rows[0].removeprefix("| ").removesuffix(" | 50.0% |"))
    assert len(re.findall(r"^```", card.text, re.MULTILINE)) == 4
    compile(re.search(r"^```python\n(.*?)^```", card.text, re.DOTALL | re.MULTILINE).group(1), "card", "exec")


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_measured_texts_cannot_break_out(text):
    metrics = {
        "training": TRAINING | dict.fromkeys(("data", "command", "machine", "precision", "software", "date"), text),
        "labelling": LABELLING | {"protocol": text, "class_share": {text: 1.0}},
    }
    card = model_card(tiny_config(), metrics)
    table = prose(card).split("## Training")[1].split("## How D labels")[0].strip().splitlines()
    assert len(table) == 9
    for row in table[2:]:
        assert len(re.findall(r"(?<!\\)\|", row)) == 3
        assert "<" not in re.sub(r"\\<", "", row)
    assert len(re.findall(r"^```", card.text, re.MULTILINE)) == 4
    assert [line for line in prose(card).splitlines() if line.startswith("#")] == [
        "# am-gan with dynamic labeling, 32x32 grey", "## Training", "## How D labels its pictures", "## Use",
        "## Intended use and limits", "## Citation",
    ]  # fmt: skip


JSON = st.none() | st.integers() | st.text(max_size=4) | st.lists(st.integers(), max_size=2) | st.just({"a": 1})


@settings(max_examples=60)
@given(st.sampled_from([("training", TRAINING), ("labelling", LABELLING)]), st.data())
def test_metrics_of_a_stranger_make_a_card_or_one_line(section, data):
    name, content = section
    key = data.draw(st.sampled_from(sorted(content)))
    metrics = {name: content | {key: data.draw(JSON)}}
    try:
        card = model_card(tiny_config(), metrics)
    except ReleaseError as error:
        text = message(error)
    else:
        text = f"section {name!r}, {ModelCard(str(card)).data.library_name}"
    assert f"section {name!r}" in text


@pytest.mark.parametrize("section", ["training", "labelling", "agreement"])
@pytest.mark.parametrize("content", ["text", 7, ["a"], {"a": 1}])
def test_a_section_that_is_none_is_one_line(section, content):
    with pytest.raises(ReleaseError) as caught:
        model_card(tiny_config(), {section: content})
    message(caught.value)
