"""The model card (README.md of a release), generated from the config and from what was measured, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from huggingface_hub import ModelCard, ModelCardData

from amgan.errors import ReleaseError
from amgan.hub.card_metrics import RESULTS_OF, TASK, data_id_of, eval_results, evaluation_paragraph
from amgan.networks.config import ModelConfig

Part = TypeVar("Part")

PAPER = "https://arxiv.org/abs/1703.02000"
NO_PLACE = "PATH_OR_REPO"

CITATION = """\
@inproceedings{zhou2018amgan,
  title     = {Activation Maximization Generative Adversarial Nets},
  author    = {Zhou, Zhiming and Cai, Han and Rong, Shu and Song, Yuxuan and Ren, Kan and Zhang, Weinan and
               Wang, Jun and Yu, Yong},
  booktitle = {International Conference on Learning Representations},
  year      = {2018},
  url       = {https://arxiv.org/abs/1703.02000}
}"""

WITHOUT_CLASSES = "G takes noise only, and D knows no classes, so none can be asked for."
LABELING = {
    "dynamic": "G takes noise only; D names the class of a picture, and a class that is asked for is found by drawing "
    "from the seed's stream until D gives it at least {confidence:.0%}.",
    "predefined": "The class is an input of G, beside the noise.",
}
FIT = {
    "none": "as they are",
    "pad": "with a black border",
    "crop": "cut to the centre square and resized with antialias",
}


def model_card(config: ModelConfig, metrics: dict[str, Any], model_id: str = NO_PLACE) -> ModelCard:
    """The card of a model.

    Args:
        config: Its configuration.
        metrics: The content of metrics.json; sections that are missing leave their paragraph out.
        model_id: What a reader passes to `AMGAN.from_pretrained`, where it is known.

    Raises:
        ReleaseError: a section is there, but does not hold what it should.
    """
    sections = [
        _head(config),
        _measured("training", lambda: _training(metrics.get("training"))),
        _measured("labeling", lambda: _labeling(config, metrics.get("labeling"))),
        _measured("evaluation", lambda: evaluation_paragraph(metrics.get("evaluation"), _plain)),
        _use(config, model_id),
        _limits(config),
        f"## Citation\n\n```bibtex\n{CITATION}\n```",
    ]
    body = "\n\n".join(section for section in sections if section)
    return ModelCard(f"---\n{_front_matter(config, metrics).to_yaml()}\n---\n\n{body}\n")


def _front_matter(config: ModelConfig, metrics: dict[str, Any]) -> ModelCardData:
    results = [result for name in RESULTS_OF for result in _measured(name, partial(eval_results, metrics, name))]
    data_id = data_id_of(metrics)
    return ModelCardData(
        library_name="amgan",
        license="apache-2.0",
        pipeline_tag=TASK,
        tags=["gan", "am-gan", config.objective, f"{config.labeling}-labeling"],
        datasets=[data_id] if data_id else None,
        model_name=f"{config.objective} with {config.labeling} labeling" if results else None,
        eval_results=results or None,
    )


def _measured(section: str, paragraph: Callable[[], Part]) -> Part:
    # metrics.json may come from anyone; a card with half of its numbers would claim more than it shows.
    try:
        return paragraph()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ReleaseError(f"metrics.json: its section {section!r} does not hold what the card needs") from error


def _head(config: ModelConfig) -> str:
    kind = "grey" if config.channels == 1 else "RGB"
    if config.knows_classes:
        labeling = LABELING[config.labeling].format(confidence=config.confidence)
        drawn, sheet = f"pictures of {config.num_classes} classes", "Samples, a row a class"
    else:
        labeling = WITHOUT_CLASSES
        drawn, sheet = f"pictures as those of {config.num_classes} classes that it was trained on", "Samples"
    shown = ", ".join(_plain(name) for name in config.class_names[:40])
    more = f" and {len(config.class_names) - 40} more" if len(config.class_names) > 40 else ""
    return f"""\
# {config.objective} with {config.labeling} labeling, {config.image_size}x{config.image_size} {kind}

Draws {drawn}: {shown}{more}.

![{sheet}](samples.png)

A model of [*Activation Maximization Generative Adversarial Nets*]({PAPER}) (ICLR 2018). {labeling}"""


def _training(training: dict[str, Any] | None) -> str:
    if not training:
        return ""
    return f"""\
## Training

| | |
| --- | --- |
| data | {_plain(training["data"])}: {_pictures(training)}, {FIT[training["fit"]]} |
| licence of the data | {_licence(training.get("data_licence"))} |
{_start(training.get("started_from"))}| command | `{_cell(training["command"])}` |
| steps | {training["steps"]:,}, {training["pictures_seen"]:,} real pictures seen |
| time | {training["seconds"] / 3600:.2f} h |
| machine | {_plain(training["machine"])}, {training["processes"]:d} process(es), {_plain(training["precision"])} |
| software | {_plain(training["software"])} |
| date | {_plain(training["date"])} |"""


def _pictures(training: dict[str, Any]) -> str:
    pictures, unlabelled = training["pictures"], training.get("unlabelled", 0)
    return f"{pictures:,} pictures" + (f", {pictures - unlabelled:,} of them labelled" if unlabelled else "")


def _start(start: dict[str, Any] | None) -> str:
    if not start:
        return ""
    before = "" if start["steps"] is None else f", trained for {start['steps']:,} steps before"
    layers = "" if start["classes_kept"] else "; of other classes, so what belongs to classes was learnt anew"
    return f"| starts from | {_plain(start['name'])} {_plain(start['revision'][:12])}{before}{layers} |\n"


def _licence(licence: dict[str, str] | None) -> str:
    if not licence:
        return "not stated"
    by = {"hub": "as the data set's card on the Hub says", "trainer": "as stated by who trained the model"}
    return f"{_plain(licence['name'])}, {by[licence['said_by']]}"


def _labeling(config: ModelConfig, labeling: dict[str, Any] | None) -> str:
    if not labeling:
        return ""
    shares = "\n".join(
        f"| {_plain(name)} | {share:.1%} |" for name, share in list(labeling["class_share"].items())[:40]
    )
    kept = labeling["kept_at_confidence"]
    header = " | ".join(f"{float(confidence):.0%}" for confidence in kept)
    row = " | ".join(f"{share:.0%}" for share in kept.values())
    text = f"""\
## How D labels its pictures

{_plain(labeling["protocol"])}; {labeling["pictures"]:,} pictures.

| D's confidence at least | {header} |
| --- |{" --- |" * len(kept)}
| pictures kept | {row} |

| class | share |
| --- | --- |
{shares}"""
    if index := labeling.get("seed_index"):
        text += (
            f"\n\nThe seed index holds the draw for seeds 0 to {index['seeds'] - 1} and every class at confidence "
            f"{index['confidence']:g}: {_draws(index)}, {index['not_found']:d} not found. A higher `confidence` gives "
            "clearer pictures of a class, a lower one more variety."
        )
    return text


def _draws(index: dict[str, Any]) -> str:
    if index["mean_draws"] is None:
        return "none found"
    return f"{_cell(index['mean_draws'])} draws on average, {_cell(index['most_draws'])} at most"


def _use(config: ModelConfig, model_id: str) -> str:
    labels = f"labels=[{_string(config.class_names[0])}], " if config.knows_classes else ""
    shape = f"(1, {config.image_size}, {config.image_size}, {config.channels})"
    return f"""\
## Use

```python
from amgan import AMGAN

model = AMGAN.from_pretrained({_string(model_id)})
images = model.sample({labels}seeds=[7])  # uint8, {shape}
```"""


def _limits(config: ModelConfig) -> str:
    opinion = (
        " D's confidence is the model's own opinion, not that of an independent judge." if config.judges_classes else ""
    )
    return f"""\
## Intended use and limits

For trying out designs, teaching, and research on generative models. The pictures are {config.image_size} pixels wide,
can be wrong or unrecognisable, show only what the training pictures show, with their gaps and biases, and are no
record of anything real.{opinion} Do not pass the
pictures off as photographs, and mind the licence of the training pictures."""


def _string(text: str) -> str:
    # A JSON string is a Python string too, in the double quotes that Python formatters want.
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> str:
    # Names come from data sets and releases of strangers: no Markdown, HTML or table syntax gets through.
    return "".join(f"\\{char}" if char in r"\`*_{}[]()#+!|<>&~$" else char for char in " ".join(text.split()))


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
