"""The model card (README.md of a release), generated from the config and from what was measured, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from huggingface_hub import ModelCard, ModelCardData
from jinja2 import UndefinedError

from amgan.errors import ReleaseError
from amgan.hub.card_metrics import RESULTS_OF, TASK, data_id_of, eval_results, finite
from amgan.languages.reading import DEFAULT
from amgan.metrics.copies import copies_in_words
from amgan.metrics.evaluation_rows import evaluation_rows, judge_in_words, real_pictures_in_words
from amgan.metrics.ms_ssim import classes_left_out
from amgan.networks.config import ModelConfig
from amgan.release.class_translations import KEY, ClassTranslations
from amgan.templates import markdown_template

Part = TypeVar("Part")

BODY = Path(__file__).parent / "card.md"
FRAME = "---\n{{ card_data }}\n---\n\n{{ body }}"
NO_PLACE = "PATH_OR_REPO"
"""What stands for the place of the model, until one is known where it is published."""


def model_card(
    config: ModelConfig, metrics: dict[str, Any], translations: ClassTranslations | None = None
) -> ModelCard:
    """The card of a model.

    Args:
        config: Its configuration.
        metrics: The content of metrics.json; sections that are missing leave their paragraph out.
        translations: What its classes are called in other languages, which people have put into its card.

    Raises:
        ReleaseError: a section is there, but does not hold what it should.
    """

    def section(name: str, caller: Callable[[Any], str]) -> str:
        content = metrics.get(name)
        return _measured(name, partial(caller, content)) if content else ""

    body = markdown_template(BODY).render(
        config=config,
        language=DEFAULT,
        no_place=NO_PLACE,
        section=section,
        evaluation_rows=evaluation_rows,
        judge_in_words=judge_in_words,
        real_pictures_in_words=real_pictures_in_words,
        classes_left_out=classes_left_out,
        copies_in_words=copies_in_words,
        finite=finite,
    )
    return ModelCard.from_template(_front_matter(config, metrics, translations or {}), template_str=FRAME, body=body)


def _front_matter(config: ModelConfig, metrics: dict[str, Any], translations: ClassTranslations) -> ModelCardData:
    results = [result for name in RESULTS_OF for result in _measured(name, partial(eval_results, metrics, name))]
    data_id = data_id_of(metrics)
    others: dict[str, Any] = {}
    if translations:
        others[KEY] = {language: dict(texts) for language, texts in translations.items()}
    return ModelCardData(
        library_name="amgan",
        license="apache-2.0",
        pipeline_tag=TASK,
        tags=["gan", "am-gan", config.objective, f"{config.labeling}-labeling"],
        datasets=[data_id] if data_id else None,
        model_name=f"{config.objective} with {config.labeling} labeling" if results else None,
        eval_results=results or None,
        **others,
    )


def _measured(section: str, part: Callable[[], Part]) -> Part:
    # metrics.json may come from anyone; a card with half of its numbers would claim more than it shows.
    try:
        return part()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, UndefinedError) as error:
        raise ReleaseError(f"metrics.json: its section {section!r} does not hold what the card needs") from error
