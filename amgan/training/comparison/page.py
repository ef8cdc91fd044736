"""The page of a comparison, written from the results alone: table, verdicts, curves, sheets, protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amgan.metrics.evaluation_rows import real_pictures_in_words, real_values
from amgan.metrics.ms_ssim import FEWEST_PAIRS, classes_left_out
from amgan.networks.objectives import OBJECTIVES
from amgan.training.comparison.paper import CIFAR10, CIFAR10_CLASSES, CLAIMS, Reported
from amgan.training.comparison.plan import PlannedRun, Variant
from amgan.training.comparison.results import RunResult, Spread, spreads
from amgan.training.comparison.verdicts import Checked, check_claim

COLUMNS = (
    ("inception_score", "Inception Score ↑"),
    ("am_score", "AM Score ↓"),
    ("am_score_divergence", "its divergence"),
    ("am_score_entropy", "its entropy"),
    ("ms_ssim", "MS-SSIM, largest class"),
    ("frechet_distance", "Frechet distance ↓"),
    ("agreement_accuracy", "judge agrees ↑"),
)
REPORTED = (("inception_score", "paper: IS"), ("am_score", "paper: AM Score"), ("ms_ssim", "paper: MS-SSIM"))


@dataclass(frozen=True)
class Comparison:
    """All that the page is written from.

    Attributes:
        class_names: The classes of the data set.
        plan: All runs that are planned.
        results: Those that are made.
        settings: What they have in common.
        real: The section `evaluation` shape of real pictures that no training saw, or None.
    """

    class_names: tuple[str, ...]
    plan: Sequence[PlannedRun]
    results: Sequence[RunResult]
    settings: dict[str, Any]
    real: dict[str, Any] | None

    @property
    def is_the_papers(self) -> bool:
        """Whether the data set is CIFAR-10, of which the paper has numbers."""
        return self.class_names == CIFAR10_CLASSES

    @property
    def variants(self) -> list[Variant]:
        """What is compared, in the order of the paper's table."""
        order = list(OBJECTIVES)
        return sorted({run.variant for run in self.plan}, key=lambda one: (one.labeling, order.index(one.objective)))


def comparison_page(comparison: Comparison) -> str:
    """The page, as Markdown."""
    numbers = spreads(comparison.results)
    made, planned = len(comparison.results), len(comparison.plan)
    state = "All runs are made." if made == planned else f"{planned - made} of {planned} runs are still missing."
    sections = [
        f"# The paper's comparison on {_cell(comparison.settings['data'])}",
        f"Written by `python -m amgan compare` from the files in `runs/`. {state}",
        _table(comparison, numbers),
        _left_out(comparison),
        _broken_off(comparison.results),
        "## What the paper says, and what came out here",
        _verdict_words(comparison),
        *(_verdict(check_claim(claim, comparison.results)) for claim in CLAIMS),
        "## How the training went",
        "![Scores along the training, means over seeds](curves.png)",
        _sheets(comparison),
        _protocol(comparison),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _table(comparison: Comparison, numbers: Mapping[Variant, Mapping[str, Spread]]) -> str:
    reported = REPORTED if comparison.is_the_papers else ()
    titles = ["model", "labeling", "runs", *(title for _, title in COLUMNS), *(title for _, title in reported)]
    lines = [f"| {' | '.join(titles)} |", f"| --- | --- |{' ---: |' * (len(titles) - 2)}"]
    planned = [run.variant for run in comparison.plan]
    for variant in comparison.variants:
        own = numbers.get(variant, {})
        runs = max((spread.runs for spread in own.values()), default=0)
        cells = [variant.title.replace("*", "\\*"), variant.labeling, f"{runs} of {planned.count(variant)}"]
        cells += [str(own[kind]) if kind in own else "–" for kind, _ in COLUMNS]
        paper = CIFAR10.get(variant)
        cells += [_reported(paper, kind) for kind, _ in reported]
        lines.append(f"| {' | '.join(cells)} |")
    if comparison.real:
        real = real_values(comparison.real, comparison.settings["scoring"]["pictures"])
        cells = [real_pictures_in_words({"real": comparison.real}), "", ""]
        cells += ["–" if (value := real.get(kind)) is None else f"{value:.3f}" for kind, _ in COLUMNS]
        lines.append(f"| {' | '.join(cells + ['–'] * len(reported))} |")
    lines.append("")
    lines.append("Means over seeds ± standard deviation (n - 1), where there is more than one run.")
    return "\n".join(lines)


def _left_out(comparison: Comparison) -> str:
    scored = [(result.run.name, result.evaluation["scores"]) for result in comparison.results if result.evaluation]
    if comparison.real:
        scored.append(("real test pictures", comparison.real))
    lines = [
        f"- {name}: {', '.join(map(_cell, classes))}"
        for name, scores in scored
        if (classes := classes_left_out(scores))
    ]
    if not lines:
        return ""
    fewest = min(FEWEST_PAIRS, comparison.settings["scoring"]["pairs"])
    return "\n".join([f"Left out of MS-SSIM, for want of pictures (fewer than {fewest} pairs of a class):", "", *lines])


def _reported(paper: Reported | None, kind: str) -> str:
    value = getattr(paper, kind) if paper else None
    return "–" if value is None else f"{value:.2f}"


def _broken_off(results: Sequence[RunResult]) -> str:
    return "\n".join(f"- {result.run.name} broke off: {_cell(result.failure)}." for result in results if result.failure)


def _verdict_words(comparison: Comparison) -> str:
    where = "" if comparison.is_the_papers else " The paper says this of CIFAR-10, not of this data set."
    return (
        "A difference counts where chance alone makes one so large in fewer than one of twenty cases, by Welch's test "
        "over seeds; of single runs that is not known. MS-SSIM is compared over the classes that all runs of both drew "
        f"pictures enough of. Of several comparisons the worst decides.{where} The paper's runs had nets of width 96 "
        "(G) and 64 (D), up to 1,000,000 steps of 100 pictures, and other judges: a difference to it may come from "
        "there."
    )


def _verdict(checked: Checked) -> str:
    verdict = checked.verdict
    said = (
        verdict.value if verdict else f"open, {checked.missing} of {len(checked.claim.pairs)} comparisons are missing"
    )
    lines = [f"**{said[0].upper()}{said[1:]}**: {checked.claim.text.replace('*', chr(92) + '*')}"]
    for one in checked.compared:
        names = [f"{variant.title} {variant.labeling}".replace("*", "\\*") for variant in one.pair]
        over = "" if one.classes is None else f" (over {one.classes} classes)"
        lines.append(f"- {names[0]} {one.numbers[0]}, {names[1]} {one.numbers[1]}{over}: {one.verdict.value}")
    return "\n".join([lines[0], "", *lines[1:]]) if len(lines) > 1 else lines[0]


def _sheets(comparison: Comparison) -> str:
    made = {result.run.variant for result in comparison.results if result.run.seed == 0 and result.evaluation}
    shown = [
        f"{variant.title}, {variant.labeling} labeling\n\n![Pictures of the seeds 0 to 79]"
        f"(sheets/{variant.name}.png)".replace("*,", "\\*,").replace("*+", "\\*+")
        for variant in comparison.variants
        if variant in made
    ]
    return "\n\n".join(["## Pictures of the same seeds, not chosen", *shown]) if shown else ""


def _protocol(comparison: Comparison) -> str:
    settings = comparison.settings
    budget, scoring, judge = settings["budget"], settings["scoring"], settings["judge"]
    decay = budget["lr_decay_steps"]
    rates = f"falling to 0 over {decay:,} steps" if decay else "constant"
    training = (
        f"{budget['steps']:,} steps of {budget['batch_size']} real pictures, {budget['architecture']} with G of width "
        f"{budget['generator_width']} and D of width {budget['discriminator_width']}, Adam "
        f"{budget['generator_lr']:g} and {budget['discriminator_lr']:g}, {rates}, moving average of G "
        f"{budget['ema_decay']:g}"
    ) + (f", variety in G's loss of weight {budget['variety']:g}" if budget["variety"] else "")
    pictures = f"{scoring['pictures']:,} pictures, seeds from {scoring['seed']}, any class"
    judged = f"{judge['accuracy']:.2%} of {judge['test_pictures']:,} test pictures right"
    scored = f"{scoring['pairs']} pairs a class for MS-SSIM; classes as the judge names them"
    lines = [
        f"Each run: {training}; the same for all, nothing tuned for any of them.",
        f"Scores: {pictures}, of the last model of a run, not the best; {scored}.",
        f"Judge {_cell(judge['name'])}: {judged}; {settings['training_pictures']:,} training pictures as reference.",
        "The Inception Score is by this judge, not by the Inception net: at most the number of classes.",
        *_machine(comparison.results),
    ]
    return "\n".join(["## How it was measured", "", *(f"- {line}" for line in lines)])


def _machine(results: Sequence[RunResult]) -> list[str]:
    done = [result.training for result in results if result.training]
    if not done:
        return []
    hours = sum(facts["seconds"] for facts in done) / 3600
    machines = sorted({f"{facts['machine']}, {facts['precision']}, {facts['software']}" for facts in done})
    return [f"{hours:.1f} h of training in all. {_cell('; '.join(machines))}."]


def _cell(text: object) -> str:
    return "".join(f"\\{char}" if char in r"\`*_[]<>|$" else char for char in " ".join(str(text).split()))
